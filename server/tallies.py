"""Numbers that many events change: recounted a moment after something happened, not once for each event."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence

import structlog

from server.feed import Feed
from tickets.desk import Desk
from tickets.live import Topic, alongside
from tickets.log import LogRow
from widgets import tallies

PAUSE = 0.3  # seconds between two counts: fast enough for the eye, however much happens

_log = structlog.get_logger("frontdesk.tallies")


class Tallies:
    """Counts beside the views, and visitors' places in line, for whoever follows them in this process."""

    def __init__(self, desk: Desk, feed: Feed) -> None:
        self._desk = desk
        self._feed = feed
        self._changed = asyncio.Event()
        self._told: dict[Topic, str] = {}  # the last frame of each topic: what did not change is not told again

    def heard(self, rows: Sequence[LogRow]) -> None:
        if any(row.kind in tallies.COUNTED for row in rows):
            self._changed.set()

    def joined(self, topics: Collection[Topic]) -> None:
        """Somebody's page may have been read before the last count: they are told anew."""
        for topic in topics:
            self._told.pop(topic, None)
        self._changed.set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Tallies]:
        async with alongside(self._run(), name="tallies"):
            yield self

    async def _run(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._count()
            except Exception:
                _log.exception("count failed")
            await asyncio.sleep(PAUSE)

    async def _count(self) -> None:
        topics = self._feed.topics
        deliveries = await self._desk.read(tallies.count, topics, self._desk.clock.now(), self._desk.rules)
        fresh = [one for one in deliveries if self._told.get(one.topic) != one.frame]
        self._told = {one.topic: one.frame for one in deliveries}
        self._feed.deliver(fresh)
