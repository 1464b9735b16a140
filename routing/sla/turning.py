"""Which clock counts a promise: one that goes on from before, or a new one where each time is a promise of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from routing.sla import running
from routing.sla.beginning import stretches
from routing.sla.choosing import Promise
from routing.sla.clock import SlaClock
from routing.sla.history import came_to_reopen, is_new, just_wrote
from routing.sla.metrics import CUMULATIVE, INTERNAL, LIVE, TURNS, Metric, State
from routing.sla.policy import SlaPolicy
from routing.sla.recall import recall, stretches_of
from routing.sla.steps import steps_for
from routing.sla.timing import Stretch, going_on
from routing.sla.winding import Source
from tickets.change import Change
from tickets.ticket import Ticket

_EACH_TIME = tuple(metric for metric in TURNS if metric is not Metric.NEXT_REPLY)
"""A turn that was kept is over for good; a reply may be owed again, when the matter that it settled is reopened."""


def begin(change: Change, ticket: Ticket, metric: Metric, target: Promise, policy: SlaPolicy) -> SlaClock:
    """Counted from when it would have begun, whatever policy held then. A met one goes on where it stopped."""
    afresh = policy.afresh if metric in CUMULATIVE else None
    going = None if is_new(change, ticket) else _going(change, ticket, metric)
    if going is not None and going.state == State.MET:
        at = since(change, ticket, going)
        if _is_afresh(going, afresh, at):
            return _start(change, ticket, metric, target, policy, [Stretch(at)], after=going)
        running.resume(change, going, at=at)
        running.retarget(change, going, target, source_of(policy, metric), since=at)
        return going
    ran = stretches(change, ticket, metric, pausing=policy.pausing(metric), afresh=afresh)
    if metric in _EACH_TIME:
        going = _same_turn(change, ticket, metric, ran[0].start)
    if going is None or going.ended_at is None or _is_afresh(going, afresh, ran[0].start):
        return _start(change, ticket, metric, target, policy, ran, after=going)
    ran = going_on(stretches_of(change, going), going.ended_at, ran)
    running.restart(change, going, promise=target, stretches=ran, source=source_of(policy, metric))
    return going


def begin_now(
    change: Change, ticket: Ticket, metric: Metric, target: Promise, policy: SlaPolicy, at: datetime
) -> SlaClock:
    """The next turn, of which it is known that it begins: nothing is read but which turn it is."""
    stands = policy.pauses_in(ticket.status, metric)
    return _start(change, ticket, metric, target, policy, [Stretch(at, at if stands else None)], after=None)


def since(change: Change, ticket: Ticket, clock: SlaClock) -> datetime:
    """A customer who writes makes it go on when their message came to us, though it may be read late; a message from
    before it stood still leaves nothing of that. Whoever waited elsewhere makes it go on since they wrote."""
    came = came_to_reopen(change, ticket)
    if came is not None:
        return max(came, clock.since)
    wrote = ticket.waiting_since
    return change.now if wrote is None or wrote <= clock.since else wrote


def _start(
    change: Change,
    ticket: Ticket,
    metric: Metric,
    target: Promise,
    policy: SlaPolicy,
    ran: list[Stretch],
    *,
    after: SlaClock | None,
) -> SlaClock:
    return running.start(
        change,
        ticket.id,
        metric,
        cycle=_next_cycle(change, ticket, metric, after),
        queue_id=ticket.queue_id if metric in INTERNAL else None,
        promise=target,
        stretches=ran,
        source=source_of(policy, metric),
    )


def source_of(policy: SlaPolicy, metric: Metric) -> Source:
    """The policy as it is now, with the steps that are for this metric."""
    return Source(policy.id, policy.version, steps_for(policy.steps, metric) if policy.steps else ())


def _next_cycle(change: Change, ticket: Ticket, metric: Metric, after: SlaClock | None) -> int:
    """The number of this turn. Those of replies are counted on the ticket, the first reply being the first."""
    if metric is Metric.NEXT_REPLY:
        ticket.sla_cycle = max(ticket.sla_cycle, 1) + 1
        return ticket.sla_cycle
    if after is not None:
        return after.cycle + 1
    first = metric not in TURNS or is_new(change, ticket)
    return 1 if first else recall(change).last_cycle(ticket.id, metric.value) + 1


def _going(change: Change, ticket: Ticket, metric: Metric) -> SlaClock | None:
    """The one that may go on. Of answers, each turn has its own: the one for the same message."""
    if metric in _EACH_TIME or (metric is Metric.NEXT_REPLY and not _had_turns(change, ticket)):
        return None
    turn = {"started_at": ticket.waiting_since} if metric is Metric.NEXT_REPLY else {}
    return recall(change).newest(ticket.id, metric.value, **turn)


def _same_turn(change: Change, ticket: Ticket, metric: Metric, began: datetime) -> SlaClock | None:
    """This very turn, where it was promised before: until it was cancelled, or until whoever waited went away, too
    late for us to have answered."""
    if is_new(change, ticket):
        return None
    its = {"queue_id": ticket.queue_id} if metric in INTERNAL else {}
    known = recall(change).newest(ticket.id, metric.value, started_at=began, **its)
    if known is None or known.state == State.CANCELLED:
        return known
    return known if metric in LIVE and known.breached_at is not None else None


def _is_afresh(clock: SlaClock, afresh: timedelta | None, began: datetime) -> bool:
    """Done for so long that what began then is a new matter."""
    return afresh is not None and clock.ended_at is not None and began - clock.ended_at > afresh


def _had_turns(change: Change, ticket: Ticket) -> bool:
    """Replies were due before, and not only since this message, the first that waits."""
    first_words = ticket.waiting_since == change.now and just_wrote(change, ticket)
    return ticket.sla_cycle > 1 and not first_words
