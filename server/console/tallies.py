"""Numbers that many events change: recounted a moment after something happened, not once for each event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager

from server.console.recount import Recount
from server.feed import Feed
from tickets.desk import Desk
from tickets.live import Topic
from tickets.log import LogRow
from widgets import tallies

PAUSE = 0.3  # seconds between two counts: fast enough for the eye, however much happens


class Tallies:
    """Counts beside the views, and visitors' places in line, for whoever follows them in this process."""

    def __init__(self, desk: Desk, feed: Feed) -> None:
        self._desk = desk
        self._feed = feed
        self._recount = Recount("tallies", self._count, pause=PAUSE)
        self._told: dict[Topic, bytes] = {}  # the last frame of each topic: what did not change is not told again

    def heard(self, rows: Sequence[LogRow]) -> None:
        if any(row.kind in tallies.COUNTED for row in rows):
            self._recount.stir()

    def joined(self, topics: Collection[Topic]) -> None:
        """Somebody's page may have been read before the last count: they are told anew."""
        for topic in topics:
            self._told.pop(topic, None)
        self._recount.stir()

    def running(self) -> AbstractAsyncContextManager[None]:
        return self._recount.running()

    async def _count(self) -> None:
        topics = self._feed.topics
        deliveries = await self._desk.read(tallies.count, topics, self._desk.clock.now(), self._desk.rules)
        fresh = [one for one in deliveries if self._told.get(one.topic) != one.frame]
        self._told = {one.topic: one.frame for one in deliveries}
        self._feed.deliver(fresh)
