"""Waits so long for a browser that says half of what it wants, and no longer: idle hands must not hold our doors open.

A request's head comes whole within a few seconds; so does what is left of one that was answered before its end.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
MOST_HEAD = 32 * 1024  # bytes: the address and all header lines
DEAF_SECONDS = 30.0  # that somebody may leave what we send lying about

_TOO_SLOW, _TOO_LONG = "408 Request Timeout", "431 Request Header Fields Too Large"


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's, which has no such limits of its own (0.54).

    While nothing is being answered an alarm is set, and only a whole head puts it off: a byte now and then does not.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._alarm: asyncio.TimerHandle | None = None
        self._in_head = False
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._set_alarm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._put_off()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD:
                self._turn_away(_TOO_LONG)

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._put_off()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:  # else another request is waiting behind it
            self._set_alarm()

    def _set_alarm(self) -> None:
        self._put_off()
        self._alarm = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _put_off(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _give_up(self) -> None:
        """A line that never began a request was only kept in store by a browser: it needs no answer."""
        self._alarm = None
        if self._in_head:
            self._turn_away(_TOO_SLOW)
        else:
            self.transport.abort()

    def _turn_away(self, status: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
            self.transport.close()


def mind_the_deaf(listening: socket.socket) -> None:
    """Whoever takes nothing of what we send, or vanished without a word, is cut off by the system (tcp(7))."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # on Linux; each line that comes in here has it, too
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(DEAF_SECONDS * 1000))
