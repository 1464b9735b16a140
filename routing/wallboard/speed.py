"""How soon those who came into the chat today were taken, and how many left before: the field's three figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, exists, func, literal, select, type_coerce, union_all
from sqlmodel import Session, col

from routing.assignment import Assignment
from routing.wallboard.entries import Figure, row
from routing.wallboard.figures import MICROSECOND, left
from routing.wallboard.today import EARLIEST, AsOf, Day
from tickets.log import LogRow
from tickets.status import Channel
from tickets.ticket import Ticket

SOON = timedelta(seconds=20)  # what is usually promised: four of five within it (semantics.md part 8)
_NOTHING = literal("")
_earlier = LogRow.__table__.alias("earlier")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Speed:
    """Chats of a day: how many were taken, and of these how many soon; their seconds; who left, and how many late."""

    taken: int = 0
    soon: int = 0
    seconds: float = 0.0  # that those who were taken waited, together
    left: int = 0
    left_late: int = 0

    @property
    def level(self) -> int | None:
        """Service level: percent taken soon, of those taken or gone after that time; None where there is nobody."""
        return _percent(self.soon, self.taken + self.left_late)

    @property
    def mean(self) -> int | None:
        """Speed of answer: whole seconds that one waited who was taken."""
        return round(self.seconds / self.taken) if self.taken else None

    @property
    def share_left(self) -> int | None:
        """Percent who left, of all who were taken or left."""
        return _percent(self.left, self.taken + self.left)

    def __add__(self, other: Speed) -> Speed:
        return Speed(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def speeds(session: Session, as_of: AsOf) -> Mapping[int | None, Speed]:
    """By queue, where anybody came."""
    taken, gone = (session.connection().execute(_sums(one, as_of.day), as_of.values) for one in (_TAKEN, _LEFT))
    found = {queue: Speed(taken=n, soon=int(soon), seconds=int(waited) / 1e6) for queue, n, soon, waited in taken}
    for queue, n, soon, _ in gone:
        found[queue] = found.get(queue, Speed()) + Speed(left=n, left_late=n - int(soon))
    return found


def taken(day: Day) -> Select[Any]:
    """Chats that an agent took today for the first time; good: soon. Who came back later counts by their first wait."""
    ours = (col(Assignment.ticket_id) == Ticket.id, col(Ticket.channel) == Channel.CHAT.value)
    since = col(Assignment.since)
    first = (*ours, day.holds(since), ~_waited_before(_earlier.c.at < since))
    # An index knows talks by their end, which is today as well, and another those that go on
    over = (col(Assignment.queue_id).in_(day.queues), col(Assignment.talk_ended_at) >= EARLIEST)
    goes_on = (col(Assignment.ended_at).is_(None), col(Assignment.talk_ended_at).is_(None), col(Assignment.live))
    both = union_all(*(select(*_row(since)).where(*first, *which) for which in (over, goes_on))).subquery()
    return select(both)


def gave_up(day: Day) -> Select[Any]:
    """Chats that were left today before any agent had taken them; good: soon. Who was turned away as they came, or is
    answered in another way, did neither.
    """
    at = col(LogRow.at)
    waited_before = _waited_before(_earlier.c.pos < col(LogRow.pos))
    return left(day).with_only_columns(*_row(at)).where(at > col(Ticket.opened_at), ~waited_before)


FIGURES: dict[str, Figure] = {"taken-today": Figure(taken), "left-today": Figure(gave_up)}


# How

_TAKEN, _LEFT = FIGURES["taken-today"], FIGURES["left-today"]


@lru_cache(maxsize=16)  # writing a statement takes longer than asking it
def _sums(figure: Figure, day: Day) -> Select[Any]:
    rows = figure.rows(day).subquery()
    sums = (func.count(), func.sum(rows.c.good), func.sum(rows.c.waited))
    return select(rows.c.queue_id, *sums).group_by(rows.c.queue_id)


def _row(at: Any) -> tuple[ColumnElement[Any], ...]:
    """As every figure, and how many microseconds they had waited by then."""
    waited = type_coerce(at, BigInteger) - type_coerce(col(Ticket.opened_at), BigInteger)
    soon = case((waited <= SOON // MICROSECOND, 1), else_=0)
    return (*row(at, _NOTHING, soon), waited.label("waited"))


def _waited_before(then: ColumnElement[bool]) -> ColumnElement[bool]:
    """An agent had it before, or its customer had gone and come back: this is not its first wait."""
    kinds = _earlier.c.kind.in_(["TicketAssigned", "LiveBegan"])
    return exists().where(_earlier.c.ticket_id == Ticket.id, kinds, then)


def _percent(part: int, whole: int) -> int | None:
    return 100 * part // whole if whole else None
