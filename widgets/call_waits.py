"""How long a supervisor reads that callers waited, queue by queue, in chosen days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlmodel import Session

from routing.wallboard.call_waits import Spread, call_waits, spread
from routing.wallboard.days import Days


class Called(NamedTuple):
    """The calls of one queue that ended: with how many we spoke, and how long these had waited."""

    queue_id: int
    queue: str
    reached: int
    unreached: int
    gross: Spread | None
    net: Spread | None


def called(session: Session, names: Mapping[int, str], days: Days) -> Sequence[Called]:
    """By the name of the queue; calls of tickets in none are left out, as on the board."""
    found = call_waits(session, days)
    return [
        Called(queue_id, name, one.reached, one.unreached, spread(one.gross), spread(one.net))
        for queue_id, name in names.items()
        if queue_id in found
        for one in [found[queue_id]]
    ]
