"""Since when a promise counts that is made now: always from the beginning of what it is about, whenever it was made."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from routing.sla.history import just_wrote, last_answer, last_of, past_of, present
from routing.sla.metrics import OF_COMPLAINTS, REPLIES, UPDATES, Metric
from routing.sla.timing import Stretch, both, going_on
from tickets.change import Change
from tickets.complaints.complaint import Complaint
from tickets.events import LiveBegan, TicketAssigned, TicketMoved, TicketReleased, TicketReopened
from tickets.status import Status
from tickets.ticket import Ticket


def stretches(
    change: Change, ticket: Ticket, metric: Metric, *, pausing: Collection[Status] = (), afresh: timedelta | None = None
) -> list[Stretch]:
    """When a clock for this metric would have run so far, oldest first.

    `pausing`: the statuses in which it stands still; `afresh`: as for `Past.running`. Whoever waits for a reply waits
    while it is merged as well, which shows when that is undone; whoever waits in a chat does so only while they are
    there. Without a policy that came late nothing is read but
    what this change knows.
    """
    if metric in OF_COMPLAINTS:
        return [Stretch(change.take(Complaint, ticket.id).filed_at)]
    if metric is Metric.NEXT_REPLY and just_wrote(change, ticket):
        return [Stretch(ticket.waiting_since or change.now)]
    since = _since(change, ticket, metric)
    if (since or ticket.opened_at) == change.now:
        return [Stretch(change.now, change.now if Status(ticket.status) in pausing else None)]
    ran = past_of(change, ticket, merged=metric in REPLIES).running(pausing=pausing, afresh=afresh)
    if metric is Metric.RESPONSE:
        ran = both(ran, present(change, ticket))
    return ran if since is None else going_on([Stretch(since, since)], since, ran)


def _since(change: Change, ticket: Ticket, metric: Metric) -> datetime | None:
    """When this turn began; None for what counts from the ticket's beginning."""
    if metric is Metric.NEXT_REPLY:
        return ticket.waiting_since or change.now
    if metric is Metric.SPEED_OF_ANSWER:
        return last_of(change, ticket, LiveBegan, TicketReleased, TicketReopened)
    if metric is Metric.RESPONSE:
        waits = ticket.waiting_since or change.now
        return waits if waits == change.now else max(waits, last_of(change, ticket, TicketAssigned))
    if metric is Metric.OWNERSHIP:
        return last_of(change, ticket, TicketMoved, TicketReopened)
    return last_answer(change, ticket) if metric in UPDATES else None
