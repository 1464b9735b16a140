"""Numbers that many events change: recounted a moment after something happened, not once for each event."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from sqlmodel import Session

from server.console.recount import Recount
from server.feed import Feed
from tickets import log
from tickets.desk import Desk
from tickets.live import Topic
from tickets.log import LogRow
from widgets import tallies
from widgets.deliveries import Delivery, as_of
from widgets.tallies import Beside

PAUSE = 0.3  # seconds between two counts: fast enough for the eye, however much happens


class Tallies:
    """Counts beside the views, and visitors' places in line, for whoever follows them in this process."""

    def __init__(self, desk: Desk, feed: Feed) -> None:
        self._desk = desk
        self._feed = feed
        self._recount = Recount("tallies", self._count, pause=PAUSE)
        self._moved: int | None = None  # the last event after which a number may be another
        self._upto = 0  # where the last count holds
        self._told: dict[Topic, bytes] = {}  # the last frame of each topic: what did not change is not told again
        self._beside: dict[Topic, Beside] = {}  # as that, number by number
        self._came: set[Topic] = set()  # while it is counted: they are told all of it the next time

    def heard(self, rows: Sequence[LogRow]) -> None:
        for row in reversed(rows):
            if tallies.may_be_other(row):
                self._moved = row.pos
                self._recount.stir()
                break

    def joined(self, topics: Collection[Topic], counted: int | None) -> None:
        """Somebody's page may have been read before the last count: they are told anew, unless nothing moved since."""
        holds = counted is not None and self._moved is not None and counted >= self._moved
        known = holds and (counted or 0) <= self._upto  # what a process that is ahead counted is not known here
        for topic in topics:
            if not holds:
                self._told.pop(topic, None)
            if not known:
                self._beside.pop(topic, None)
                self._came.add(topic)
        if topics and not known:
            self._recount.stir()

    def running(self) -> AbstractAsyncContextManager[None]:
        return self._recount.running()

    async def _count(self) -> None:
        topics, told = self._feed.topics, dict(self._beside)
        self._came.clear()
        upto, sidebars, other, deliveries = await self._desk.read(self._counted, topics, told)
        self._upto, self._moved = upto, upto if self._moved is None else self._moved
        fresh = [one for one in other if one.topic not in self._came]
        fresh += [one for one in deliveries if self._told.get(one.topic) != one.frame]
        self._told = {one.topic: one.frame for one in deliveries}
        self._beside = {one.topic: one for one in sidebars if one.topic not in self._came}
        self._feed.deliver(as_of(upto, fresh))

    def _counted(
        self, session: Session, topics: Collection[Topic], told: Mapping[Topic, Beside]
    ) -> tuple[int, list[Beside], list[Delivery], list[Delivery]]:
        upto = log.newest(session)  # first: what is committed meanwhile is counted, and told once more
        sidebars = tallies.beside(session, topics)
        elsewhere = tallies.elsewhere(session, topics, self._desk.clock.now(), self._desk.rules)
        return upto, sidebars, list(tallies.news(sidebars, told)), elsewhere
