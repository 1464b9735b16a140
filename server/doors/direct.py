"""The short way out: what many sockets get is made ready once, and written to each in one step."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import Protocol, State

from tickets.parcel import Parcel


class DirectSocket(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which doors find as `websocket.state.post` besides (tickets.live.Post).

    An ordinary send is a task that wakes, five wrappers and a new encoding for each socket. This one takes text that is
    UTF-8 already while the socket is open and its peer keeps up; in every other case the ordinary way is gone.
    """

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent and not self.conn.extensions:  # as it is, nothing deflated
            short = _Short(self.conn, self.writable, self.transport)
            self.scope["state"]["post"] = short.post  # the door is only opened with the loop's next turn


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
