"""The visitor's socket: who may open one, and the lobby of those who have."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from chat import protocol
from chat.limits import network_of
from chat.line.socket import VisitorLine, text_of
from chat.live import BEAT, Around, Lobby
from chat.protocol import BadFrame, Hello, parse
from tickets.desk import Desk
from tickets.edge import Surface, Who, socket_door
from tickets.errors import TooFast
from tickets.live import Follows, alongside

HELLO_SECONDS = 5.0
CLOSING_SECONDS = 2.0

_log = structlog.get_logger("frontdesk.chat")


@contextlib.asynccontextmanager
async def open_lobby(desk: Desk, feed: Follows) -> AsyncIterator[Lobby]:
    """The lobby of this process, beating: `state.lobby`."""
    lobby = Lobby(desk, feed)

    async def run() -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                await lobby.beat()
            except Exception:
                _log.exception("beat failed")

    async with alongside(run(), name="lobby"):
        yield lobby


async def visit(websocket: WebSocket) -> None:
    """From the upgrade to the end of one visitor's socket."""
    await websocket.accept()
    state = websocket.state
    origins = websocket.headers.getlist("origin")
    if len(origins) != 1 or origins[0] not in state.public_origins:
        await websocket.close(protocol.NOT_HERE)
        return
    address = getattr(state, "address", None) or (websocket.client.host if websocket.client else "")
    around = Around(state.desk, state.feed, state.lobby, state.limits, state.pages.translate)
    try:
        around.limits.connect(network_of(address))
        hello = await _first(websocket)
        code = await VisitorLine(websocket, around, network_of(address)).run(hello)
    except TooFast:
        code = protocol.TOO_FAST
    except TimeoutError:
        code = protocol.NO_HELLO
    except BadFrame:
        around.lobby.malformed += 1
        code = protocol.BAD_FRAME
    except WebSocketDisconnect:
        return
    if code == protocol.TOKEN_UNKNOWN:
        _log.info("token not known", address=address)
    await _close(websocket, code)


async def _first(websocket: WebSocket) -> Hello:
    async with asyncio.timeout(HELLO_SECONDS):
        frame = parse(await text_of(websocket))
    if not isinstance(frame, Hello):
        raise TimeoutError
    return frame


async def _close(websocket: WebSocket, code: int) -> None:
    """A peer that reads nothing does not hear why; it is not waited for."""
    if websocket.application_state is not WebSocketState.DISCONNECTED:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError, OSError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await websocket.close(code)


DOORS = [socket_door("/chat/v1/socket", visit, who=Who.VISITOR, surface=Surface.CHAT)]
