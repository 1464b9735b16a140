"""How long those who asked to be rung waited until we spoke with them: in all, and without what was agreed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, case, select
from sqlmodel import Session, col

from routing.callbacks.callback import CANCELLED, Callback, Outcome
from routing.wallboard.days import Days
from routing.wallboard.entries import Figure, row
from routing.wallboard.today import Day
from tickets.ticket import Ticket


class Spread(NamedTuple):
    """Seconds that half of them, and nine of ten, did not wait longer than: each the wait of somebody."""

    median: int
    most: int


@dataclass
class CallWaits:
    """The calls in which we spoke with somebody, in seconds of each; and how many ended in another way.

    `gross` is from the request until we rang, `net` leaves out the time until the window and between tries.
    """

    gross: list[int] = field(default_factory=list)
    net: list[int] = field(default_factory=list)
    unreached: int = 0

    @property
    def reached(self) -> int:
        return len(self.gross)


def call_waits(session: Session, days: Days) -> Mapping[int | None, CallWaits]:
    """By queue, of calls that ended in these days."""
    found = defaultdict[int | None, CallWaits](CallWaits)
    for queue_id, reached, gross, net in session.connection().execute(_asked(days.day), days.values):
        one = found[queue_id]
        if reached:
            one.gross.append(gross)
            one.net.append(net)
        else:
            one.unreached += 1
    return found


def calls(day: Day) -> Select[Any]:
    """Calls that ended in these days; good: we spoke with the customer. `what` is how. Not what was called off."""
    ended, how = col(Callback.ended_at), col(Callback.outcome)
    reached = case((how == Outcome.REACHED.value, 1), else_=0)
    return (
        select(*row(ended, how, reached))
        .where(col(Callback.ticket_id) == col(Ticket.id), how != CANCELLED)
        .where(ended.is_not(None), day.holds(ended))
    )


FIGURES: dict[str, Figure] = {"calls-ended": Figure(calls)}
"""Of chosen days."""


def spread(seconds: Sequence[int]) -> Spread | None:
    """None of nobody."""
    in_order = sorted(seconds)
    return Spread(*(in_order[_rank(len(in_order), percent)] for percent in (50, 90))) if in_order else None


def _rank(n: int, percent: int) -> int:
    """The first that so many of a hundred do not exceed (nearest rank)."""
    return -(-n * percent // 100) - 1


@lru_cache(maxsize=16)  # writing a statement takes longer than asking it
def _asked(day: Day) -> Select[Any]:
    reached = col(Callback.outcome) == Outcome.REACHED.value
    facts: list[Any] = [col(Ticket.queue_id), reached, col(Callback.gross_seconds), col(Callback.net_seconds)]
    return calls(day).with_only_columns(*facts)
