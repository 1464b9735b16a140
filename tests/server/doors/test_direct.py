"""Frames that are written to a socket in one step arrive whole, and none is written where none can be; what comes in on
one takes its turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.server import ServerState
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from server.doors.direct import AT_A_TIME, MOST_PIECES, DirectSocket
from tests.chat.house import Running
from tickets.live import Post, alongside
from tickets.parcel import Parcel

LARGE = b"x" * 60_000
ENOUGH = 10_000  # of these fill what the system keeps for a peer that reads nothing


class Door:
    """A socket that says nothing by itself; `post` of the one that was opened last."""

    def __init__(self) -> None:
        self.url = ""
        self.opened: asyncio.Queue[WebSocket] = asyncio.Queue()
        self.heard: asyncio.Queue[str] = asyncio.Queue()

    async def holds(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.opened.put_nowait(websocket)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                self.heard.put_nowait(await websocket.receive_text())

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


class Peer(asyncio.Transport):
    """The other end of a socket of ours: what was written to it, and whether it is read from."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[bytes] = []
        self.is_read = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.got.append(bytes(data))

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True


HELLO = (
    b"GET / HTTP/1.1\r\nHost: desk\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def said(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


async def a_socket(door: Door) -> tuple[DirectSocket, Peer]:
    app, peer = Starlette(routes=[WebSocketRoute("/", door.holds)]), Peer()
    one = DirectSocket(uvicorn.Config(app, log_config=None), ServerState(), {})
    one.connection_made(peer)
    one.data_received(HELLO)
    await door.opened.get()
    return one, peer


@contextlib.asynccontextmanager
async def turns() -> AsyncIterator[list[None]]:
    """As long as how many turns the loop has had."""
    had: list[None] = []

    async def count() -> None:
        while True:
            had.append(None)
            await asyncio.sleep(0)

    async with alongside(count(), name="turns"):
        yield had


async def test_thousands_of_frames_at_once_take_one_turn_of_many() -> None:
    """One visitor who sent ten thousand small frames at once kept everybody else waiting for seconds."""
    door, heard = Door(), Counter[int]()
    one, peer = await a_socket(door)
    async with turns() as had:
        one.data_received(b"".join(said(Opcode.TEXT, b"%d" % n) for n in range(10_000)))
        for n in range(10_000):
            assert str(n) == await door.heard.get()
            heard[len(had)] += 1
            assert not peer.is_read or n > 9_000, "more was read of who had said so much already"
    assert max(heard.values()) <= 2 * AT_A_TIME // len(said(Opcode.TEXT, b"1234"))
    assert peer.is_read


async def test_pings_of_a_peer_that_reads_nothing_are_not_answered_into_memory() -> None:
    one, peer = await a_socket(Door())
    peer.got.clear()
    one.pause_writing()
    one.data_received(said(Opcode.PING, b"unheard"))
    assert peer.got == []
    one.resume_writing()
    one.data_received(said(Opcode.PING, b"heard"))
    assert b"".join(peer.got) == Frame(Opcode.PONG, b"heard").serialize(mask=False)


async def test_pieces_without_end_are_kept_as_what_they_hold() -> None:
    door = Door()
    one, _ = await a_socket(door)
    one.data_received(said(Opcode.TEXT, b"a", fin=False))
    for _ in range(10 * MOST_PIECES):
        one.data_received(said(Opcode.CONT, b"", fin=False))
    assert len(one.frames) <= MOST_PIECES
    one.data_received(said(Opcode.CONT, b"z"))
    assert await door.heard.get() == "az"
