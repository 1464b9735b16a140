"""What becomes of promises when two tickets turn out to be one matter, or two after all (semantics.md 1, merge)."""

from __future__ import annotations

from routing.sla import keeping, running
from routing.sla.metrics import Metric, State
from tickets.change import Change
from tickets.events import MergeReceived, MergeUndone, TicketMerged
from tickets.ticket import Ticket


def end_promises(change: Change, event: TicketMerged) -> None:
    """What was promised for a ticket that goes on as another is promised no more; that is not counted as kept."""
    assert event.ticket is not None
    source = change.take(Ticket, event.ticket)
    for clock in keeping.open_clocks(change, source).values():
        running.end(change, clock, State.CANCELLED)
    keeping.show(change, source, {})


def owe_the_older(change: Change, event: MergeReceived | MergeUndone) -> None:
    """The target keeps its own clocks. Whoever waits longer of both is owed the answer, and counted from then."""
    other = event.since is not None if isinstance(event, MergeReceived) else event.lent
    if other:
        assert event.ticket is not None
        target = change.take(Ticket, event.ticket)
        mine = keeping.open_clocks(change, target)
        if Metric.NEXT_REPLY in mine:
            running.end(change, mine.pop(Metric.NEXT_REPLY), State.CANCELLED)
        keeping.show(change, target, mine)
        keeping.touch(change, target, say=True)
