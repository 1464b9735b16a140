"""The console's live line: what is open on an agent's screen, and everything that changes on it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from chat.protocol import Whole
from server.auth import live_ticket
from tickets.edge import SignedIn, Surface, Who, socket_door
from tickets.live import Outbox, Topic
from tickets.people import Role
from widgets.wallboard import TOPIC

HELLO_SECONDS = 5.0
HEARTBEAT_SECONDS = 25.0
CLOSING_SECONDS = 2.0
NO_HELLO = 4408
NOT_YOU = 4401


class Open(msgspec.Struct):
    """What the screen shows, as read at `cursor`: a list, a ticket, both or neither, or the wallboard."""

    view: str | None = None
    ticket: Whole | None = None
    board: bool = False  # the wallboard
    cursor: Whole | None = None


class Hello(msgspec.Struct):
    ticket: str  # the one-time ticket, not a ticket of the desk
    epoch: str | None = None
    open: Open = msgspec.field(default_factory=Open)


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


class ConsoleLine:
    """One open console: follows what its agent looks at, passes on that they look and type."""

    def __init__(self, websocket: WebSocket, agent: SignedIn) -> None:
        self._websocket = websocket
        self._agent = agent
        self._language: str = websocket.state.language
        self._outbox = Outbox(getattr(websocket.state, "post", None))
        self._open = Open()

    async def run(self, hello: Hello) -> None:
        """Serve this socket until either side closes it."""
        state = self._websocket.state
        await self._follow(hello.open, epoch=hello.epoch)
        async with state.consoles.present(self._agent, self._outbox, at_work=not hello.open.board):
            tasks = [
                asyncio.create_task(self._outbox.pump(self._send)),
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._heartbeat()),
                asyncio.create_task(self._outbox.overflowed()),
            ]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                state.feed.leave(self._outbox)
                self._look_away()
                await _end(tasks)
        if self._outbox.code is not None:
            await _close(self._websocket, self._outbox.code)

    async def _send(self, frame: bytes) -> None:
        await self._websocket.send_text(frame.decode())

    async def _listen(self) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await self._hear(await self._websocket.receive_text())

    async def _hear(self, text: str) -> None:
        try:
            frame = _decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return
        if frame.open is not None:
            await self._follow(frame.open)
        if frame.typing is not None:
            self._type(frame.typing)

    async def _follow(self, open: Open, *, epoch: str | None = None) -> None:
        """Deliver what belongs to this screen from its cursor on, or tell it to load its panes anew."""
        feed = self._websocket.state.feed
        self._look_away()
        self._open = open

        def greet(complete: bool) -> dict[str, Any]:
            """One frame: a line that breaks after half of it would make a place in the old history one in the new."""
            hello = {"hello": {"epoch": feed.epoch, "cursor": open.cursor if complete else feed.cursor}}
            return hello if complete else {**hello, "reload": {}}

        await feed.follow(self._outbox, self._topics(open), cursor=open.cursor, epoch=epoch, greet=greet)
        self._look(open.ticket, on=True)

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

    def _look_away(self) -> None:
        self._look(self._open.ticket, on=False)

    def _look(self, ticket: int | None, *, on: bool) -> None:
        if ticket is not None:
            self._whisper("looking", ticket, on=on)

    def _type(self, typing: Typing) -> None:
        """Typing an answer: colleagues see who, the customer sees that somebody does."""
        if typing.ticket == self._open.ticket:
            self._whisper("typing", typing.ticket, on=typing.on)
            frame = {"typing": {"name": self._agent.name, "on": typing.on}}
            self._websocket.state.feed.whisper(f"chat:{typing.ticket}", frame)

    def _whisper(self, kind: str, ticket: int, *, on: bool) -> None:
        who: dict[str, Any] = {"agent": self._agent.id, "name": self._agent.name}
        frame = {"whisper": {"kind": kind, "ticket": ticket, "on": on, **who}}
        self._websocket.state.feed.whisper(f"ticket:{ticket}", frame)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if not await self._websocket.state.still_signed_in(self._agent.session_id):
                self._outbox.close(NOT_YOU)
                return
            self._outbox.put_object({"position": self._websocket.state.feed.cursor})


async def live(websocket: WebSocket) -> None:
    """The guard has checked origin and session; here the one-time ticket proves that our own page asked."""
    await websocket.accept()
    agent: SignedIn = websocket.state.agent
    try:
        hello = await _hello(websocket)
    except WebSocketDisconnect:
        return
    if hello is None:
        await _close(websocket, NO_HELLO)
        return
    desk = websocket.state.desk
    if await desk.change(live_ticket.redeem, agent.session_id, hello.ticket, by=agent.actor):
        await ConsoleLine(websocket, agent).run(hello)
    else:
        await _close(websocket, NOT_YOU)


async def _hello(websocket: WebSocket) -> Hello | None:
    """Raises WebSocketDisconnect where nobody is there any more."""
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            return _decode(await websocket.receive_text()).hello
    except (TimeoutError, msgspec.DecodeError, RecursionError, KeyError):
        return None


async def _close(websocket: WebSocket, code: int) -> None:
    """A peer that reads nothing, or is gone, does not hear why; it is not waited for."""
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError, OSError):
        async with asyncio.timeout(CLOSING_SECONDS):
            await websocket.close(code)


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    """Cancel what still runs; a peer that hung up in the middle of a send is no news."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


DOORS = [socket_door("/app/live", live, who=Who.AGENT, surface=Surface.CONSOLE)]
