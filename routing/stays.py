"""A ticket's stay in a line: whom it asks for, what it gives up when nobody comes, and when it is looked at again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    bindparam,
    delete,
    exists,
    func,
    or_,
    text,
    type_coerce,
    update,
)
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, SQLModel, col, select

from routing import line, skills, sorts
from routing.events import NeedsRelaxed, QueueChanged
from routing.queues import Queue, QueueMember
from tickets.change import Change
from tickets.chores import NOW, Due
from tickets.errors import Refused
from tickets.events import StatusChanged, TicketMoved, TicketReleased, TicketReopened, TicketWoken
from tickets.log import LogRow
from tickets.moment import Moment
from tickets.status import Priority
from tickets.table import Swift
from tickets.ticket import Ticket

MOST_STEPS = 6
PREFERRED_FOR = timedelta(seconds=60)
LONGEST_WAIT = 7 * 24 * 3600.0  # seconds until a step
_DUE = text("look_due is not null")


class RelaxStep(SQLModel, table=True):
    """After so many seconds in this queue's line a ticket gives up skills, calls others to help, or is more urgent."""

    __tablename__ = "relax_step"

    queue_id: int = Field(primary_key=True, foreign_key="queue.id", sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # 1 is the first
    after_seconds: float
    drop: list[int] = Field(sa_column=Column(JSON, nullable=False))  # skills
    widen_to: int | None = None  # a queue
    raise_priority: bool = False


class Stay(Swift, table=True):
    """From when a ticket joins a line until it is taken, moved or done.

    There is one only for a ticket that needs something, has steps ahead of it, or is known to an agent: whoever finds
    none need not look for anything else of this room.
    """

    __table_args__ = (Index("ix_stay_look_due", "look_due", sqlite_where=_DUE, postgresql_where=_DUE),)

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    queue_id: int
    began_at: datetime = Field(sa_type=Moment)
    step: int = 0  # of the queue's, taken so far
    look_due: datetime | None = Field(default=None, sa_type=Moment)
    refused: int = 0  # offers during it that were declined or missed
    preferred_id: int | None = None  # the agent whom the customer knows, who is asked first...
    preferred_until: datetime | None = Field(default=None, sa_type=Moment)  # ...until then; None: all the time

    def preferred(self, now: datetime) -> int | None:
        """Who is asked first just now."""
        return self.preferred_id if self.preferred_until is None or now < self.preferred_until else None


class Widening(SQLModel, table=True):
    """The members of this queue may be asked for this ticket as well."""

    __table_args__ = (Index("ix_widening_queue", "queue_id", "ticket_id"),)

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    queue_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


# Verbs


def set_steps(change: Change, queue_id: int, steps: Sequence[RelaxStep]) -> None:
    """What this queue's tickets give up, and after how long. Each step is later than the one before."""
    if len(steps) > MOST_STEPS:
        raise Refused("A queue has at most {n} steps.", field="steps", n=MOST_STEPS)
    times = [step.after_seconds for step in steps]
    rising = all(earlier < later for earlier, later in pairwise(times))
    if not rising or any(not 0 < time <= LONGEST_WAIT for time in times):
        raise Refused("Each step comes later than the one before, and within a week.", field="steps")
    if any(step.widen_to == queue_id for step in steps):
        raise Refused("A queue cannot call itself to help.", field="steps")
    if [_said(step) for step in steps] != [_said(step) for step in steps_of(change, queue_id)]:
        change.claim(delete(RelaxStep).where(col(RelaxStep.queue_id) == queue_id))
        for number, step in enumerate(steps, start=1):
            change.add(RelaxStep(queue_id=queue_id, number=number, **_said(step)))
        _reach_those_who_wait(change, queue_id, steps)
        change.record(QueueChanged(queue=queue_id))


def begin(
    change: Change, ticket: Ticket, *, preferred: int | None = None, preferred_until: datetime | None = None
) -> None:
    """It joins its queue's line: what was given up during an earlier stay is asked for again.

    `preferred` is asked first until then, and for a minute where nobody says how long (semantics.md part 3). Where
    nobody is, a queue may ask whoever had the customer's last ticket.
    """
    end(change, ticket.id)
    if ticket.queue_id is None:
        return
    queue = change.take(Queue, ticket.queue_id)
    if preferred is None and queue.last_agent_seconds:
        known = change.peek(Ticket, _LAST_HELD, customer=ticket.customer_id)
        preferred = known[0].agent_id if known else None
        preferred_until = change.now + timedelta(seconds=queue.last_agent_seconds)
    needy, steps = skills.ask(change, ticket), steps_of(change, queue.id)
    if needy or steps or queue.longest_delay or queue.escalate_after or preferred is not None:
        stay = Stay(ticket_id=ticket.id, queue_id=queue.id, began_at=change.now, preferred_id=preferred)
        stay.preferred_until = None if preferred is None else preferred_until or change.now + PREFERRED_FOR
        stay.look_due = _next_look(change, ticket, stay)
        change.add(stay)


def prefer(change: Change, ticket: Ticket, agent_id: int) -> None:
    """This agent is asked first, for as long as it waits in this line."""
    assert ticket.queue_id is not None
    stay = change.find(Stay, ticket.id)
    if stay is None:
        stay = change.add(Stay(ticket_id=ticket.id, queue_id=ticket.queue_id, began_at=change.now))
    stay.preferred_id, stay.preferred_until = agent_id, None


def go_on(change: Change, ticket: Ticket) -> None:
    """Whatever happened to it: if it waits now and did not before, a stay begins."""
    if line.waits(ticket) and change.find(Stay, ticket.id) is None:
        begin(change, ticket)


def end(change: Change, ticket_id: int) -> None:
    """Taken, moved or done."""
    stay = change.find(Stay, ticket_id)
    if stay is not None:
        change.remove(stay)
        for one in change.peek(Widening, _WIDENED, ticket=ticket_id):
            change.remove(one)
        skills.forget(change, ticket_id)
        change.take(Ticket, ticket_id).asks = ""


def relax(change: Change, ticket_id: int) -> bool:
    """Take the steps that are due, and see who can be asked now. False when it was taken, or looked at, meanwhile."""
    overdue = update(Stay).where(col(Stay.ticket_id) == ticket_id, col(Stay.look_due) <= change.now)
    if change.claim(overdue.values(look_due=None)) != 1:
        return False
    stay, ticket = change.take(Stay, ticket_id), change.take(Ticket, ticket_id)
    if not line.waits(ticket):
        end(change, ticket.id)  # it waits for others: should it come back, it begins anew
        return False
    for step in steps_of(change, stay.queue_id)[stay.step :]:
        if _due(stay.began_at, step) <= change.now:
            _take(change, ticket, stay, step)
    stay.look_due = _next_look(change, ticket, stay)
    return True


def refuse(change: Change, ticket_id: int) -> None:
    """An offer of it was declined or missed. After so many as the queue says, its next step is taken at once."""
    stay = change.find(Stay, ticket_id)
    queue = change.find(Queue, stay.queue_id) if stay is not None else None
    if stay is not None and queue is not None and queue.escalate_after:
        stay.refused += 1
        if stay.refused % queue.escalate_after == 0:
            ticket, ahead = change.take(Ticket, ticket_id), steps_of(change, stay.queue_id)[stay.step :]
            for step in ahead[:1]:
                _take(change, ticket, stay, step)
            stay.look_due = _next_look(change, ticket, stay)


# What others ask


due = Due(select(Stay.ticket_id).where(col(Stay.look_due) <= NOW).order_by(col(Stay.look_due)).limit(100))
"""Tickets that have waited long enough for their next step."""


def steps_of(change: Change, queue_id: int | None) -> Sequence[RelaxStep]:
    """In their order."""
    return change.peek_once(RelaxStep, _IN_ORDER, queue_id=queue_id)


def steps(session: Session, queue_id: int) -> Sequence[RelaxStep]:
    """As `steps_of`, for whoever only reads."""
    return session.exec(_IN_ORDER, params={"queue_id": queue_id}).all()


def joined(change: Change, queue_id: int) -> Sequence[tuple[int, datetime, datetime]]:
    """Who waits in this line for nothing in particular: since when, and when each joined it."""
    found = change.tuples(_WITHOUT_A_STAY, queue=queue_id)
    return [(ticket_id, queued_at, max(queued_at, at or queued_at)) for ticket_id, queued_at, at in found]


def widened_to(change: Change, ticket_id: int) -> Collection[int]:
    return [one.queue_id for one in change.peek(Widening, _WIDENED, ticket=ticket_id)]


# How


_WIDENED = select(Widening).where(Widening.ticket_id == bindparam("ticket"))
_LAST_HELD = (
    select(Ticket)
    .where(Ticket.customer_id == bindparam("customer"), col(Ticket.agent_id).is_not(None))
    .order_by(col(Ticket.id).desc())
    .limit(1)
)
_JOINED = (TicketMoved, TicketReleased, TicketReopened, TicketWoken, StatusChanged)
_joined_at = (
    core_select(func.max(LogRow.at))
    .where(col(LogRow.ticket_id) == col(Ticket.id), col(LogRow.kind).in_([kind.__name__ for kind in _JOINED]))
    .scalar_subquery()
)
_WHEN: tuple[Any, ...] = (col(Ticket.id), col(Ticket.queued_at), _joined_at)
_WITHOUT_A_STAY = core_select(*_WHEN).where(
    col(Ticket.queue_id) == bindparam("queue"), line.waiting(), ~exists().where(col(Stay.ticket_id) == col(Ticket.id))
)
_IN_ORDER = select(RelaxStep).where(col(RelaxStep.queue_id) == bindparam("queue_id")).order_by(col(RelaxStep.number))


def _reach_those_who_wait(change: Change, queue_id: int, steps: Sequence[RelaxStep]) -> None:
    """These steps are for whoever is in the line already, too, and count from when they joined it."""
    for taken, step in enumerate(steps):
        due = type_coerce(Stay.began_at, BigInteger) + round(step.after_seconds * 1_000_000)
        later = or_(col(Stay.look_due).is_(None), type_coerce(Stay.look_due, BigInteger) > due)
        mine = update(Stay).where(col(Stay.queue_id) == queue_id, col(Stay.step) == taken, later)
        change.claim(mine.values(look_due=due))
    for ticket_id, _, began in joined(change, queue_id) if steps else ():
        change.add(Stay(ticket_id=ticket_id, queue_id=queue_id, began_at=began, look_due=_due(began, steps[0])))


def _next_look(change: Change, ticket: Ticket, stay: Stay) -> datetime | None:
    """When its next step is due, or it becomes old enough for more of the queue's members: the earlier of both."""
    times = [_due(stay.began_at, step) for step in steps_of(change, stay.queue_id)[stay.step :][:1]]
    if change.take(Queue, stay.queue_id).longest_delay:
        delays = select(QueueMember.delay_seconds).where(QueueMember.queue_id == stay.queue_id).distinct()
        old_enough = (ticket.queued_at + timedelta(seconds=delay) for delay in change.rows(delays))
        times += [at for at in old_enough if at > change.now]
    return min(times, default=None)


def _take(change: Change, ticket: Ticket, stay: Stay, step: RelaxStep) -> None:
    stay.step = step.number
    dropped = skills.give_up(change, ticket.id, step.drop)
    widened = step.widen_to is not None and _usable(change, step.widen_to) and _widen(change, ticket.id, step.widen_to)
    needs = [(one.skill_id, one.level) for one in skills.needs_of(change, ticket.id)]
    ticket.asks = sorts.in_words(needs, widened_to(change, ticket.id))
    priority = Priority(ticket.priority).higher if step.raise_priority else None
    if priority is not None:
        ticket.set_priority(change, priority)
    helper = step.widen_to if widened else None
    change.record(
        NeedsRelaxed(ticket=ticket.id, queue=stay.queue_id, step=step.number, dropped=len(dropped), helper=helper)
    )


def _widen(change: Change, ticket_id: int, queue_id: int) -> bool:
    if queue_id in widened_to(change, ticket_id):
        return False
    change.add(Widening(ticket_id=ticket_id, queue_id=queue_id))
    return True


def _usable(change: Change, queue_id: int) -> bool:
    queue = change.find(Queue, queue_id)
    return queue is not None and not queue.archived


def _due(began: datetime, step: RelaxStep) -> datetime:
    return began + timedelta(seconds=step.after_seconds)


def _said(step: RelaxStep) -> dict[str, Any]:
    return step.model_dump(include={"after_seconds", "drop", "widen_to", "raise_priority"})
