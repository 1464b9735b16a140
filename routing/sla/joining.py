"""What becomes of promises when two tickets turn out to be one matter."""

from __future__ import annotations

from routing.sla import keeping, running
from routing.sla.metrics import Metric, State
from tickets.change import Change
from tickets.ticket import Ticket


def join(change: Change, source: Ticket, target: Ticket) -> None:
    """`source` goes on as `target` (semantics.md part 1, merge). To be called while neither is done by it.

    The target keeps its own clocks; those of the source end as cancelled, not as kept. Whoever waits longer of both is
    the one who is owed an answer, and counted from then.
    """
    clocks = keeping.open_clocks(change, source)
    for clock in clocks.values():
        running.end(change, clock, State.CANCELLED)
    keeping.show(change, source, {})
    waits = [since for since in (source.waiting_since, target.waiting_since) if since is not None]
    source.waiting_since = None
    if not waits or target.waiting_since == min(waits):
        return
    target.waiting_since = min(waits)
    mine = keeping.open_clocks(change, target)
    if Metric.NEXT_REPLY in mine:
        running.end(change, mine.pop(Metric.NEXT_REPLY), State.CANCELLED)
    keeping.show(change, target, mine)
    keeping.touch(change, target, say=True)
