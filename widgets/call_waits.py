"""How long a supervisor reads that callers waited, queue by queue, of today or of the last weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from routing.wallboard.call_waits import CallWaits, call_waits

DAYS = (1, 7, 28)
"""Of how many days, today included, it can be read; the first unless something else was chosen."""


class CallsOf(NamedTuple):
    queue_id: int
    queue: str  # empty for calls of no queue
    waits: CallWaits


class Called(NamedTuple):
    """What is drawn: one row for each queue in which a call ended."""

    days: int
    choices: Sequence[int]
    rows: Sequence[CallsOf]


def called(session: Session, queues: Mapping[int, str], now: datetime, days: int) -> Called:
    """In the order of `queues`, which are all there are, by their names. Any other number of days is today."""
    days = days if days in DAYS else DAYS[0]
    found = call_waits(session, now, days)
    rows = [CallsOf(id, name, found[id]) for id, name in {**queues, 0: ""}.items() if id in found]
    return Called(days, DAYS, rows)
