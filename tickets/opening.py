"""A customer brings a new matter: it becomes a ticket with a number of its own."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from tickets.change import Change
from tickets.events import TicketOpened
from tickets.people import Customer
from tickets.standing import place
from tickets.status import Channel, Priority
from tickets.table import Swift
from tickets.text import one_line
from tickets.ticket import LONGEST_SUBJECT, Ticket

NUMBERS = "ticket"  # the one counter that there is
FIRST_NUMBER = 1001


class Counter(Swift, table=True):
    """The next ticket number. Numbers are for people: they rise by one, ids do not."""

    name: str = Field(primary_key=True)
    next: int


def open_ticket(
    change: Change,
    customer: Customer,
    *,
    channel: Channel,
    subject: str = "",
    category: str = "",
    language: str = "",
    queue_id: int | None = None,
    default_queue_id: int | None = None,
    live: bool = False,
    priority: Priority = Priority.NORMAL,
    at: datetime | None = None,
) -> Ticket:
    """A customer brings a new matter. Placing follows as a reaction, unless `queue_id` says where it goes.

    `default_queue_id` says so for want of anything better: the queue of a site or a mailbox.
    `at` is when it came to us, where that was earlier than now.
    """
    came_at = at or change.now
    ticket = change.add(
        Ticket(
            id=change.new_id(),
            number=_next_number(change),
            subject=one_line(subject, LONGEST_SUBJECT),
            channel=channel.value,
            category=category,
            language=language,
            customer_id=customer.id,
            queue_id=queue_id or default_queue_id,
            live=live,
            fore=live,
            priority=priority.value,
            opened_at=came_at,
            updated_at=change.now,
            queued_at=came_at,
            line_at=place(came_at, priority.value, 0),
        )
    )
    by_default = queue_id is None and default_queue_id is not None
    change.record(TicketOpened(ticket=ticket.id, channel=channel.value, live=live, by_default=by_default))
    return ticket


def skip_numbers(change: Change, many: int) -> None:
    """So many may have been given to tickets that are not known here."""
    _numbers(change).next += many


def _next_number(change: Change) -> int:
    counter = _numbers(change)
    number, counter.next = counter.next, counter.next + 1
    return number


def _numbers(change: Change) -> Counter:
    return change.find(Counter, NUMBERS) or change.add(Counter(name=NUMBERS, next=FIRST_NUMBER))
