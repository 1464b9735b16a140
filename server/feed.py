"""Each process's reader of the log: turns what happened into what each open screen must show."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from chat.protocol import bye
from server import stretch
from server.bus.bus import Bus, Whisper
from server.followers import Followers
from server.missed import Delivery, Missed, Render
from server.newer import of_known_kinds
from tickets import log
from tickets.bell.live import Bell
from tickets.closing.live import RESTART, Closing
from tickets.desk import Desk
from tickets.failpoint import reached
from tickets.live import MOST_FRAMES, Greet, Outbox, Topic, alongside, encode, unheard
from tickets.parcel import Parcel

GLANCE = 1.0  # seconds: how late a lost ring is noticed
MOST_ROWS = 500  # of the log in one step
MOST_DRAWN = 32  # of them by the writer, for whom others wait
AT_A_TIME = MOST_FRAMES // 4  # frames; then the sockets have a turn, so that a burst does not look like a slow client

_log = structlog.get_logger("frontdesk.feed")

Heard = Callable[[Sequence[log.LogRow]], None]
Joined = Callable[[Collection[Topic], int | None], None]


class _Place(NamedTuple):
    """How far a feed has come: the position, and what stands there, once that was read."""

    pos: int
    row: log.LogRow | None = None


class _Stretch(NamedTuple):
    """What was read of the log from a place on, and what it means to those who follow these topics."""

    rings: int  # heard before it was read
    since: _Place
    topics: frozenset[Topic]
    upto: _Place
    rows: Sequence[log.LogRow]
    deliveries: Sequence[Delivery]


class Feed:
    """Reads the log from its own cursor and fills outboxes. Nothing else delivers."""

    def __init__(self, desk: Desk, bus: Bus, *, epoch: str, render: Render, closing: Closing | None = None) -> None:
        self._place = _Place(0)
        self._desk = desk
        self._bus = bus
        self._render = of_known_kinds(render)
        self._closing = closing or Closing()
        self._said_goodbye = False
        self._missed = Missed(desk, self._render, epoch=epoch)
        self._heard: list[Heard] = []
        self._joined: list[Joined] = []
        self._drawn: _Stretch | None = None  # by the writer, for the next step
        self._named = epoch
        self._asked_at = -GLANCE  # when somebody last looked whether that is its name still
        self._rings = 0  # that were heard; a change rings once, after it was committed and drawn
        self._bell = Bell()
        self._stepping = asyncio.Lock()
        self._followers = Followers()
        bus.listen(rung=self._ring, whispered=self._deliver_whisper)

    @property
    def cursor(self) -> int:
        """Up to here everybody has been told."""
        return self._place.pos

    @property
    def epoch(self) -> str:
        return self._missed.epoch

    def hears(self, *heard: Heard) -> None:
        """Call each of these with every stretch of the log, whoever follows what; on the event loop."""
        self._heard.extend(heard)

    def greets(self, *joined: Joined) -> None:
        """Call each of these with the topics of whoever begins to follow, and up to where their numbers hold."""
        self._joined.extend(joined)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Feed]:
        self._place = _Place(await self._desk.read(log.newest))
        self._desk.showing.drawn_by(self._draw)
        try:
            async with alongside(self._run(), name="feed"):
                yield self
        finally:
            self._desk.showing.nobody_tells()

    async def follow(
        self,
        outbox: Outbox,
        topics: frozenset[Topic],
        *,
        cursor: int | None,
        epoch: str | None = None,
        greet: Greet = unheard,
        counted: int | None = None,
    ) -> bool:
        """See tickets.live.Follows. A second call changes what this outbox follows; one that fails ends it."""
        async with self._stepping:  # a step under way renders for those who followed when it began
            self.leave(outbox)
            follower = self._followers.join(outbox, topics)
            upto = self.cursor
        try:
            missed = await self._missed.since(cursor, epoch, topics, upto=upto)
        except BaseException:
            self.leave(outbox)  # live frames would put their place behind what they have not heard
            raise
        greeting = _greeting(greet, complete=missed is not None)
        if missed and not outbox.takes(Parcel([*greeting, *missed])):
            missed, greeting = None, _greeting(greet, complete=False)
        held, follower.held = follower.held or [], None
        for frame in chain(greeting, missed or (), held):
            outbox.put(frame)
        for joined in self._joined:
            joined(topics, counted)
        if self._said_goodbye:  # while they were on their way in
            self._dismiss(outbox)
        return missed is not None

    def leave(self, outbox: Outbox) -> None:
        self._followers.leave(outbox)

    def say_goodbye(self) -> None:
        """The house closes: everybody is told when to look again, and so is whoever is still on their way in."""
        self._said_goodbye = True
        for outbox in list(self._followers.outboxes):
            self._dismiss(outbox)

    def whisper(self, topic: str, frame: Whisper) -> None:
        self._bus.whisper(topic, frame)

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        self._followers.deliver(deliveries)

    @property
    def topics(self) -> frozenset[Topic]:
        """All that anyone follows in this process."""
        return self._followers.topics

    @property
    def outboxes(self) -> Collection[Outbox]:
        return self._followers.outboxes

    def follows(self, name: str) -> bool:
        return self._followers.follows(name)

    def _ring(self) -> None:
        self._rings += 1
        self._bell.ring()

    async def _run(self) -> None:
        while True:
            await self._bell.heard(within=GLANCE)
            try:
                while await self._step():
                    pass
                self._desk.showing.told(self.cursor)
            except Exception:
                _log.exception("feed step failed", cursor=self.cursor)
                await asyncio.sleep(GLANCE)

    async def _step(self) -> bool:
        """Deliver the next rows of the log. True if there may be more."""
        async with self._stepping:
            try:
                found, name = await self._read(), await self._other_name()
            except log.EndIsGone:
                found, name = None, await stretch.begun_anew(self._desk, self._named)
            if name is not None:
                await self._go_on_under(name)
            if found is None or name is not None:
                return False
            if found.rows:
                await self._show(found)
            self._place = found.upto  # last: who is told this place has everything up to it
        return len(found.rows) == MOST_ROWS

    async def _show(self, found: _Stretch) -> None:
        reached("feed.read")
        self._tell(found.rows)
        for start in range(0, len(found.deliveries), AT_A_TIME):
            if start:
                await asyncio.sleep(0)
            self.deliver(found.deliveries[start : start + AT_A_TIME])

    def _tell(self, rows: Sequence[log.LogRow]) -> None:
        for heard in self._heard:
            try:
                heard(rows)
            except Exception:
                _log.exception("a listener failed", upto=rows[-1].pos)

    async def _other_name(self) -> str | None:
        """Another process may have seen that the end is gone, though we had not come so far; asked once a second."""
        now = asyncio.get_running_loop().time()
        if now - self._asked_at < GLANCE:
            return None
        self._asked_at = now
        return await self._desk.read(stretch.renamed, self._named)

    async def _go_on_under(self, name: str) -> None:
        """What screens show may have never happened: all of them come back, and load everything anew."""
        _log.error("the log has lost its end: everybody loads anew", cursor=self.cursor, epoch=name)
        self._desk.forget_ids()
        self._named = name
        self._missed.begins(name)
        self._place = _Place(await self._desk.read(log.newest))
        for outbox in list(self._followers.outboxes):
            self._dismiss(outbox)

    async def _read(self) -> _Stretch:
        """What the writer has drawn, if that is all, begins here and is for those who follow now; else what is there.

        What was drawn rings once. A second ring is of something behind it, and nobody may ring for that again.
        """
        place, topics = self._place, self._followers.topics
        drawn, self._drawn = self._drawn, None
        if drawn is not None and drawn.since is place and drawn.topics is topics and self._rings - drawn.rings <= 1:
            return drawn
        return await self._desk.read(self._next, place, topics)

    def _draw(self, newest: int) -> None:
        """On the writer's thread, which has committed something up to `newest`."""
        place, topics = self._place, self._followers.settled
        if topics is not None and newest - place.pos <= MOST_DRAWN:
            with contextlib.suppress(log.EndIsGone):  # the next step will see it
                self._drawn = self._desk.look(self._next, place, topics)

    def _next(self, session: Session, place: _Place, topics: frozenset[Topic]) -> _Stretch:
        """Raises EndIsGone where this is no longer the log that was read so far."""
        rings = self._rings
        row, rows = log.onward(session, place.pos, place.row, limit=MOST_ROWS)
        upto = _Place(rows[-1].pos, rows[-1]) if rows else place if place.row else _Place(place.pos, row)
        deliveries = self._rendered(session, rows, topics) if rows and topics else ()
        return _Stretch(rings, place, topics, upto, rows, deliveries)

    def _rendered(self, session: Session, rows: Sequence[log.LogRow], topics: Collection[Topic]) -> list[Delivery]:
        """One event that cannot be shown must not keep all the others from every screen: it is left out, and said."""
        try:
            return list(self._render(session, rows, topics, self._desk.clock.now()))
        except SQLAlchemyError:
            raise
        except Exception:
            if len(rows) == 1:
                _log.exception("an event cannot be shown", pos=rows[0].pos, kind=rows[0].kind)
                return []
        middle = len(rows) // 2
        return [
            *self._rendered(session, rows[:middle], topics),
            *self._rendered(session, rows[middle:], topics),
        ]

    def _dismiss(self, outbox: Outbox) -> None:
        outbox.put_object(bye(self._closing.retry_after))
        outbox.close(RESTART)

    def _deliver_whisper(self, topic: str, frame: Whisper) -> None:
        if self._followers.follows(topic):
            self._followers.whisper(topic, encode(frame))


def _greeting(greet: Greet, *, complete: bool) -> list[bytes]:
    frame = greet(complete)
    return [] if frame is None else [encode(frame)]
