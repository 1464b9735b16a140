"""Frames that are written to a socket in one step arrive whole, and none is written where none can be."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect

from server.doors.direct import DirectSocket
from tests.chat.house import Running
from tickets.live import Post
from tickets.parcel import Parcel

LARGE = b"x" * 60_000
ENOUGH = 10_000  # of these fill what the system keeps for a peer that reads nothing


class Door:
    """A socket that says nothing by itself; `post` of the one that was opened last."""

    def __init__(self) -> None:
        self.url = ""
        self.opened: asyncio.Queue[WebSocket] = asyncio.Queue()

    async def holds(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.opened.put_nowait(websocket)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await websocket.receive_text()

    async def post(self) -> Post:
        found: Post = (await self.opened.get()).state.post
        return found


@contextlib.asynccontextmanager
async def a_door(*, deflate: bool = False) -> AsyncIterator[Door]:
    door, listener = Door(), socket.create_server(("127.0.0.1", 0))
    door.url = f"ws://127.0.0.1:{listener.getsockname()[1]}"
    app = Starlette(routes=[WebSocketRoute("/", door.holds)])
    running = Running(
        uvicorn.Config(app, ws=DirectSocket, ws_per_message_deflate=deflate, log_config=None, log_level="critical")
    )
    serving = asyncio.create_task(running.serve(sockets=[listener]))
    await running.open.wait()
    try:
        yield door
    finally:
        running.should_exit = True
        await serving


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 1_000_000])
async def test_a_frame_of_any_size_arrives_whole(size: int) -> None:
    async with a_door() as door, connect(door.url, max_size=None) as line, asyncio.timeout(30):
        post = await door.post()
        assert post(Parcel([b"x" * size, b"ok"]))
        assert post(Parcel(["谢谢".encode()]))
        assert ("x" * size, "ok", "谢谢") == (await line.recv(), await line.recv(), await line.recv())


async def test_what_goes_at_once_and_what_goes_the_ordinary_way_arrive_in_order() -> None:
    async with a_door() as door, connect(door.url) as line, asyncio.timeout(30):
        websocket = await door.opened.get()
        for n in range(0, 10, 2):
            assert websocket.state.post(Parcel([b"%d" % n]))
            await websocket.send_text(str(n + 1))
        assert [str(n) for n in range(10)] == [await line.recv() for _ in range(10)]


async def test_who_reads_nothing_soon_takes_nothing_more_at_once() -> None:
    """What waits in this process for one socket is bounded: the rest is the outbox's business."""
    async with a_door() as door, asyncio.timeout(30):
        line = await connect(door.url, max_queue=1)
        post = await door.post()
        taken = 0
        while taken < ENOUGH and post(Parcel([LARGE])):
            taken += 1
            await asyncio.sleep(0)
        assert taken < ENOUGH
        line.transport.abort()


async def test_nothing_is_written_on_a_socket_that_is_closed() -> None:
    async with a_door() as door, asyncio.timeout(30):
        async with connect(door.url):
            websocket = await door.opened.get()
            await websocket.close(1000)
            assert not websocket.state.post(Parcel([b"too late"]))
        async with connect(door.url) as line:
            post = await door.post()
            await line.close()
            assert not post(Parcel([b"too late"]))


async def test_a_socket_that_deflates_goes_the_ordinary_way() -> None:
    async with a_door(deflate=True) as door, connect(door.url), asyncio.timeout(30):
        assert not hasattr((await door.opened.get()).state, "post")
