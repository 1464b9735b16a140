"""Tells of promises when their time comes: little is left, or it is over; each once, at the instant it was so."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col, func, select

from routing.hours import Calendar
from routing.sla import applying, keeping, running
from routing.sla.clock import SlaClock
from tickets.change import Change
from tickets.chores import NOW, Chore, Due
from tickets.failpoint import reached
from tickets.ticket import Ticket

AT_ONCE = 100

_UNENDED = col(SlaClock.ended_at).is_(None)
_UNBROKEN = col(SlaClock.breached_at).is_(None)
_UNWARNED = col(SlaClock.warned_at).is_(None)
_TIMELY = col(SlaClock.business).is_(False) | (
    col(SlaClock.calendar_version)
    == func.coalesce(
        select(Calendar.version).where(Calendar.id == SlaClock.calendar_id).correlate(SlaClock).scalar_subquery(),
        SlaClock.calendar_version,
    )
)
"""It goes by the hours that its calendar has now."""

overdue = Due(
    select(SlaClock.id)
    .where(col(SlaClock.due_at) <= NOW, _UNBROKEN, _UNENDED)
    .order_by(col(SlaClock.due_at))
    .limit(AT_ONCE)
)


def breach(change: Change, clock_id: int) -> None:
    """The promise is broken since its due time, however late we look. Claimed: one process says it, once."""
    late = col(SlaClock.id) == clock_id, col(SlaClock.due_at) <= change.now, _UNBROKEN, _UNENDED
    if change.claim(update(SlaClock).where(*late, _TIMELY).values(breached_at=SlaClock.due_at)) == 1:
        reached("breach.claimed")
        clock = change.take(SlaClock, clock_id)
        running.say_breached(change, clock)
        _show(change, clock)
    else:
        _catch_up(change, clock_id)


scarce = Due(
    select(SlaClock.id)
    .where(col(SlaClock.warn_at) <= NOW, _UNWARNED, _UNBROKEN, _UNENDED)
    .order_by(col(SlaClock.warn_at))
    .limit(AT_ONCE)
)
"""Clocks with little time left. What is over by now is told as broken instead."""


def warn(change: Change, clock_id: int) -> None:
    near = col(SlaClock.id) == clock_id, col(SlaClock.warn_at) <= change.now, _UNWARNED, _UNBROKEN, _UNENDED
    if change.claim(update(SlaClock).where(*near, _TIMELY).values(warned_at=SlaClock.warn_at)) == 1:
        reached("warning.claimed")
        clock = change.take(SlaClock, clock_id)
        running.say_warned(change, clock)
        _show(change, clock)
    else:
        _catch_up(change, clock_id)


at_a_step = Due(
    select(SlaClock.id)
    .where(col(SlaClock.step_at) <= NOW, col(SlaClock.step_at).is_not(None))
    .order_by(col(SlaClock.step_at))
    .limit(AT_ONCE)
)


def step(change: Change, clock_id: int) -> None:
    """Claimed by the time that it had: one process takes all steps that are due by now, each once."""
    due = col(SlaClock.id) == clock_id, col(SlaClock.step_at) <= change.now
    if change.claim(update(SlaClock).where(*due).values(step_at=None)) == 1:
        reached("step.claimed")
        clock = change.take(SlaClock, clock_id)
        running.take_steps(change, clock)
        _show(change, clock)


def _catch_up(change: Change, clock_id: int) -> None:
    """Where its calendar has other hours by now, it is reckoned by them before anything is said of it."""
    clock = change.find(SlaClock, clock_id)
    if clock is not None and clock.business and clock.calendar_id is not None and running.is_behind(change, clock):
        applying.retime_next(change, (clock.calendar_id, clock_id))


def _show(change: Change, clock: SlaClock) -> None:
    ticket = change.take(Ticket, clock.ticket_id)
    keeping.show(change, ticket, keeping.open_clocks(change, ticket))


CHORES = (
    Chore("promises broken", overdue, breach),
    Chore("promises nearly due", scarce, warn),
    Chore("steps of promises", at_a_step, step),
    Chore("policies being applied", applying.unapplied, applying.apply_next),
    Chore("clocks with other hours", applying.untimed, applying.retime_next),
)
