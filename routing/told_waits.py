"""What those in line are told of their wait: kept as a promise, told anew when it is another, judged when it ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Index, exists, or_, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from routing import line, wait
from routing.assignment import Assignment
from routing.events import WaitsTold
from routing.queues import Queue
from routing.wait import Band, Pace, Shown
from tickets.change import Change
from tickets.chores import NOW, Chore, Due
from tickets.moment import Moment
from tickets.plain import Plain, listed, plain
from tickets.ticket import Ticket

EVERY = timedelta(seconds=5)  # so long a line goes by what it was told
_OPEN = text("ended_at is null")


class Held(StrEnum):
    """What became of a promise. An honest band: one in five sooner, three within, one later."""

    SOONER = "sooner"
    WITHIN = "within"
    LATER = "later"  # answered later, or left after a longer wait than was said
    LEFT = "left"  # before it could be broken: it says nothing
    MOVED = "moved"  # into another line, where another was given: it says nothing


class WaitPromise(SQLModel, table=True):
    """One wait of a ticket in one line. `promised_*` was said first; `low` and `high` are said now, None for nothing.

    Seconds, from when it was said.
    """

    __tablename__ = "wait_promise"
    __table_args__ = (
        Index("uq_wait_promise_open", "ticket_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_wait_promise_open", "queue_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_wait_promise_ended", "ended_at"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    queue_id: int
    channel: str
    promised_low: int
    promised_high: int
    promised_at: datetime = Field(sa_type=Moment)
    low: int | None = None
    high: int | None = None
    risen_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    held: str = ""  # empty: they still wait

    @property
    def shown(self) -> Shown:
        known = self.low is not None and self.high is not None
        return Shown(Band(self.low or 0, self.high or 0) if known else None, self.risen_at)

    def show(self, next: Shown) -> bool:
        """Whether that looks different from what was said before."""
        before, self.risen_at = self.shown.band, next.risen_at
        same = before is not None and next.band is not None and before.minutes == next.band.minutes
        if same or before == next.band:
            return False
        self.low, self.high = (next.band.low, next.band.high) if next.band else (None, None)
        return True

    def end(self, at: datetime, *, answered: bool, moved: bool = False) -> None:
        """They wait no longer; the promise is judged by what was said first."""
        self.ended_at, waited = at, (at - self.promised_at).total_seconds()
        if moved and not answered:
            self.held = Held.MOVED
        elif waited > self.promised_high:
            self.held = Held.LATER
        elif answered:
            self.held = Held.SOONER if waited < self.promised_low else Held.WITHIN
        else:
            self.held = Held.LEFT


class LineTold(SQLModel, table=True):
    """When a queue's line was told last."""

    __tablename__ = "line_told"

    queue_id: int = Field(primary_key=True, foreign_key="queue.id", sa_column_kwargs={"autoincrement": False})
    told_at: datetime = Field(sa_type=Moment)


# Verbs


def tell(change: Change, queue_id: int) -> None:
    """Everyone in this line is told how long it may take now; who left it has their promise judged.

    Does nothing where another process has just done it.
    """
    if not _claimed(change, queue_id):
        return
    places = wait.positions(change, queue_id)
    open_ones = change.rows(select(WaitPromise).where(WaitPromise.queue_id == queue_id, _is_open()))
    promises = {one.ticket_id: one for one in open_ones}
    _judge(change, [one for ticket_id, one in promises.items() if ticket_id not in places])
    pace = wait.pace(change, queue_id, now=change.now, rules=change.rules) if places else None
    another = [_tell(change, queue_id, promises.get(each), each, place, pace) for each, place in places.items()]
    if any(another):
        change.record(WaitsTold(queue=queue_id))


# What others ask


def told(session: Session, ticket_ids: Collection[int]) -> Mapping[int, Band]:
    """What each of these is told of their wait, where they are told anything."""
    bands = {one.ticket_id: one.shown.band for one in _OPEN_OF.all(session, ids=ticket_ids)} if ticket_ids else {}
    return {ticket_id: band for ticket_id, band in bands.items() if band is not None}


# How


def _claimed(change: Change, queue_id: int) -> bool:
    due = update(LineTold).where(col(LineTold.queue_id) == queue_id, col(LineTold.told_at) <= change.now - EVERY)
    if change.claim(due.values(told_at=change.now)) == 1:
        return True
    change.take(Queue, queue_id)  # held, so that only one process adds the row
    if change.one(select(LineTold).where(LineTold.queue_id == queue_id)) is not None:
        return False
    change.add(LineTold(queue_id=queue_id, told_at=change.now))
    return True


def _tell(
    change: Change, queue_id: int, promise: WaitPromise | None, ticket_id: int, place: int, pace: Pace | None
) -> bool:
    found = wait.band(place, pace) if pace is not None else None
    if promise is not None:
        return promise.show(wait.next_shown(promise.shown, found, change.now))
    if found is None:
        return False
    change.add(
        WaitPromise(
            id=change.new_id(),
            ticket_id=ticket_id,
            queue_id=queue_id,
            channel=change.take(Ticket, ticket_id).channel,
            promised_low=found.low,
            promised_high=found.high,
            promised_at=change.now,
            low=found.low,
            high=found.high,
            risen_at=change.now,
        )
    )
    return True


def _judge(change: Change, gone: Sequence[WaitPromise]) -> None:
    """Who was answered since is known to the moment; who went away left between two looks."""
    ids = [one.ticket_id for one in gone]
    taken = change.rows(select(Assignment).where(col(Assignment.ticket_id).in_(ids))) if gone else ()
    for one in gone:
        answers = [each.since for each in taken if each.ticket_id == one.ticket_id and each.since >= one.promised_at]
        moved = change.take(Ticket, one.ticket_id).queue_id != one.queue_id
        one.end(min(answers, default=change.now), answered=bool(answers), moved=moved)


def _is_open() -> ColumnElement[bool]:
    return col(WaitPromise.ended_at).is_(None)


_OPEN_OF = Plain(WaitPromise, plain(WaitPromise).where(listed(col(WaitPromise.ticket_id)), _is_open()))
_WAITS = exists().where(col(Ticket.queue_id) == Queue.id, col(Ticket.fore), col(Ticket.live), line.waiting())
_PROMISED = exists().where(col(WaitPromise.queue_id) == Queue.id, _is_open())
_DUE = Due(
    select(Queue.id)
    .join(LineTold, col(LineTold.queue_id) == Queue.id, isouter=True)
    .where(or_(col(LineTold.told_at).is_(None), col(LineTold.told_at) <= NOW), or_(_WAITS, _PROMISED))
    .order_by(col(Queue.name)),
    after=EVERY,
)
"""Queues with somebody in line, or with a promise to judge, that were not told for a while."""

TELL = Chore("lines that are told how long it may take", _DUE, tell)
