"""Who has the chat open in this process, and what is done for all of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlmodel import Session, col, select

from chat import frames, protocol, visitor
from chat.limits import Limits
from chat.site import Site
from chat.visitor import Visitor
from tickets.desk import Desk
from tickets.events import TicketOpened
from tickets.lines.live import LinesElsewhere
from tickets.live import SLOW, Follows, Outbox, Together
from tickets.log import LogRow
from tickets.status import Channel

BEAT = 5.0  # seconds between two beats
GLANCE = 1.0  # seconds between two looks for chats that began
SEEN_EVERY, POSITION_EVERY, CHECK_EVERY = 4, 5, 12  # beats: 20, 25 and 60 seconds
HEARTBEATS = timedelta(seconds=BEAT * (SEEN_EVERY + 1))  # until the next one at the latest
MOST_AT_ONCE = 5000  # visitors in one statement
MOST_HELLOS = 100  # tokens in one question
MOST_SLOW = 10_000  # remembered
_WHOSE = "visitor:"  # the topic of a whisper about one visitor's tabs


class Line(Protocol):
    """One open socket of a visitor."""

    visitor_id: int
    ticket_id: int | None
    outbox: Outbox
    lasts: bool
    """Whether it is open as long as the visitor's page, rather than a mere request."""
    deaf: bool
    """Whether it passes over all that is said."""

    @property
    def is_steady(self) -> bool:
        """Whether nothing that it must show is still on its way to it."""

    def finish(self, code: int) -> None:
        """Close it."""

    async def renew(self) -> None:
        """Show the whole state anew."""

    async def landed(self) -> None:
        """Until what was begun has been answered."""


@dataclass(frozen=True)
class Around:
    """What a line finds in its process (`websocket.state`)."""

    desk: Desk
    feed: Follows
    lobby: Lobby
    limits: Limits
    translate: Callable[..., str]


