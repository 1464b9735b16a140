"""Each process's reader of the log: turns what happened into what each open screen must show."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

import structlog
from sqlmodel import Session

from server.bus import Bus, Whisper
from tickets import log
from tickets.desk import Desk
from tickets.live import Outbox, Topic, encode

GLANCE = 1.0  # seconds: how late a lost ring is noticed
MOST_ROWS = 500  # of the log in one step; also how far behind a client may be before it must reload

_log = structlog.get_logger("frontdesk.feed")


class Delivery(Protocol):
    @property
    def topic(self) -> Topic: ...

    @property
    def frame(self) -> str: ...


Render = Callable[[Session, Sequence[log.LogRow], Collection[Topic], datetime], Iterable[Delivery]]
Key = TypeVar("Key", Topic, str)
Heard = Callable[[Sequence[log.LogRow]], None]


@dataclass(eq=False)
class _Follower:
    outbox: Outbox
    topics: frozenset[Topic]
    held: list[str] | None = None  # live frames wait here while the missed ones are being read


@dataclass
class _Desire:
    """Who follows what, by topic name and by topic."""

    of: dict[Topic, set[_Follower]] = field(default_factory=dict)
    named: dict[str, set[_Follower]] = field(default_factory=dict)
    _topics: frozenset[Topic] | None = None

    @property
    def topics(self) -> frozenset[Topic]:
        """All that anyone follows, as a value that another thread may keep."""
        if self._topics is None:
            self._topics = frozenset(self.of)
        return self._topics

    def add(self, follower: _Follower) -> None:
        for topic in follower.topics:
            self.of.setdefault(topic, set()).add(follower)
            self.named.setdefault(topic.name, set()).add(follower)
        self._topics = None

    def drop(self, follower: _Follower) -> None:
        for topic in follower.topics:
            _discard(self.of, topic, follower)
            _discard(self.named, topic.name, follower)
        self._topics = None


class Feed:
    """Reads the log from its own cursor and fills outboxes. Nothing else delivers."""

    def __init__(self, desk: Desk, bus: Bus, *, epoch: str, render: Render) -> None:
        self.epoch = epoch
        self.cursor = 0
        self._desk = desk
        self._bus = bus
        self._render = render
        self._heard: list[Heard] = []
        self._rung = asyncio.Event()
        self._stepping = asyncio.Lock()
        self._followers: dict[Outbox, _Follower] = {}
        self._desire = _Desire()
        bus.listen(rung=self._rung.set, whispered=self._deliver_whisper)

    def hears(self, *heard: Heard) -> None:
        """Call each of these with every stretch of the log, whoever follows what; on the event loop."""
        self._heard.extend(heard)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Feed]:
        self.cursor = await self._desk.read(log.newest)
        task = asyncio.create_task(self._run(), name="feed")
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def follow(
        self, outbox: Outbox, topics: frozenset[Topic], *, cursor: int | None, epoch: str | None = None
    ) -> bool:
        """See tickets.live.Follows. A second call for the same outbox changes what it follows."""
        follower = _Follower(outbox, topics, held=[])
        async with self._stepping:  # a step under way renders for those who followed when it began
            self.leave(outbox)
            self._followers[outbox] = follower
            self._desire.add(follower)
            upto = self.cursor
        try:
            return await self._replay(follower, cursor, upto, epoch)
        finally:
            held, follower.held = follower.held or [], None
            for frame in held:
                outbox.put(frame)

    def leave(self, outbox: Outbox) -> None:
        follower = self._followers.pop(outbox, None)
        if follower is not None:
            self._desire.drop(follower)

    def whisper(self, topic: str, frame: Whisper) -> None:
        self._bus.whisper(topic, frame)

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Put frames into the outboxes of everyone who follows their topic."""
        for delivery in deliveries:
            for follower in self._desire.of.get(delivery.topic, ()):
                if follower.held is not None:
                    follower.held.append(delivery.frame)
                else:
                    follower.outbox.put(delivery.frame)

    @property
    def topics(self) -> frozenset[Topic]:
        """All that anyone follows in this process."""
        return self._desire.topics

    @property
    def outboxes(self) -> Collection[Outbox]:
        return self._followers.keys()

    def follows(self, name: str) -> bool:
        return name in self._desire.named

    async def _replay(self, follower: _Follower, cursor: int | None, upto: int, epoch: str | None) -> bool:
        """Put what was missed into the outbox, all of it or nothing."""
        if cursor is None or epoch not in {None, self.epoch}:
            return False
        if cursor >= upto:  # a page may be read ahead of this feed: what it shows comes again, harmlessly
            return True
        deliveries = await self._desk.read(self._missed, cursor, upto, follower.topics)
        if deliveries is None:
            return False
        for delivery in deliveries:
            follower.outbox.put(delivery.frame)
        return True

    def _missed(self, session: Session, cursor: int, upto: int, topics: Collection[Topic]) -> list[Delivery] | None:
        rows = log.after(session, cursor, upto=upto, limit=MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:
            return None
        return list(self._render(session, rows, topics, self._desk.clock.now()))

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GLANCE):
                    await self._rung.wait()
            self._rung.clear()
            try:
                while await self._step():
                    pass
            except Exception:
                _log.exception("feed step failed", cursor=self.cursor)
                await asyncio.sleep(GLANCE)

    async def _step(self) -> bool:
        """Deliver the next rows of the log. True if there may be more."""
        async with self._stepping:
            rows, deliveries = await self._desk.read(self._next, self.cursor, self._desire.topics)
            if not rows:
                return False
            self.cursor = rows[-1].pos
        for heard in self._heard:
            heard(rows)
        self.deliver(deliveries)
        return len(rows) == MOST_ROWS

    def _next(
        self, session: Session, cursor: int, topics: Collection[Topic]
    ) -> tuple[Sequence[log.LogRow], list[Delivery]]:
        rows = log.after(session, cursor, limit=MOST_ROWS)
        return rows, list(self._render(session, rows, topics, self._desk.clock.now())) if rows and topics else []

    def _deliver_whisper(self, topic: str, frame: Whisper) -> None:
        followers = self._desire.named.get(topic)
        if followers:
            encoded = encode(frame).decode()
            for follower in followers:
                follower.outbox.put(encoded)


def _discard(index: dict[Key, set[_Follower]], key: Key, follower: _Follower) -> None:
    followers = index.get(key)
    if followers is not None:
        followers.discard(follower)
        if not followers:
            del index[key]
