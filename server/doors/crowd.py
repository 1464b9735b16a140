"""How many sockets this process holds open: who comes when all are taken is told when to come again, and pages open."""

from __future__ import annotations

import random
import resource
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from chat import protocol

FULL = 1013  # close code: try again later (RFC 6455, registered by IANA)
MOST_FILES = 1_048_576
SOONEST, LATEST = 5.0, 20.0  # seconds


class Crowd:
    """Counts sockets, and nothing else: a page or a form is never refused for them."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
        elif self._open >= self._most:
            await turn_away(WebSocket(scope, receive, send), FULL, random.uniform(SOONEST, LATEST))
        else:
            self._open += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._open -= 1


async def turn_away(websocket: WebSocket, code: int, retry_after: float) -> None:
    """A page can read only what a socket says that was open. `retry_after`: seconds, another number for each."""
    with suppress(WebSocketDisconnect, RuntimeError, OSError):
        await websocket.accept()
        await websocket.send_json(protocol.bye(retry_after))
        await websocket.close(code)


def make_room() -> None:
    """Every socket is a file to the system, which often begins with a thousand: take as many as there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