class Lobby:
    """Counts open sockets by visitor, and beats for them. One per process."""

    def __init__(self, desk: Desk, feed: Follows) -> None:
        self._desk = desk
        self._feed = feed
        self._lines: dict[int, set[Line]] = {}
        self._slow: set[int] = set()
        self._elsewhere = LinesElsewhere("visitors", feed.whisper, self._staying)
        self._whose = Together(self._read_whose, most=MOST_HELLOS)
        self._errands: set[asyncio.Future[None]] = set()
        self._begun: set[int] = set()  # chats that the log has told of
        self._beats = 0
        self._settles = False
        self.ignored = 0  # frames that were well-formed and none of ours
        self.malformed = 0

    def __len__(self) -> int:
        return sum(len(lines) for lines in self._lines.values())

    async def whose(self, token: str) -> tuple[Visitor, Site] | None:
        """See chat.visitor.by_token. After a restart they all ask at once."""
        return await self._whose.of(token)

    def enter(self, line: Line, *, most: int) -> bool:
        """False where the visitor has enough sockets open already."""
        lines = self._lines.setdefault(line.visitor_id, set())
        if len(lines) >= most:
            return False
        line.deaf = self._settles
        lines.add(line)
        if line.lasts:
            self._elsewhere.opened(line.visitor_id, most=most, too_many=partial(_turn_away, line))
        return True

    def leave(self, line: Line) -> None:
        """The visitor's last socket leaves them to the grace period."""
        lines = self._lines.get(line.visitor_id, set())
        lines.discard(line)
        if not lines:
            self._lines.pop(line.visitor_id, None)
            self._elsewhere.closed(line.visitor_id)
        if line.outbox.code == SLOW and len(self._slow) < MOST_SLOW:
            self._slow.add(line.visitor_id)

    def was_slow(self, visitor_id: int) -> bool:
        """Whether their last socket did not keep up: the same frames again would be too much again. Forgets it."""
        slow = visitor_id in self._slow
        self._slow.discard(visitor_id)
        return slow

    def of(self, visitor_id: int) -> list[Line]:
        """All tabs of this visitor."""
        return list(self._lines.get(visitor_id, ()))

    def _staying(self, visitor_id: int) -> int:
        """How many of theirs go on here; those that are told to look for another process do not."""
        return sum(not line.deaf for line in self.of(visitor_id))

    def renew_others(self, line: Line) -> None:
        """This visitor's chat is another one now: their other tabs show it too, whichever process has them, and though
        this one may be closed by then.
        """
        self._do(self.renew(line.visitor_id, line.ticket_id, but=line))

    async def renew(self, visitor_id: int, ticket_id: int | None, *, but: Line | None = None) -> None:
        """This visitor's chat is this one now: their tabs show it, whichever process has them."""
        for line in self.of(visitor_id):
            if line is not but:
                await line.renew()
        self._feed.whisper(f"{_WHOSE}{visitor_id}", {"ticket": ticket_id})

    def hear(self, topic: str, whisper: dict[str, Any]) -> None:
        """What was whispered in any process. One that is lost is made up for by the next glance."""
        self._elsewhere.hear(topic, whisper)
        if topic.startswith(_WHOSE):
            for line in self.of(int(topic.removeprefix(_WHOSE))):
                if line.ticket_id != whisper["ticket"]:
                    self._do(line.renew())

    def heard(self, rows: Sequence[LogRow]) -> None:
        """What the log tells, whichever process it comes from: of whispers alone nobody may depend."""
        for row in rows:
            if row.kind == TicketOpened.__name__ and row.ticket_id is not None and self._lines:
                event = row.event
                if isinstance(event, TicketOpened) and event.channel == Channel.CHAT:
                    self._begun.add(row.ticket_id)

    async def glance(self) -> None:
        """To be called every GLANCE seconds: chats that began are shown in all tabs of their visitors."""
        begun = sorted(self._begun)
        if begun:
            for visitor_id, ticket_id in await self._desk.read(visitor.who_chats, begun):
                for line in self.of(visitor_id):
                    if line.ticket_id != ticket_id:
                        self._do(_catch_up(line, ticket_id))
            self._begun.difference_update(begun)

    async def settle(self) -> None:
        """The house closes: all lines hear nothing more, and what was begun on them is answered."""
        self._settles = True
        lines = list(self._all())
        for line in lines:
            line.deaf = True
        await asyncio.gather(*(line.landed() for line in lines))

    async def beat(self) -> None:
        """To be called every BEAT seconds."""
        self._beats += 1
        self.cut_slow()
        if self._beats % SEEN_EVERY == 0:
            await self.say_seen()
        if self._beats % POSITION_EVERY == 0:
            await self.tell_positions()
        if self._beats % CHECK_EVERY == 0:
            await self.check()

    def cut_slow(self) -> None:
        """A socket that takes nothing would never end by itself: the sender waits for it."""
        for line in list(self._all()):
            if line.outbox.code == SLOW:
                line.finish(SLOW)

    async def say_seen(self) -> None:
        for ids in self._in_parts():
            await self._desk.change(visitor.seen, ids, by="system")

    async def tell_positions(self) -> None:
        """What each of them should have by now: whoever has less says hello again."""
        at = self._feed.cursor
        tickets = sorted({line.ticket_id for line in self._all() if line.ticket_id is not None})
        seqs: dict[int, int] = {}
        for start in range(0, len(tickets), MOST_AT_ONCE):
            seqs |= await self._desk.read(frames.last_seqs, tickets[start : start + MOST_AT_ONCE], at)
        for line in self._all():
            if not line.is_steady:  # it would count as told what it is still to be told
                continue
            line.outbox.put_object(protocol.position(at, seqs.get(line.ticket_id or 0, 0)))

    async def check(self) -> None:
        """Tokens that ran out, sites that were switched off, chats that went on in another process."""
        for ids in self._in_parts():
            known = await self._desk.read(_standing, ids, self._desk.clock.now())
            for visitor_id in ids:
                standing = known.get(visitor_id)
                for line in list(self._lines.get(visitor_id, ())):
                    await _follow_standing(line, standing)
                if standing is not None and standing.away and visitor_id in self._lines:
                    await self._desk.change(visitor.came, visitor_id, by="system")

    def _do(self, made: Coroutine[Any, Any, None]) -> None:
        """Nobody waits for it."""
        task = asyncio.create_task(made)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _read_whose(self, tokens: list[str]) -> list[tuple[Visitor, Site] | None]:
        return await self._desk.read(visitor.by_tokens, tokens, self._desk.clock.now())

    def _all(self) -> Iterator[Line]:
        return (line for lines in self._lines.values() for line in lines)

    def _in_parts(self) -> Iterator[list[int]]:
        ids = sorted(self._lines)
        return (ids[start : start + MOST_AT_ONCE] for start in range(0, len(ids), MOST_AT_ONCE))


class _Standing:
    """How a visitor stands with us now: `code` to close with, or None."""

    def __init__(self, row: Visitor, *, active: bool, now: datetime) -> None:
        self.ticket_id = row.ticket_id
        self.away = not row.connected
        self.code = None if active else protocol.NOT_HERE
        if row.token_expires <= now:
            self.code = protocol.TOKEN_UNKNOWN


def _standing(session: Session, ids: list[int], now: datetime) -> dict[int, _Standing]:
    query = select(Visitor, Site.active).where(col(Visitor.id).in_(ids), Visitor.site_id == Site.id)
    return {row.id: _Standing(row, active=active, now=now) for row, active in session.exec(query)}


def _turn_away(line: Line) -> None:
    """It is one too many, and counted no more."""
    line.deaf = True
    line.finish(protocol.TOO_FAST)


async def _catch_up(line: Line, ticket_id: int) -> None:
    """A line that began the chat itself knows it as soon as it has been answered."""
    await line.landed()
    if line.ticket_id != ticket_id and not line.deaf:
        await line.renew()


async def _follow_standing(line: Line, standing: _Standing | None) -> None:
    if standing is None:
        line.finish(protocol.TOKEN_UNKNOWN)
    elif standing.code is not None:
        line.finish(standing.code)
    elif standing.ticket_id != line.ticket_id:
        await line.renew()
