"""Takes the steps of a promise whose time has come, each stamped with that time, and waits for the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from routing.sla import timing
from routing.sla.clock import SlaClock
from routing.sla.events import SlaStepReached
from routing.sla.ledger import Entry, note
from routing.sla.metrics import State
from routing.sla.steps import upcoming
from routing.sla.timing import Stretch, Time
from routing.sla.winding import time_ahead
from tickets.change import Change

Instants = Callable[[float], datetime | None]
"""When a clock has run for so many seconds; None for never, as things stand."""


def step(change: Change, clock: SlaClock, instant: Instants) -> None:
    """Those whose time has come by now."""
    clock.step_at = None
    for offset, step in upcoming(clock.steps, clock.taken, clock.target_seconds) if clock.steps else ():
        at = instant(offset)
        if at is None or at > change.now:
            clock.step_at = at if clock.state == State.RUNNING else None
            return
        clock.taken = [*clock.taken, step.key]
        note(change, clock, Entry.STEP, at=at, **step.kept())
        broken = clock.breached_at is not None
        reached = SlaStepReached(
            ticket=clock.ticket_id, clock=clock.id, metric=clock.metric, at=at, does=step.does, to=step.to,
            due=clock.breached_at or clock.due_at, late=broken,
        )  # fmt: skip
        change.record(reached)


def passing(time: Time, stretches: Sequence[Stretch]) -> Instants:
    """Counted from its beginning."""
    began = stretches[0].start
    return lambda ran: timing.instant_of(time, stretches, timedelta(seconds=ran)) if ran > 0 else began


def ahead(change: Change, clock: SlaClock) -> Instants:
    """Counted from when it last went on: all before that is over."""
    time, stretches = time_ahead(change, clock), [Stretch(clock.since)]

    def at(ran: float) -> datetime | None:
        left = ran - clock.elapsed_seconds
        return timing.instant_of(time, stretches, timedelta(seconds=left)) if left > 0 else clock.since

    return at
