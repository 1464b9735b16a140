"""The days that a complaint's customer was told: they are its targets, before what any policy says."""

from __future__ import annotations

from datetime import datetime

from routing.sla import running
from routing.sla.choosing import Promise
from routing.sla.clock import SlaClock
from routing.sla.metrics import Metric
from routing.sla.recall import recall
from routing.sla.timing import Stretch
from routing.sla.winding import Source
from tickets.change import Change
from tickets.complaints.complaint import Complaint
from tickets.complaints.events import ComplaintExtended
from tickets.errors import Refused
from tickets.ticket import Ticket


def told(change: Change, ticket: Ticket, metric: Metric) -> datetime | None:
    """By when; None where its category promised nothing for this. An extension is another day for the final answer."""
    complaint = change.find(Complaint, ticket.id)
    days = {
        Metric.COMPLAINT_ACK: None if complaint is None else complaint.acknowledge_by,
        Metric.COMPLAINT_FINAL: None if complaint is None else complaint.answer_by,
    }
    return days.get(metric)


def insist_on_more(change: Change, event: ComplaintExtended) -> None:
    """More time is more than what was promised, by whomever: a policy's word is the customer's, too."""
    assert event.ticket is not None
    held = change.take(Ticket, event.ticket).sla_clocks.get(Metric.COMPLAINT_FINAL)
    clock = None if held is None else change.find(SlaClock, held)
    due = None if clock is None else clock.breached_at or clock.due_at
    if due is not None and event.until <= due:
        raise Refused("An answer is promised by that day, or by a later one. Choose a day after it.", field="until")


def hold(
    change: Change, ticket: Ticket, clock: SlaClock | None, metric: Metric, by: datetime, source: Source
) -> SlaClock:
    """The clock for it, due at that very instant: working days were counted when it was told, and do not move by
    hours that are edited later."""
    filed = change.take(Complaint, ticket.id).filed_at
    promise = Promise((by - filed).total_seconds())
    clock = clock or recall(change).newest(ticket.id, metric.value)
    if clock is None:
        return running.start(change, ticket.id, metric, promise=promise, stretches=[Stretch(filed)], source=source)
    if clock.ended_at is not None:
        running.restart(change, clock, promise=promise, stretches=[Stretch(filed)], source=source)
    running.retarget(change, clock, promise, source)
    return clock
