"""The short way out: a frame that many sockets get is encoded once, and written to each in one step."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

_TEXT = 0x81  # a whole text message in one frame (RFC 6455, 5.2)


class DirectSocket(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which doors find as `websocket.state.post` besides (tickets.live.Post).

    An ordinary send is a task that wakes, five wrappers and a new encoding for each socket. This one takes text that is
    UTF-8 already while the socket is open and its peer keeps up; in every other case the ordinary way is gone.
    """

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent and not self.conn.extensions:  # as it is, nothing deflated
            self.scope["state"]["post"] = self.post  # the door is only opened with the loop's next turn

    def post(self, texts: Sequence[bytes]) -> bool:
        """Write these now, in one step. False where they cannot be: then nothing was written."""
        open_wide = self.conn.state is State.OPEN and self.writable.is_set() and not self.transport.is_closing()
        if open_wide:
            self.transport.write(b"".join([part for text in texts for part in (_head(len(text)), text)]))
        return open_wide


def _head(size: int) -> bytes:
    """What precedes a message of so many bytes."""
    if size < 126:
        return bytes((_TEXT, size))
    elif size < 65536:
        return struct.pack("!BBH", _TEXT, 126, size)
    else:
        return struct.pack("!BBQ", _TEXT, 127, size)
