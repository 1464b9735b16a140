"""The figures of a day and of what is late, each by the rows that it counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlmodel import col

from routing import line
from routing.callbacks.callback import Callback
from routing.callbacks.callback import State as CallbackState
from routing.sla.clock import SlaClock
from routing.sla.metrics import Metric, State
from routing.wallboard.entries import Figure, row
from routing.wallboard.today import NOW, Day
from tickets.complaints.complaint import Complaint
from tickets.log import LogRow
from tickets.moment import Moment
from tickets.status import DONE, Channel, Status
from tickets.ticket import Ticket

ANSWERS = (Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.CALLBACK_WINDOW, Metric.COMPLAINT_ACK)
"""The promises that somebody hears from us: a reply, a call, an acknowledgement."""
AGES = {"4h": timedelta(hours=4), "1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}
OLDER = "older"
MICROSECOND = timedelta(microseconds=1)
LATE, DUE = "late", "due"
_NOTHING, _YES, _NO = literal(""), literal(1), literal(0)


def answered(day: Day) -> Select[Any]:
    """Promises of an answer; see `judged`."""
    return judged(day, ANSWERS)


def judged(day: Day, metrics: Collection[Metric]) -> Select[Any]:
    """Promises whose result became known on the day; good: kept (semantics.md part 8, met / (met + breached)).

    Kept is known when it ends, broken at its due time, however late it is then kept: each counts once, on one day.
    What was cancelled counts neither way. `what` is the metric.
    """
    ours = (col(SlaClock.ticket_id) == Ticket.id, col(SlaClock.metric).in_([metric.value for metric in metrics]))
    kept = (
        select(*row(col(SlaClock.ended_at), col(SlaClock.metric), _YES))
        .where(*ours, day.holds(SlaClock.ended_at))
        .where(col(SlaClock.state) == State.MET.value, col(SlaClock.breached_at).is_(None))
    )
    broken = (
        select(*row(col(SlaClock.breached_at), col(SlaClock.metric), _NO))
        .where(*ours, day.holds(SlaClock.breached_at))
        .where(col(SlaClock.breached_at).is_not(None), col(SlaClock.state) != State.CANCELLED.value)
    )
    both = union_all(kept, broken).subquery()
    return select(both)


def left(day: Day) -> Select[Any]:
    """Chats of which somebody ceased to wait today: they ended it, or went away for good. `what` is empty."""
    return (
        select(*row(col(LogRow.at), _NOTHING, _NO))
        .where(col(LogRow.kind) == literal_column("'LiveEnded'"))  # spelled out for its partial index
        .where(col(LogRow.ticket_id) == Ticket.id, col(Ticket.channel) == Channel.CHAT.value)
        .where(day.holds(LogRow.at))
    )


def abandoned(day: Day) -> Select[Any]:
    """Chats that were left today before any agent had ever answered, each once, when it was left first."""
    unanswered = or_(col(Ticket.first_reply_at).is_(None), col(Ticket.first_reply_at) > col(LogRow.at))
    earlier = LogRow.__table__.alias("earlier")  # type: ignore[attr-defined]
    left_before = exists().where(
        earlier.c.ticket_id == Ticket.id,
        earlier.c.kind == "LiveEnded",
        earlier.c.pos < col(LogRow.pos),
        day.holds(earlier.c.at),
    )
    return left(day).where(unanswered, ~left_before)


def handled(day: Day) -> Select[Any]:
    """Tickets that were resolved or closed today and still are. `what` is the channel."""
    settled = col(Ticket.status).in_([Status.RESOLVED.value, Status.CLOSED.value])
    return select(*row(col(Ticket.resolved_at), col(Ticket.channel), _YES)).where(
        day.holds(Ticket.resolved_at), settled
    )


def backlog(day: Day) -> Select[Any]:
    """Every ticket that is not done, snoozed ones too. `what` is how old it is at most: 4h, 1d, 3d, 7d, older."""
    opened = col(Ticket.opened_at)
    younger = ((_later(opened, most) > NOW, literal(name)) for name, most in AGES.items())
    age = case(*younger, else_=literal(OLDER))
    return select(*row(opened, age, _NO)).where(line.undone())


def callbacks(day: Day) -> Select[Any]:
    """Requests for a call whose time has come, in line or in somebody's hands, and those that are late: their window
    is over and nobody has dialled since it was chosen. `what` is due or late.
    """
    late = and_(col(Callback.end) <= NOW, col(Callback.dialled_at).is_(None))
    what, good = case((late, literal(LATE)), else_=literal(DUE)), case((late, _NO), else_=_YES)
    return (
        select(*row(col(Callback.start), what, good))
        .where(col(Callback.ticket_id) == Ticket.id)
        .where(col(Callback.state) != literal_column("'done'"))  # spelled out for its partial index
        .where(or_(col(Callback.state) == CallbackState.QUEUED.value, late))
    )


def unacknowledged(day: Day) -> Select[Any]:
    """Open complaints whose customer has not been told that we look into it; late: that promise is broken."""
    told = col(Complaint.acknowledged_at).is_(None)
    return _complaints(Metric.COMPLAINT_ACK).where(told, col(Complaint.decided_at).is_(None))


def undecided(day: Day) -> Select[Any]:
    """Open complaints that await their final answer; late: that promise is broken."""
    return _complaints(Metric.COMPLAINT_FINAL).where(col(Complaint.decided_at).is_(None))


def _complaints(metric: Metric) -> Select[Any]:
    """Late by a policy's promise, or by its category's (or by what it was extended to)."""
    by = col(Complaint.acknowledge_by if metric is Metric.COMPLAINT_ACK else Complaint.answer_by)
    broken = exists().where(
        col(SlaClock.ticket_id) == Ticket.id,
        col(SlaClock.metric) == metric.value,
        col(SlaClock.ended_at).is_(None),
        col(SlaClock.breached_at).is_not(None),
    )
    late = or_(broken, by <= NOW)
    what, good = case((late, literal(LATE)), else_=literal(DUE)), case((late, _NO), else_=_YES)
    return (
        select(*row(col(Complaint.filed_at), what, good))
        .where(col(Complaint.ticket_id) == Ticket.id)
        .where(col(Ticket.status).not_in([status.value for status in DONE]))  # few complaints among many tickets
    )


def _later(at: Any, by: timedelta) -> ColumnElement[Any]:
    return type_coerce(type_coerce(at, BigInteger) + by // MICROSECOND, Moment())


FIGURES: dict[str, Figure] = {
    "answered-today": Figure(answered),
    "abandoned-today": Figure(abandoned),
    "handled-today": Figure(handled),
    "backlog": Figure(backlog, newest_first=False, by="what"),
    **{f"backlog-{age}": Figure(backlog, age, newest_first=False, by="what") for age in (*AGES, OLDER)},
    "callbacks-due": Figure(callbacks, newest_first=False, by="what"),
    "callbacks-late": Figure(callbacks, LATE, newest_first=False, by="what"),
    "complaints-unacknowledged": Figure(unacknowledged, newest_first=False, by="what"),
    "complaints-unacknowledged-late": Figure(unacknowledged, LATE, newest_first=False, by="what"),
    "complaints-undecided": Figure(undecided, newest_first=False, by="what"),
    "complaints-undecided-late": Figure(undecided, LATE, newest_first=False, by="what"),
}
"""By the name in an address. A name of one queue begins with queue-3- in front of it."""
