"""Keeps every open wallboard up to date: counted anew when something happened, and every few seconds besides."""

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
from widgets.deliveries import Delivery, as_of, replace, swaps
from widgets.wallboard import QUIET, TOPIC, Floor

PAUSE = 0.7  # seconds between two counts, however much happens
LONGEST = 5.0  # seconds between two counts while somebody watches, however little happens


class Boards:
    """Counts once for all who watch in this process, draws once a language, and tells only the parts that are new."""

    def __init__(self, desk: Desk, feed: Feed) -> None:
        self._desk = desk
        self._feed = feed
        self._recount = Recount("boards", self._count, pause=PAUSE, longest=LONGEST, wanted=self._watched)
        self._told: dict[Topic, dict[str, str]] = {}  # what the screens of each topic show

    def heard(self, rows: Sequence[LogRow]) -> None:
        if any(row.kind not in QUIET for row in rows):
            self._recount.stir()

    def joined(self, topics: Collection[Topic], counted: int | None) -> None:
        """Somebody's page may have been read before the last count: they are told everything anew; at the next count,
        if they have heard of an earlier one."""
        for topic in topics:
            if topic.name == TOPIC:
                self._told.pop(topic, None)
                if counted is None:
                    self._recount.stir()

    def running(self) -> AbstractAsyncContextManager[None]:
        return self._recount.running()

    def _watched(self) -> bool:
        return self._feed.follows(TOPIC)

    async def _count(self) -> None:
        topics = [topic for topic in self._feed.topics if topic.name == TOPIC]
        upto, drawn = await self._desk.read(self._drawn, {topic.language for topic in topics})
        told = {topic: self._told.get(topic, {}) for topic in topics}
        self._told = {topic: drawn[topic.language] for topic in topics}
        self._feed.deliver(as_of(upto, [self._news(topic, told[topic]) for topic in topics]))

    def _drawn(self, session: Session, languages: Collection[str]) -> tuple[int, dict[str, dict[str, str]]]:
        upto, floor = log.newest(session), Floor.read(session, self._desk.clock.now(), self._desk.rules)
        return upto, {language: floor.parts(language) for language in languages}

    def _news(self, topic: Topic, before: dict[str, str]) -> Delivery:
        """There always is some: the time as of which it holds."""
        parts = self._told[topic].items()
        return swaps(topic, [replace(f"board-{part}", html) for part, html in parts if before.get(part) != html])
