"""The short way out, and a fair way in: what many sockets get is made ready once and written to each in one step, and
what one of them sends takes no more than its turn.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import Protocol, State

from tickets.parcel import Parcel

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent


AT_A_TIME = 1024  # bytes of one peer's that are read in one turn of the loop
MOST_PIECES = 64  # of one message that are kept as they came
_NOTHING = memoryview(b"")


class DirectSocket(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which doors find as `websocket.state.post` besides (tickets.live.Post).

    An ordinary send is a task that wakes, five wrappers and a new encoding for each socket. This one takes text that is
    UTF-8 already while the socket is open and its peer keeps up; in every other case the ordinary way is gone.

    The system hands over 256 KiB at once: ten thousand small frames, which were all read and heard before anybody else
    had a turn. They are read part by part, and the next one only when the last has been heard.
    """

    _rest = _NOTHING  # has come and is still to be read
    _is_due = False  # with the next turn

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent and not self.conn.extensions:  # as it is, nothing deflated
            short = _Short(self.conn, self.writable, self.transport)
            self.scope["state"]["post"] = short.post  # the door is only opened with the loop's next turn

    def data_received(self, data: bytes) -> None:
        self._rest = memoryview(bytes(self._rest) + data if self._rest else data)
        if not self._is_due:
            self._read_part()

    async def receive(self) -> ASGIReceiveEvent:
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self._read_on()
        return message

    def handle_ping(self) -> None:
        """The answers to a peer that reads nothing would pile up; RFC 6455 (5.5.3) asks for the newest at most."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_cont(self, event: Frame) -> None:
        """A piece may be empty, and there may be any number of those."""
        super().handle_cont(event)
        if len(self.frames) > MOST_PIECES:
            self.frames = [b"".join(self.frames)]

    def _read_part(self) -> None:
        self._is_due = False
        # A view, so that the rest is not copied each time; an empty one would keep all of it.
        part, self._rest = self._rest[:AT_A_TIME], self._rest[AT_A_TIME:] or _NOTHING
        super().data_received(bytes(part))
        if not self.read_paused:
            self._read_on()

    def _read_on(self) -> None:
        if self.transport.is_closing():
            self._rest = _NOTHING
        elif self._rest:
            self._is_due = True
            self.transport.pause_reading()
            self.loop.call_soon(self._read_part)
        else:
            self.transport.resume_reading()


class _Short:
    """The few things of a socket that matter, side by side: of hundreds of sockets, each one more is a long reach."""

    __slots__ = ("_conn", "_transport", "_writable")

    def __init__(self, conn: Protocol, writable: asyncio.Event, transport: asyncio.Transport) -> None:
        self._conn = conn
        self._writable = writable
        self._transport = transport

    def post(self, parcel: Parcel) -> bool:
        """Write all of it now, in one step. False where it cannot be: then nothing was written."""
        open_wide = self._conn.state is State.OPEN and self._writable.is_set() and not self._transport.is_closing()
        if open_wide:
            self._transport.write(parcel.wire)
        return open_wide
