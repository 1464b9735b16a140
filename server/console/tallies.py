"""Numbers that many events change: recounted a moment after something happened, not once for each event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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

    def heard(self, rows: Sequence[LogRow]) -> None:
        for row in reversed(rows):
            if tallies.may_be_other(row):
                self._moved = row.pos
                self._recount.stir()
                break

    def joined(self, topics: Collection[Topic], counted: int | None) -> None:
        """Somebody's page may have been read before the last count: they are told anew, unless nothing moved since."""
        holds = counted is not None and self._moved is not None and counted >= self._moved
        for topic in topics:
            if not holds:
                self._told.pop(topic, None)
            if not holds or (counted or 0) > self._upto:  # counted elsewhere: nobody here knows what it came to
                self._beside.pop(topic, None)
        if topics and not holds:
            self._recount.stir()

    def running(self) -> AbstractAsyncContextManager[None]:
        return self._recount.running()

    async def _count(self) -> None:
        topics = self._feed.topics
        upto, sidebars, deliveries = await self._desk.read(self._counted, topics)
        self._upto, self._moved = upto, upto if self._moved is None else self._moved
        fresh = [one for one in deliveries if self._told.get(one.topic) != one.frame]
        other = list(tallies.news(sidebars, self._beside))
        self._told = {one.topic: one.frame for one in deliveries}
        self._beside = {one.topic: one for one in sidebars}
        self._feed.deliver(as_of(upto, [*other, *fresh]))

    def _counted(self, session: Session, topics: Collection[Topic]) -> tuple[int, list[Beside], list[Delivery]]:
        upto = log.newest(session)  # first: what is committed meanwhile is counted, and told once more
        now, rules = self._desk.clock.now(), self._desk.rules
        return upto, tallies.beside(session, topics), tallies.elsewhere(session, topics, now, rules)
