"""How long those who asked to be rung waited until we spoke with them: in all, and without what was agreed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from routing.callbacks.callback import CANCELLED, Callback, Outcome
from routing.wallboard.today import as_of


class Spread(NamedTuple):
    """Seconds that half of them, and nine of ten, did not wait longer than: each the wait of somebody."""

    median: int
    most: int


@dataclass(frozen=True)
class CallWaits:
    """Of one queue: the calls in which we spoke with somebody, and how many ended in another way.

    `gross` is from the request until we rang, `net` leaves out the time until the window and between tries.
    """

    gross_seconds: Sequence[int] = field(default_factory=list)
    net_seconds: Sequence[int] = field(default_factory=list)
    unreached: int = 0

    @property
    def reached(self) -> int:
        return len(self.gross_seconds)

    @property
    def gross(self) -> Spread | None:
        return spread(self.gross_seconds)

    @property
    def net(self) -> Spread | None:
        return spread(self.net_seconds)


def call_waits(session: Session, now: datetime, days: int) -> Mapping[int, CallWaits]:
    """By the queue in which they asked, of calls that ended on these days of its calendar, today included.

    What was called off counts neither way.
    """
    since = as_of(session, now - timedelta(days=days - 1))
    facts: list[Any] = [Callback.queue_id, Callback.outcome, Callback.ended_at]
    facts += [Callback.gross_seconds, Callback.net_seconds]
    ended = col(Callback.ended_at) >= since.values["earliest"], col(Callback.ended_at) <= now
    gross, net = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    unreached = Counter[int]()
    query = select(*facts).where(*ended, col(Callback.outcome) != CANCELLED)
    for queue_id, outcome, at, in_all, in_line in session.connection().execute(query):
        if at < since.began(queue_id):
            continue
        if outcome == Outcome.REACHED:
            gross[queue_id].append(in_all)
            net[queue_id].append(in_line)
        else:
            unreached[queue_id] += 1
    return {one: CallWaits(gross[one], net[one], unreached[one]) for one in {*gross, *unreached}}


def spread(seconds: Sequence[int]) -> Spread | None:
    """None of nobody."""
    in_order = sorted(seconds)
    return Spread(*(in_order[_rank(len(in_order), percent)] for percent in (50, 90))) if in_order else None


def _rank(n: int, percent: int) -> int:
    """The first that so many of a hundred do not exceed (nearest rank)."""
    return -(-n * percent // 100) - 1
