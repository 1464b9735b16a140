"""How soon those who came into the chat today were taken, and how many left before: the field's three figures.

Each queue has an aim of its own, by which they are judged (routing.aims).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, exists, func, literal, select, type_coerce, union_all
from sqlmodel import Session, col

from routing.aims import SOON
from routing.assignment import Assignment
from routing.queues import Queue
from routing.wallboard.entries import Figure, counted, row
from routing.wallboard.figures import MICROSECOND, left
from routing.wallboard.flow import flows, sent_on
from routing.wallboard.others import OTHERS, others
from routing.wallboard.sums import Sums, percent
from routing.wallboard.today import EARLIEST, AsOf, Day
from tickets.log import LogRow
from tickets.status import Channel
from tickets.ticket import Ticket

_NOTHING = literal("")
_SECOND = timedelta(seconds=1) // MICROSECOND
_earlier = LogRow.__table__.alias("earlier")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Speed(Sums):
    """Chats of a day: how many came; how many were taken, of these how many in time, and their seconds; who left, of
    these how many late; and who was sent on, where the queue says that they were not taken in time.
    """

    came: int = 0
    taken: int = 0
    soon: int = 0
    seconds: float = 0.0  # that those who were taken waited, together
    left: int = 0
    left_late: int = 0
    passed: int = 0

    @property
    def judged(self) -> int:
        return self.taken + self.left_late + self.passed

    @property
    def level(self) -> int | None:
        """Service level: percent taken in time, of those taken or gone after it; None where there is nobody."""
        return percent(self.soon, self.judged)

    @property
    def mean(self) -> int | None:
        """Speed of answer: whole seconds that one waited who was taken."""
        return round(self.seconds / self.taken) if self.taken else None

    @property
    def share_left(self) -> int | None:
        """Percent who left, of all who came."""
        return percent(self.left, self.came)


def speeds(session: Session, as_of: AsOf) -> Mapping[int | None, Speed]:
    """By queue, where anybody came."""
    taken, gone = (session.connection().execute(_sums(one, as_of.day), as_of.values) for one in (_TAKEN, _LEFT))
    found: dict[int | None, Speed] = defaultdict(Speed)
    for queue, n, soon, waited in taken:
        found[queue] += Speed(came=n, taken=n, soon=int(soon), seconds=int(waited) / 1e6)
    for queue, n, soon, _ in gone:
        found[queue] += Speed(came=n, left=n, left_late=n - int(soon))
    count = set(session.connection().scalars(select(col(Queue.id)).where(col(Queue.sent_on_counts))))
    for queue, n in flows(session, as_of).items():
        found[queue] += Speed(came=n, passed=n if queue in count else 0)
    for queue, rest in counted(session, OTHERS, as_of).parts.items():
        found[queue if isinstance(queue, int) else None] += Speed(came=rest.n)
    return dict(found)


def taken(day: Day) -> Select[Any]:
    """Chats that an agent took today for the first time; good: in time. Who came back later counts by their first
    wait."""
    ours = (col(Assignment.ticket_id) == Ticket.id, col(Ticket.channel) == Channel.CHAT.value)
    since = col(Assignment.since)
    first = (*ours, day.holds(since), ~_waited_before(_earlier.c.at < since))
    # An index knows talks by their end, which is today as well, and another those that go on
    over = (col(Assignment.queue_id).in_(day.queues), col(Assignment.talk_ended_at) >= EARLIEST)
    goes_on = (col(Assignment.ended_at).is_(None), col(Assignment.talk_ended_at).is_(None), col(Assignment.live))
    both = union_all(*(select(*_row(since)).where(*first, *which) for which in (over, goes_on))).subquery()
    return select(both)


def gave_up(day: Day) -> Select[Any]:
    """Chats that were left today before any agent had taken them; good: in time. Who was turned away as they came, or
    is answered in another way, did neither; who left so soon that their queue does not count it, did not come.
    """
    at = col(LogRow.at)
    waited_before = _waited_before(_earlier.c.pos < col(LogRow.pos))
    wished = _waited(at) >= _of_queue(Queue.short_seconds, 0) * _SECOND
    return left(day).with_only_columns(*_row(at)).where(at > col(Ticket.opened_at), wished, ~waited_before)


def came(day: Day) -> Select[Any]:
    """Chats whose first wait in a queue ended today, in whichever way, or goes on; good: but for those who left."""
    ways = {"taken": taken, "left": gave_up, "sent_on": sent_on}
    parts = [_said(rows(day), literal(way), literal(int(way != "left"))) for way, rows in ways.items()]
    all_of_them = union_all(*parts, _said(others(day))).subquery()
    return select(all_of_them)


FIGURES: dict[str, Figure] = {
    "taken-today": Figure(taken),
    "left-today": Figure(gave_up),
    "came-today": Figure(came),
}


# How

_TAKEN, _LEFT = FIGURES["taken-today"], FIGURES["left-today"]


@lru_cache(maxsize=16)  # writing a statement takes longer than asking it
def _sums(figure: Figure, day: Day) -> Select[Any]:
    rows = figure.rows(day).subquery()
    sums = (func.count(), func.sum(rows.c.good), func.sum(rows.c.waited))
    return select(rows.c.queue_id, *sums).group_by(rows.c.queue_id)


def _row(at: Any) -> tuple[ColumnElement[Any], ...]:
    """As every figure, and how many microseconds they had waited by then."""
    soon = case((_waited(at) <= _of_queue(Queue.soon_seconds, SOON) * _SECOND, 1), else_=0)
    return (*row(at, _NOTHING, soon), _waited(at).label("waited"))


def _waited(at: Any) -> ColumnElement[int]:
    return type_coerce(at, BigInteger) - type_coerce(col(Ticket.opened_at), BigInteger)


def _of_queue(setting: Any, usual: int) -> ColumnElement[int]:
    """What the queue says in which the ticket is now."""
    its = select(setting).where(col(Queue.id) == col(Ticket.queue_id)).correlate(Ticket).scalar_subquery()
    return func.coalesce(type_coerce(its, BigInteger), usual)


def _said(rows: Select[Any], *instead: ColumnElement[Any]) -> Select[Any]:
    """The columns of a figure; what and good are others where `instead` says so."""
    sub = rows.subquery()
    what, good = instead or (sub.c.what, sub.c.good)
    return select(sub.c.ticket_id, sub.c.queue_id, sub.c.at, what.label("what"), good.label("good"))


def _waited_before(then: ColumnElement[bool]) -> ColumnElement[bool]:
    """An agent had it before, or its customer had gone and come back: this is not its first wait."""
    kinds = _earlier.c.kind.in_(["TicketAssigned", "LiveBegan", "ChannelChanged"])
    return exists().where(_earlier.c.ticket_id == Ticket.id, kinds, then)
