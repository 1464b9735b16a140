"""Which policies hold for a ticket now, and what they promise it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from routing.belonging import belonging
from routing.queues import Queue
from routing.sla.choosing import Facts, Promise, choose, promise
from routing.sla.metrics import INTERNAL, Metric
from routing.sla.policy import SlaPolicy
from routing.sla.recall import recall
from tickets.change import Change
from tickets.ticket import Ticket


@dataclass(frozen=True)
class Promises:
    """What customers are promised, and what queues promise one another; None where nothing is."""

    ours: SlaPolicy | None
    inside: SlaPolicy | None

    def of(self, metric: Metric) -> SlaPolicy | None:
        return self.inside if metric in INTERNAL else self.ours


def policies_of(change: Change, ticket: Ticket) -> Promises:
    """The first of either kind that fits, as it is now. The one for the customer is written on the ticket."""
    known = {policy.id: policy for policy in recall(change).policies()}
    facts = Facts(ticket.channel, ticket.queue_id, ticket.category)
    if any(one.tiers or one.rights for one in known.values()):
        whose = belonging(change, ticket)
        facts = replace(facts, tier=whose.tier, rights=whose.rights)
    ours, inside = (
        known.get(choose((one for one in known.values() if one.internal is internal), facts) or 0)
        for internal in (False, True)
    )
    held = (ticket.sla_policy_id, ticket.sla_policy_version)
    now = (None, 0) if ours is None else (ours.id, ours.version)
    if held != now:
        ticket.sla_policy_id, ticket.sla_policy_version = now
        ticket.sla_applied_at = None if ours is None else change.now
    return Promises(ours, inside)


def promised(change: Change, ticket: Ticket, policy: SlaPolicy | None, metric: Metric) -> Promise | None:
    """What this policy promises for this metric, at the ticket's priority and in its hours."""
    if policy is None or ticket.priority not in policy.targets.get(metric, {}):
        return None
    queue = None if ticket.queue_id is None else change.find(Queue, ticket.queue_id)
    calendars = [policy.calendar_id, None if queue is None else queue.calendar_id]
    return promise(policy.targets, metric, ticket.priority, calendars)
