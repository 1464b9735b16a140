"""An agent's line: what is open on their screen, and everything that changes on it, whatever wire carries it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

import msgspec
import structlog
from starlette.datastructures import State

from chat.protocol import NUL, OUR_FAULT, BadFrame, Whole
from tickets.edge import SignedIn
from tickets.errors import Refused
from tickets.live import GONE, HungUp, Outbox, Topic, Wire
from tickets.people import Role
from widgets.wallboard import TOPIC

HEARTBEAT_SECONDS = 25.0
NOT_YOU = 4401

_log = structlog.get_logger("frontdesk.console")


class Open(msgspec.Struct):
    """What the screen shows, as read at `cursor`: a list, a ticket, both or neither, or the wallboard."""

    view: str | None = None
    ticket: Whole | None = None
    board: bool = False  # the wallboard
    cursor: Whole | None = None


class Hello(msgspec.Struct):
    ticket: str = ""  # the one-time ticket of a socket, not a ticket of the desk
    epoch: str | None = None
    open: Open = msgspec.field(default_factory=Open)
    counted: Whole | None = None  # up to where the numbers on the screen hold


class Typing(msgspec.Struct):
    ticket: Whole
    on: bool = True


class Frame(msgspec.Struct):
    """One frame from the console; exactly one field is set. Unknown ones are ignored."""

    hello: Hello | None = None
    open: Open | None = None
    typing: Typing | None = None
    alive: bool | None = None


_decode = msgspec.json.Decoder(Frame).decode


def parse(said: str | bytes) -> Frame:
    """What is no frame of ours is an empty one; no text of ours holds NUL."""
    try:
        raw = said.encode() if isinstance(said, str) else said
        return Frame() if NUL in raw else _decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Frame()


class ConsoleLine:
    """One open console: follows what its agent looks at, passes on that they look and type."""

    def __init__(self, wire: Wire, state: State, *, lasts: bool = True) -> None:
        """`lasts`: as long as somebody looks at the screen. Else another line follows this one."""
        self.outbox = Outbox(wire.post)
        self._wire = wire
        self._state = state
        self._agent: SignedIn = state.agent
        self._language: str = state.language
        self._lasts = lasts
        self._open = Open()
        self._is_steady = False

    async def run(self, hello: Hello) -> int:
        """Serve until either side closes; the code to close with."""
        try:
            await self._follow(hello.open, epoch=hello.epoch, counted=hello.counted)
            at_work = not hello.open.board
            async with self._state.consoles.present(self._agent, self.outbox, at_work=at_work, lasts=self._lasts):
                await self._serve()
        finally:
            self._state.feed.leave(self.outbox)
            self._look_away()
        return GONE if self.outbox.code is None else self.outbox.code

    @property
    def is_steady(self) -> bool:
        """Whether all that the feed has delivered is in the outbox, or was. A line that failed never is again."""
        return self._is_steady

    async def landed(self) -> None:
        """Nothing is under way."""

    def finish(self, code: int) -> None:
        self.outbox.close(code)

    async def _serve(self) -> None:
        tasks = [
            asyncio.create_task(self._pump()),
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._heartbeat()),
            asyncio.create_task(self.outbox.overflowed()),
        ]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self._ends_by(ended)
        finally:
            await _end(tasks)

    def _ends_by(self, ended: Iterable[asyncio.Task[Any]]) -> None:
        """Whoever is there still comes back; that the database is away is no bug of ours."""
        for task in ended:
            if error := task.exception():
                self.outbox.close(OUR_FAULT)
                if not isinstance(error, Refused):
                    _log.error("console line failed", agent=self._agent.id, exc_info=error)

    async def _pump(self) -> None:
        with contextlib.suppress(HungUp):
            await self.outbox.pump(self._wire.send)

    async def _listen(self) -> None:
        with contextlib.suppress(HungUp):
            while True:
                with contextlib.suppress(BadFrame):  # what is no text is none of ours, and ignored like all that is not
                    await self._hear(parse(await self._wire.receive()))

    async def _hear(self, frame: Frame) -> None:
        if frame.open is not None:
            await self._follow(frame.open)
        if frame.typing is not None:
            self._type(frame.typing)

    async def _follow(self, open: Open, *, epoch: str | None = None, counted: int | None = None) -> None:
        """Deliver what belongs to this screen from its cursor on, or tell it to load its panes anew."""
        feed = self._state.feed
        self._is_steady = False
        self._look_away()
        self._open = open

        def greet(complete: bool) -> dict[str, Any]:
            """One frame: a line that breaks after half of it would make a place in the old history one in the new."""
            hello = {"hello": {"epoch": feed.epoch, "cursor": open.cursor if complete else feed.cursor}}
            return hello if complete else {**hello, "reload": {}}

        await feed.follow(
            self.outbox, self._topics(open), cursor=open.cursor, epoch=epoch, greet=greet, counted=counted
        )
        self._is_steady = True
        self._look_at(open.ticket)

    def _topics(self, open: Open) -> frozenset[Topic]:
        if open.board:
            may = self._agent.role.includes(Role.SUPERVISOR)
            return frozenset({Topic(TOPIC, self._language)}) if may else frozenset()
        names = ["staff", f"agent:{self._agent.id}"]
        if open.view is not None:
            names.append(f"view:{open.view[:40]}:{self._agent.id}")
        if open.ticket is not None:
            names.append(f"ticket:{open.ticket}")
        return frozenset(Topic(name, self._language) for name in names)

    def _look_at(self, ticket: int | None) -> None:
        """Colleagues are told once, however many lines follow each other."""
        if ticket is not None and (self._lasts or self._state.consoles.glances(self._agent, ticket)):
            self._whisper("looking", ticket, on=True)

    def _look_away(self) -> None:
        if self._open.ticket is not None and self._lasts:
            self._whisper("looking", self._open.ticket, on=False)

    def _type(self, typing: Typing) -> None:
        """Typing an answer: colleagues see who, the customer sees that somebody does."""
        if typing.ticket == self._open.ticket:
            self._whisper("typing", typing.ticket, on=typing.on)
            frame = {"typing": {"name": self._agent.name, "on": typing.on}}
            self._state.feed.whisper(f"chat:{typing.ticket}", frame)

    def _whisper(self, kind: str, ticket: int, *, on: bool) -> None:
        who = {"agent": self._agent.id, "name": self._agent.name}
        self._state.feed.whisper(f"ticket:{ticket}", {"whisper": {"kind": kind, "ticket": ticket, "on": on, **who}})

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if not await self._state.still_signed_in(self._agent.session_id):
                self.outbox.close(NOT_YOU)
                return
            if self._is_steady:  # else it would count as told what it is still to be told
                self.outbox.put_object({"position": self._state.feed.cursor})


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    """Cancel what still runs; a peer that hung up in the middle of a send is no news."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
