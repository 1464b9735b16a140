"""The visitor's line: who may open a socket, how the same goes without one, and the lobby of those who are there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from chat import protocol
from chat.line.socket import VisitorLine
from chat.line.web import poll
from chat.live import BEAT, GLANCE, Around, Lobby
from chat.protocol import BadFrame, Hello, parse
from tickets.desk import Desk
from tickets.edge import Surface, Who, door, socket_door
from tickets.errors import TooFast
from tickets.live import Follows, HungUp, Post, alongside
from tickets.network import network_of
from tickets.polling.web import LARGEST

HELLO_SECONDS = 5.0
CLOSING_SECONDS = 2.0

_log = structlog.get_logger("frontdesk.chat")


@contextlib.asynccontextmanager
async def open_lobby(desk: Desk, feed: Follows) -> AsyncIterator[Lobby]:
    """The lobby of this process, beating: `state.lobby`."""
    lobby = Lobby(desk, feed)

    async def again_and_again(every: float, do: Callable[[], Awaitable[None]], trouble: str) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await do()
            except Exception:
                _log.exception(trouble)

    async with (
        alongside(again_and_again(BEAT, lobby.beat, "beat failed"), name="lobby"),
        alongside(again_and_again(GLANCE, lobby.glance, "glance failed"), name="lobby: glances"),
    ):
        yield lobby


class Socket:
    """The wire of most lines."""

    __slots__ = ("_websocket", "post")

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self.post: Post | None = getattr(websocket.state, "post", None)

    async def receive(self) -> str:
        """The next text frame. Raises HungUp, and BadFrame for one that is not text."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise HungUp
        text = message.get("text")
        if text is None:
            raise BadFrame("not text")
        return str(text)

    async def send(self, frame: bytes) -> None:
        try:
            await self._websocket.send_text(frame.decode())
        except (WebSocketDisconnect, RuntimeError, OSError):
            raise HungUp from None


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
    wire = Socket(websocket)
    try:
        around.limits.connect(network_of(address))
        hello = await _first(wire)
        most = around.limits.figures.sockets_per_visitor
        code = await VisitorLine(wire, around, network_of(address), most=most).run(hello)
    except TooFast:
        code = protocol.TOO_FAST
    except TimeoutError:
        code = protocol.NO_HELLO
    except BadFrame:
        around.lobby.malformed += 1
        code = protocol.BAD_FRAME
    except HungUp:
        return
    if code == protocol.TOKEN_UNKNOWN:
        _log.info("token not known", address=address)
    await hang_up(websocket, code)


async def _first(wire: Socket) -> Hello:
    async with asyncio.timeout(HELLO_SECONDS):
        frame = parse(await wire.receive())
    if not isinstance(frame, Hello):
        raise TimeoutError
    return frame


async def hang_up(websocket: WebSocket, code: int) -> None:
    """A peer that reads nothing does not hear why; it is not waited for."""
    if websocket.application_state is not WebSocketState.DISCONNECTED:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError, OSError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await websocket.close(code)


DOORS = [
    socket_door("/chat/v1/socket", visit, who=Who.VISITOR, surface=Surface.CHAT),
    door(
        "/chat/v1/poll",
        poll,
        who=Who.VISITOR,
        methods=["POST"],
        surface=Surface.CHAT,
        largest=LARGEST,
        stays=True,
    ),
]
