"""The console's live line by socket: who may open one, and with which first word."""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket

from chat.protocol import BadFrame
from chat.socket import Socket, hang_up
from server.auth import live_ticket
from server.console.line import NOT_YOU, ConsoleLine, Hello, parse
from tickets.edge import SignedIn, Surface, Who, socket_door
from tickets.live import GONE, HungUp

HELLO_SECONDS = 5.0
NO_HELLO = 4408


async def live(websocket: WebSocket) -> None:
    """The guard has checked origin and session; here the one-time ticket proves that our own page asked."""
    await websocket.accept()
    agent: SignedIn = websocket.state.agent
    wire = Socket(websocket)
    try:
        hello = await _hello(wire)
    except HungUp:
        return
    if hello is None:
        await hang_up(websocket, NO_HELLO)
    elif await websocket.state.desk.change(live_ticket.redeem, agent.session_id, hello.ticket, by=agent.actor):
        code = await ConsoleLine(wire, websocket.state).run(hello)
        if code != GONE:
            await hang_up(websocket, code)
    else:
        await hang_up(websocket, NOT_YOU)


async def _hello(wire: Socket) -> Hello | None:
    """Raises HungUp where nobody is there any more."""
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            return parse(await wire.receive()).hello
    except (TimeoutError, BadFrame):
        return None


DOORS = [socket_door("/app/live", live, who=Who.AGENT, surface=Surface.CONSOLE)]
