"""A small house around the chat: a real desk, a real feed, a real server; and a browser's line to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import httpx2
import uvicorn
from sqlmodel import Session
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

import chat.socket
import chat.web
from chat.frames import visitor_frames
from chat.limits import ChatLimits, Limits
from chat.live import Lobby
from server.auth.admission import Auth
from server.config.settings import Login, Server
from server.doors.direct import DirectSocket
from server.doors.doorway import layers
from server.doors.guard import guarded
from server.doors.refusals import HANDLERS
from server.feed import Feed
from tests.cast import MovedClock, a_database, an_agent
from tests.chat.shop import a_site
from tests.engine import a_bus
from tickets import by_hand
from tickets.change import Change
from tickets.closing.live import Closing
from tickets.desk import Desk
from tickets.files.store import Store
from tickets.live import Topic, encode
from tickets.log import LogRow
from tickets.people import Agent
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.ticket import Ticket

PATIENCE = 30.0  # seconds that a test waits for a frame before it fails
Frame = dict[str, Any]


class PlainPages:
    """Pages without looks: what the doors need of widgets.pages."""

    def frame(self, data: Mapping[str, Any]) -> str:
        return f'<script type="application/json" id="frontdesk">{json.dumps(data)}</script>'

    def loader(self) -> bytes:
        return b"/* the launcher */"

    def translate(self, language: str, says: str, **facts: object) -> str:
        return f"[{language}] {says.format(**facts)}"


@dataclass(frozen=True)
class Delivery:
    topic: Topic
    frame: bytes


def render(session: Session, rows: Sequence[LogRow], topics: Collection[Topic], now: datetime) -> Iterator[Delivery]:
    """As widgets/fragments.py does it for visitors."""
    for ticket, frames in visitor_frames(session, rows).items():
        for topic in topics:
            if topic.name == f"chat:{ticket}":
                yield from (Delivery(topic, encode(frame)) for frame in frames)


@dataclass
class House:
    desk: Desk
    feed: Feed
    lobby: Lobby
    store: Store
    clock: MovedClock
    url: str
    ada: Agent
    http: httpx2.AsyncClient
    closing: Closing
    lines: list[VisitorsLine] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return self.url

    async def token(self, site: str = "tea", lang: str = "en") -> str:
        answer = await self.http.post("/chat/v1/visitors", json={"site": site, "lang": lang, "page": {}})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    async def line(self, token: str, *, origin: str | None = None, **hello: Any) -> VisitorsLine:
        """A socket that has said hello."""
        line = await self.silent_line(origin=origin)
        await line.send({"hello": {"token": token, **hello}})
        return line

    async def silent_line(self, *, origin: str | None = None) -> VisitorsLine:
        address = self.url.replace("http", "ws") + "/chat/v1/socket"
        line = VisitorsLine(await connect(address, origin=origin or self.origin, compression=None, max_queue=None))  # type: ignore[arg-type]
        self.lines.append(line)
        return line

    async def chat(self, token: str, text: str = "Hello?") -> tuple[VisitorsLine, int]:
        """A line whose visitor has said something, and the ticket that it opened."""
        line = await self.line(token)
        await line.until("welcome")
        await line.say("c-1", text, name="Sam")
        ack = await line.until("ack")
        state = await line.until("chat")
        assert ack["ack"]["seq"] == 1
        return line, int(state["chat"]["ticket"])

    async def replies(self, ticket: int, text: str, client_id: str = "a-1", files: Sequence[int] = ()) -> None:
        await self.desk.change(
            by_hand.reply, ticket, text=text, client_id=client_id, files=files, by=self.ada.actor, about=ticket
        )

    async def notes(self, ticket: int, text: str, client_id: str = "n-1", files: Sequence[int] = ()) -> None:
        await self.desk.change(
            by_hand.note, ticket, text=text, client_id=client_id, files=files, by=self.ada.actor, about=ticket
        )

    async def ticket(self, ticket: int) -> Ticket:
        found = await self.desk.read(lambda session: session.get(Ticket, ticket))
        assert found is not None
        return found


class VisitorsLine:
    """The visitor's end of a socket."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire
        self.heard: list[Frame] = []

    async def send(self, frame: object) -> None:
        await self.wire.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def say(self, client_id: str, text: str, **more: Any) -> None:
        await self.send({"say": {"id": client_id, "text": text, **more}})

    async def next(self) -> Frame:
        async with asyncio.timeout(PATIENCE):
            frame: Frame = json.loads(await self.wire.recv())
        self.heard.append(frame)
        return frame

    async def until(self, kind: str) -> Frame:
        """The next frame of this kind; what comes before it is remembered in `heard`."""
        async with self._patience():
            while kind not in (frame := await self.next()):
                pass
        return frame

    async def silence(self) -> list[Frame]:
        """All that was under way: what the desk still says before it answers a last question."""
        await self.send({"who": {"id": "last"}})
        found: list[Frame] = []
        async with self._patience():
            while (frame := await self.next()).get("ack", {}).get("id") != "last":
                found.append(frame)
        return found

    async def closed(self) -> int:
        """The code that the desk closed with."""
        async with self._patience():
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.next()
        assert self.wire.close_code is not None
        return self.wire.close_code

    async def close(self) -> None:
        await self.wire.close()

    @contextlib.asynccontextmanager
    async def _patience(self) -> AsyncIterator[None]:
        """One for all that comes: a line that stays open has its heartbeats, and would be waited for for ever."""
        try:
            async with asyncio.timeout(PATIENCE):
                yield
        except TimeoutError:
            raise AssertionError(f"not in {PATIENCE:g} seconds; heard: {self.heard}") from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Running(uvicorn.Server):
    """Says when its doors are open."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.open = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.open.set()


@contextlib.asynccontextmanager
async def open_house(
    folder: Path, *, limits: ChatLimits | None = None, rules: Rules | None = None, **site: object
) -> AsyncIterator[House]:
    """Open until the test is over, on a port that the system chooses."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(port=listener.getsockname()[1], public_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    clock, database, store = MovedClock(), a_database(folder), Store(folder / "files")
    closing = Closing()
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(database.close)
        bus = await stack.enter_async_context(a_bus(str(folder)))
        desk = Desk(database.writes, database.reads, clock=clock, rules=rules, reactions=Reactions(), bell=bus.ring)
        await stack.enter_async_context(desk)
        ada = await desk.change(_furnished, site, by="system")
        feed = await stack.enter_async_context(Feed(desk, bus, epoch="e1", render=render, closing=closing).running())
        lobby = await stack.enter_async_context(chat.socket.open_lobby(desk, feed))
        state = {
            "desk": desk,
            "feed": feed,
            "closing": closing,
            "lobby": lobby,
            "limits": Limits(limits or ChatLimits(visitors_per_hour_per_address=1000, visitors_per_second=1000)),
            "files": store,
            "pages": PlainPages(),
            "public_origins": server.origins,
            "auth": Auth(desk, Login()),
        }
        await stack.enter_async_context(_served(state, server, listener))
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=server.base_url, timeout=PATIENCE))
        house = House(desk, feed, lobby, store, clock, server.base_url, ada, http, closing)
        yield house
        for line in house.lines:
            await line.close()


@contextlib.asynccontextmanager
async def _served(state: Mapping[str, Any], server: Server, listener: socket.socket) -> AsyncIterator[None]:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        yield state

    app = Starlette(
        routes=guarded([*chat.web.DOORS, *chat.socket.DOORS], server),
        middleware=layers(server),
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    running = Running(
        uvicorn.Config(
            app,
            ws=DirectSocket,
            ws_max_size=65536,
            log_config=None,
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
    )
    task = asyncio.create_task(running.serve(sockets=[listener]))
    await running.open.wait()
    try:
        yield
    finally:
        running.should_exit = True
        await task


def _furnished(change: Change, site: Mapping[str, object]) -> Agent:
    a_site(change, **site)
    return an_agent(change)
