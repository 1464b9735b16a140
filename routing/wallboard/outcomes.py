"""What became of tickets in chosen days: solved, opened again, settled with one answer, or first answered.

As semantics.md part 8 defines it. Each figure is said once, as the rows behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlmodel import Session, col

from routing.callbacks.callback import Callback, Outcome
from routing.sla.metrics import INTERNAL, Metric
from routing.wallboard.days import Days
from routing.wallboard.entries import Count, Figure, row
from routing.wallboard.figures import judged
from routing.wallboard.today import EARLIEST, NOW, Day
from tickets.log import LogRow
from tickets.merge import Merge
from tickets.message import Message, MessageKind
from tickets.moment import Moment
from tickets.status import DONE, Channel, Status
from tickets.ticket import Ticket

_earlier = LogRow.__table__.alias("earlier")  # type: ignore[attr-defined]
_DATA = JSON().with_variant(Text(), "sqlite")  # to SQLite it is a text, from which it takes what it is asked for
_YES, _NO = literal(1), literal(0)
_PERSON = "agent:%"
TO_CUSTOMERS = tuple(metric for metric in Metric if metric not in INTERNAL)


def reopened(day: Day) -> Select[Any]:
    """Tickets that were resolved or closed in these days; good: none of them was opened again since. `what` is the
    channel."""
    back = _opened_again(day)
    once = case((col(Ticket.id).in_(select(back.c.ticket_id)), 0), else_=1)
    return _solved(day, back, once)


def one_touch(day: Day) -> Select[Any]:
    """The same tickets; good: they are solved still, and one answer was enough. A call in which we spoke is one, too.

    Answers are those of people; what a bot said counts as none.
    """
    said = select(func.count()).where(col(Message.ticket_id) == col(Ticket.id), _of_person())
    spoke = exists().where(col(Callback.ticket_id) == col(Ticket.id), col(Callback.outcome) == Outcome.REACHED.value)
    answers = said.correlate(Ticket).scalar_subquery() + case((spoke, 1), else_=0)
    return _solved(day, _opened_again(day), case((answers == 1, 1), else_=0))


def first_replies(day: Day) -> Select[Any]:
    """Tickets that a person of ours answered for the first time in these days. `what` is the channel.

    Not those that began with our own word: nobody waited for it.
    """
    spoke_first = exists().where(col(Message.ticket_id) == col(Ticket.id), col(Message.seq) == 1, _of_person())
    opened = and_(_earlier.c.kind == "TicketOpened", _earlier.c.by.like(_PERSON))
    written = col(Ticket.channel) == Channel.EMAIL.value
    ours = and_(written, spoke_first, exists().where(_earlier.c.ticket_id == col(Ticket.id), opened))
    answered = col(Ticket.first_reply_at).is_not(None)  # in the words of its partial index
    return select(*row(col(Ticket.first_reply_at), col(Ticket.channel), _YES)).where(
        answered, day.holds(Ticket.first_reply_at), ~ours
    )


def promises(day: Day) -> Select[Any]:
    """All that customers were promised and that was kept or broken in these days; good: kept. `what` is the metric."""
    return judged(day, TO_CUSTOMERS)


_BY_CHANNEL = {"reopened": reopened, "one-touch": one_touch, "first-replies": first_replies}
FIGURES: dict[str, Figure] = {
    "promises": Figure(promises),
    **{f"{name}-{channel}": Figure(rows, channel) for name, rows in _BY_CHANNEL.items() for channel in Channel},
}
"""Of chosen days; the others are of today."""
Place = tuple[int | None, str]
"""A queue and a channel."""


def by_place(session: Session, name: str, days: Days) -> Mapping[Place, Count]:
    """One of `reopened`, `one-touch` and `first-replies`, wherever there was anything."""
    found = session.connection().execute(_sums(name, days.day), days.values)
    return {(queue_id, channel): Count(n, int(good)) for queue_id, channel, n, good in found}


# How


@lru_cache(maxsize=16)  # writing a statement takes longer than asking it
def _sums(name: str, day: Day) -> Select[Any]:
    rows = _BY_CHANNEL[name](day).subquery()
    place = (rows.c.queue_id, rows.c.what)
    return select(*place, func.count(), func.sum(rows.c.good)).group_by(*place)


def _solved(day: Day, back: Subquery, good: ColumnElement[int]) -> Select[Any]:
    """What still is, as of when; and what is open again, or was settled anew on another day, as of when it was opened.

    A ticket that goes on as another was not solved.
    """
    settled = col(Ticket.status).in_([Status.RESOLVED.value, Status.CLOSED.value])
    still = and_(settled, day.holds(Ticket.resolved_at))
    merged = exists().where(col(Merge.ticket_id) == col(Ticket.id))
    kept = select(*row(col(Ticket.resolved_at), col(Ticket.channel), good)).where(still, ~merged)
    again = (
        select(*row(back.c.at, col(Ticket.channel), _NO))
        .where(col(Ticket.id) == back.c.ticket_id, case((still, 1), else_=0) == 0)
        .where(~merged, col(Ticket.status) != Status.SPAM.value)
    )
    both = union_all(kept, again).subquery()
    return select(both)


def _opened_again(day: Day) -> Subquery:
    """Tickets that were opened after they had been resolved or closed in these days, and when that was last."""
    told = cast(_earlier.c.data, _DATA)
    open_before = told["before"].as_string().not_in([status.value for status in DONE])
    closed = and_(_earlier.c.kind == "StatusChanged", told["status"].as_string() == Status.CLOSED.value, open_before)
    solved = exists().where(
        _earlier.c.ticket_id == col(Ticket.id),
        _earlier.c.pos < col(LogRow.pos),
        or_(_earlier.c.kind == "TicketResolved", closed),
        day.holds(_earlier.c.at),
    )
    return (
        select(col(LogRow.ticket_id), func.max(col(LogRow.at), type_=Moment()).label("at"))
        .where(col(LogRow.kind) == literal_column("'TicketReopened'"))  # spelled out for its partial index
        .where(col(LogRow.at) >= EARLIEST, col(LogRow.at) <= NOW)
        .where(col(LogRow.ticket_id) == Ticket.id, solved)
        .group_by(col(LogRow.ticket_id))
        .subquery()
    )


def _of_person() -> ColumnElement[bool]:
    return and_(col(Message.kind) == MessageKind.OUT.value, col(Message.by).like(_PERSON))
