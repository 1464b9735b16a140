"""The promise to ring within a window: it is its own target, whatever the policies say."""

from __future__ import annotations

from datetime import datetime

from routing.sla import running
from routing.sla.choosing import Promise
from routing.sla.keeping import open_clocks, show
from routing.sla.ledger import Entry, note
from routing.sla.metrics import Metric, State
from routing.sla.recall import recall
from routing.sla.timing import Stretch
from routing.sla.winding import Source
from tickets.change import Change
from tickets.ticket import Ticket

_METRIC = Metric.CALLBACK_WINDOW
CANCELLED = "cancelled"


def promise_window(change: Change, ticket: Ticket, start: datetime, end: datetime) -> None:
    """We said that we ring between `start` and `end`. Another window replaces one that is not broken yet."""
    clocks = open_clocks(change, ticket)
    clock = clocks.get(_METRIC)
    promise, stretches = Promise((end - start).total_seconds()), [Stretch(start)]
    if clock is not None:
        running.judge(change, clock)
        if clock.breached_at is not None:  # that one stays broken; the new window is a new promise
            running.end(change, clocks.pop(_METRIC), State.MET)
            clock = None
    if clock is None:
        cycle = recall(change).last_cycle(ticket.id, _METRIC.value) + 1
        clocks[_METRIC] = running.start(
            change, ticket.id, _METRIC, cycle=cycle, promise=promise, stretches=stretches, source=Source()
        )
    elif (clock.started_at, clock.due_at) != (start, end):
        note(change, clock, Entry.RETARGET, before={"due": _iso(clock.due_at)}, after={"due": _iso(end)})
        running.restart(change, clock, promise=promise, stretches=stretches, source=Source())
    show(change, ticket, clocks, say=True)


def rang(change: Change, ticket: Ticket) -> None:
    """Somebody dialled: inside the window that keeps the promise, before it that is no more than early."""
    clocks = open_clocks(change, ticket)
    clock = clocks.get(_METRIC)
    if clock is not None and clock.started_at <= change.now:
        running.end(change, clocks.pop(_METRIC), State.MET)
        show(change, ticket, clocks, say=True)


def closed(change: Change, ticket: Ticket, outcome: str) -> None:
    """Nobody will ring any more; that it was called off in time is nobody's merit and nobody's fault."""
    clocks = open_clocks(change, ticket)
    clock = clocks.pop(_METRIC, None)
    if clock is not None:
        off = outcome == CANCELLED and not running.is_broken(change, clock)
        running.end(change, clock, State.CANCELLED if off else State.MET)
        show(change, ticket, clocks, say=True)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
