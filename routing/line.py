"""Who waits for an agent, and in which order: said once, for a ticket in hand and for the database."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ColumnElement, and_, case, or_, type_coerce
from sqlmodel import col

from tickets.moment import to_micros
from tickets.plain import spelled
from tickets.status import DONE, Category, Status
from tickets.ticket import Ticket

NEEDS_US = [status.value for status in Status if status.category is Category.OPEN]
UNPROMISED = timedelta(hours=24)
"""By promises: who was promised nothing stands as if it were due so long after they came."""
LATEST = timedelta(hours=24)
"""And who was promised something late as if it were due so long after that at most: whoever comes later does not pass
them, however soon they were promised something (semantics.md part 3: nobody starves)."""


class Turn(StrEnum):
    """By what a queue decides whose turn is next (semantics.md part 3). Who waits live comes first in any case."""

    URGENCY = "urgency"  # age, and the head start of what is urgent (tickets.standing)
    PROMISE = "promise"  # what was promised soonest, or was promised sooner and is late


def undone() -> ColumnElement[bool]:
    """In the words of the partial indexes (tickets.status), so that SQLite sees that they apply."""
    return and_(*(col(Ticket.status) != word for word in spelled(DONE)))


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


def stands_at(ticket: Ticket, turn: str) -> datetime:
    """Where it stands in a line of this order: the earlier, the sooner its turn."""
    return promised_at(ticket.sla_due_at, ticket.line_at) if turn == Turn.PROMISE else ticket.line_at


def promised_at(due_at: datetime | None, line_at: datetime) -> datetime:
    """The same, by what was promised."""
    return line_at if due_at is None else min(due_at - UNPROMISED, line_at + LATEST)


def standing(turn: str) -> ColumnElement[int]:
    """The same, asked of the database: in microseconds."""
    line_at = type_coerce(Ticket.line_at, BigInteger)
    soon = type_coerce(Ticket.sla_due_at, BigInteger) - UNPROMISED // _MICROSECOND
    late = line_at + LATEST // _MICROSECOND
    by_promise = case((col(Ticket.sla_due_at).is_(None), line_at), (soon < late, soon), else_=late)
    return by_promise if turn == Turn.PROMISE else line_at


def in_order(turn: str = Turn.URGENCY) -> tuple[ColumnElement[object], ...]:
    """Who waits live first, or gave that up for a call; then what the queue goes by, and the id where that is equal."""
    return (col(Ticket.fore).desc(), standing(turn), col(Ticket.id))  # type: ignore[return-value]


def ahead_of(ticket: Ticket, turn: str) -> ColumnElement[bool]:
    """Asked of the database: those whose turn comes before this one's, among those who wait live as it does, or not."""
    own, at = to_micros(stands_at(ticket, turn)), standing(turn)
    return or_(at < own, and_(at == own, col(Ticket.id) < ticket.id))


_MICROSECOND = timedelta(microseconds=1)
