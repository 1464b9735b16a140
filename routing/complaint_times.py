"""By when a complaint is acknowledged and answered: working days of its queue, as its category promises."""

from __future__ import annotations

from datetime import datetime, timedelta

from routing.calendars import BusinessCalendar, hours_on, zone_of
from routing.callbacks.terms import hours_of
from tickets.change import Change
from tickets.complaints.categories import MOST_DAYS, ComplaintCategory
from tickets.complaints.complaint import Complaint
from tickets.complaints.events import ComplaintFiled
from tickets.events import Event
from tickets.reactions import Reaction
from tickets.ticket import Ticket

FARTHEST = 8 * MOST_DAYS  # days that are searched for working ones: all that can be promised, at one a week


def by_working_days(calendar: BusinessCalendar, filed: datetime, days: int) -> datetime | None:
    """When the last of so many working days closes, the day of filing not counted; None where there are none."""
    first = filed.astimezone(zone_of(calendar)).date()
    left = days
    for n in range(1, FARTHEST):
        spans = hours_on(calendar, first + timedelta(days=n))
        left -= bool(spans)
        if spans and left == 0:
            return spans[-1][1]
    return None


def promise(change: Change, event: ComplaintFiled) -> None:
    """Its times are fixed when it is filed: what the category promises later is for later complaints."""
    assert event.ticket is not None
    complaint = change.take(Complaint, event.ticket)
    category = change.find(ComplaintCategory, complaint.category)
    if category is None:
        return
    hours = hours_of(change, change.take(Ticket, event.ticket).queue_id)
    if category.acknowledge_days is not None:
        complaint.acknowledge_by = by_working_days(hours, complaint.filed_at, category.acknowledge_days)
    if category.answer_days is not None:
        complaint.answer_by = by_working_days(hours, complaint.filed_at, category.answer_days)


REACTIONS: tuple[tuple[type[Event], Reaction], ...] = ((ComplaintFiled, promise),)
