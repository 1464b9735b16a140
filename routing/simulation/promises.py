"""How many promises a simulated day kept and broke, as its desk says itself."""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from routing.sla.clock import SlaClock
from routing.sla.metrics import State


def kept_and_broken(session: Session) -> dict[str, tuple[int, int]]:
    """By metric, of promises whose result is known (semantics.md part 8); what was cancelled counts neither way."""
    broken = col(SlaClock.breached_at).is_not(None)
    counted = col(SlaClock.state) != State.CANCELLED.value, broken | (col(SlaClock.state) == State.MET.value)
    query = select(SlaClock.metric, broken, func.count()).where(*counted).group_by(col(SlaClock.metric), broken)
    found: dict[str, tuple[int, int]] = {}
    for metric, late, number in session.exec(query):
        kept, missed = found.get(metric, (0, 0))
        found[metric] = (kept, missed + number) if late else (kept + number, missed)
    return found
