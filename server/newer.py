"""While a desk is upgraded, newer processes write what older ones have no word for: their screens go on without it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache

import structlog
from sqlmodel import Session

from server.missed import Delivery, Render
from tickets.events import kinds
from tickets.live import Topic
from tickets.log import LogRow

_log = structlog.get_logger("frontdesk.feed")


def of_known_kinds(render: Render) -> Render:
    """`render`, without the events of which this process does not know the kind."""

    def known(session: Session, rows: Sequence[LogRow], topics: Collection[Topic], now: datetime) -> Iterable[Delivery]:
        return render(session, [row for row in rows if _knows(row.kind)], topics, now)

    return known


@cache
def _knows(kind: str) -> bool:
    """Said once of each that it does not: there may be thousands of them until it is replaced."""
    known = kind in kinds()
    if not known:
        _log.warning("events of an unknown kind are left out: a newer process writes them", kind=kind)
    return known
