"""The bare limit: the same sockets and the same durable row, and nothing of what makes it a desk.

Starlette under uvicorn, one thread that writes whatever waits as one transaction with synchronous=FULL, then the
acknowledgement to the visitor and the copy to the agent. No ORM, no checks, no log, no reading back. Where many watch,
each copy is nothing but a write to a transport, of what was made ready once.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import sys
import threading
import time
from itertools import count
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame as OnTheWire
from websockets.frames import Opcode
from websockets.http11 import Request as Upgrade

TABLE = "create table message (id integer primary key, pair integer, client_id text, text text, at real)"
INSERT = "insert into message values (?, ?, ?, ?, ?)"
MOST = 512  # rows in one transaction
DRAWN = "x" * 600  # what is shown to those who watch is about as long as what the desk draws of a message


class Say(msgspec.Struct):
    id: str
    text: str


class Frame(msgspec.Struct):
    say: Say


_decode = msgspec.json.Decoder(Frame).decode
_encode = msgspec.json.Encoder().encode


class Wire(WebSocketsSansIOProtocol):
    """Gives its transport away."""

    def handle_connect(self, event: Upgrade) -> None:
        super().handle_connect(event)
        self.scope["state"]["transport"] = self.transport


class Bare:
    """One process, one writing thread, one table."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._waiting: queue.SimpleQueue[tuple[tuple[Any, ...], WebSocket]] = queue.SimpleQueue()
        self._agents: dict[int, WebSocket] = {}
        self._watching: dict[int, set[asyncio.Transport]] = {}
        self._ids = count(1)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def visitor(self, socket: WebSocket) -> None:
        self._begin()
        await socket.accept()
        pair = int(socket.path_params["pair"])
        try:
            while True:
                said = _decode(await socket.receive_text()).say
                self._waiting.put(((next(self._ids), pair, said.id, said.text, time.time()), socket))
        except WebSocketDisconnect:
            pass

    async def agent(self, socket: WebSocket) -> None:
        await socket.accept()
        self._agents[int(socket.path_params["pair"])] = socket
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass

    async def watcher(self, socket: WebSocket) -> None:
        await socket.accept()
        watching = self._watching.setdefault(int(socket.path_params["pair"]), set())
        watching.add(socket.state.transport)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            watching.discard(socket.state.transport)

    def _begin(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._write, daemon=True).start()

    def _write(self) -> None:
        assert self._loop is not None
        database = sqlite3.connect(self._path, isolation_level=None)
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=full")
        database.execute(TABLE)
        while True:
            batch = [self._waiting.get()]
            while not self._waiting.empty() and len(batch) < MOST:
                batch.append(self._waiting.get_nowait())
            database.execute("begin immediate")
            database.executemany(INSERT, [row for row, _ in batch])
            database.execute("commit")
            asyncio.run_coroutine_threadsafe(self._tell(batch), self._loop)

    async def _tell(self, batch: list[tuple[tuple[Any, ...], WebSocket]]) -> None:
        for row, socket in batch:
            await socket.send_text(_encode({"ack": {"id": row[2], "seq": row[0]}}).decode())
            if row[1] in self._agents:
                await self._agents[row[1]].send_text(_encode({"message": {"id": row[2], "text": row[3]}}).decode())
            if row[1] in self._watching:
                shown = _encode({"message": {"id": row[2], "text": row[3], "html": DRAWN}})
                framed = OnTheWire(Opcode.TEXT, shown).serialize(mask=False)
                for transport in self._watching[row[1]]:
                    transport.write(framed)


def app(path: str) -> Starlette:
    async def well(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    bare = Bare(path)
    return Starlette(
        routes=[
            Route("/healthz", well),
            WebSocketRoute("/visitor/{pair:int}", bare.visitor),
            WebSocketRoute("/agent/{pair:int}", bare.agent),
            WebSocketRoute("/watcher/{pair:int}", bare.watcher),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(
        app(sys.argv[1]), fd=int(sys.argv[2]), loop="uvloop", http="httptools", ws=Wire,
        ws_per_message_deflate=False, log_level="error", access_log=False,
    )  # fmt: skip
