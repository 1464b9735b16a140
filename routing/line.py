"""Who waits for an agent, and in which order: said once, for a ticket in hand and for the database."""

from sqlalchemy import ColumnElement, and_, bindparam, case, or_
from sqlmodel import col

from tickets.status import DONE, Category, Priority, Status
from tickets.ticket import Ticket

UNDONE = [status.value for status in Status if status not in DONE]
NEEDS_US = [status.value for status in Status if status.category is Category.OPEN]


def undone() -> ColumnElement[bool]:
    """Spelled out in the statement rather than bound, so that SQLite sees that its partial indexes apply."""
    return col(Ticket.status).in_(bindparam(None, UNDONE, expanding=True, literal_execute=True))


def waits(ticket: Ticket) -> bool:
    """In a queue, held by nobody, and needing somebody now."""
    needs_us = ticket.live or ticket.status in NEEDS_US
    unheld = ticket.queue_id is not None and ticket.agent_id is None and not ticket.done
    return unheld and ticket.snoozed_until is None and needs_us


def waiting() -> ColumnElement[bool]:
    """The same, asked of the database."""
    return and_(
        undone(),
        col(Ticket.agent_id).is_(None),
        col(Ticket.queue_id).is_not(None),
        col(Ticket.snoozed_until).is_(None),
        or_(col(Ticket.live), col(Ticket.status).in_(NEEDS_US)),
    )


def rank() -> ColumnElement[int]:
    return case({priority.value: priority.rank for priority in Priority}, value=col(Ticket.priority), else_=9)


def in_order() -> tuple[ColumnElement[object], ...]:
    """Who waits live first; then by urgency, by age in line, and by id where both are equal."""
    return (col(Ticket.live).desc(), rank(), col(Ticket.queued_at), col(Ticket.id))  # type: ignore[return-value]
