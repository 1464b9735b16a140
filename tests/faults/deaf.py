"""Consoles that say hello, are greeted, and read nothing of what comes after."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence

import picows

from tests.bench.load import Line

LITTLE = 4096  # bytes that the system of a deaf one takes in for it
SEGMENT = 536  # bytes: the less fits into one, the less the desk's system keeps for whoever reads nothing
PATIENCE = 30  # seconds


class Deaf(picows.WSListener):
    def __init__(self, line: Line) -> None:
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line = line

    async def connect(self) -> None:
        headers = dict(self._line.headers)
        async with asyncio.timeout(PATIENCE):
            await picows.ws_connect(lambda: self, self._line.url, extra_headers=headers, socket_factory=_narrow)
            await self.greeted

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport
        transport.send(picows.WSMsgType.TEXT, self._line.hello.encode())

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if not self.greeted.done():
            self.greeted.set_result(None)
            transport.underlying_transport.pause_reading()


@contextlib.asynccontextmanager
async def deaf_consoles(lines: Sequence[Line]) -> AsyncIterator[None]:
    """There while the block lasts, or until the desk has enough of them."""
    deaf = [Deaf(line) for line in lines]
    for one in deaf:
        await one.connect()
    try:
        yield
    finally:
        for one in deaf:
            one.transport.underlying_transport.abort()


def _narrow(_: picows.WSParsedURL) -> socket.socket:
    made = socket.socket()
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
    return made
