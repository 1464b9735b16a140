"""A visitor's line where the network lets no socket through: the same frames, one request after the other."""

from __future__ import annotations

from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response

from chat import protocol
from chat.line.socket import VisitorLine
from chat.live import Around
from chat.protocol import BadFrame, Hello, parse
from chat.visitor import hash_of
from tickets.closing.live import RESTART
from tickets.errors import NotAllowed, Refused, TooFast, Unavailable
from tickets.live import GONE, SLOW
from tickets.network import network_of
from tickets.polling.web import Poll, Turn, Unreadable, answer, read

MOST_AT_ONCE = 20  # a proxy may hold on to requests that the browser has given up
PATIENCE = 10.0  # seconds, for whoever has more open than that
_QUIET = (b'{"resumed":', b'{"position":')


class UnknownVisitor(Refused):
    """The token is missing, unknown or too old: the browser makes a new visitor."""

    status: ClassVar[int] = 401


async def poll(request: Request) -> Response:
    """Says the frames of the body; answers with what there is to tell, as soon as there is something."""
    state = request.state
    network = network_of(state.address)
    token = _token(request)
    state.limits.poll(hash_of(token), network)
    said = await read(request)
    hello = _hello(said)
    if hello.cursor is None:
        state.limits.connect(network)
    hello.token = token
    around = Around(state.desk, state.feed, state.lobby, state.limits, state.pages.translate)
    turn = Turn(said, lambda: state.feed.cursor, lambda frame: frame.startswith(_QUIET))
    line = VisitorLine(turn, around, network, most=MOST_AT_ONCE, lasts=False)
    epoch = state.feed.epoch  # if it becomes another meanwhile, the place of this answer is none
    code = await turn.taken(request, line, line.run(hello))
    if code not in (GONE, RESTART, SLOW):
        raise _refusal(code)
    return answer(epoch, turn.upto, turn.told if code != SLOW else [])


def _token(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise UnknownVisitor("This chat is no longer known here.")
    return token.strip()


def _hello(said: Poll) -> Hello:
    try:
        hello = parse(bytes(said.frames[0]))
    except BadFrame:
        hello = None
    if not isinstance(hello, Hello):
        raise Unreadable("This request cannot be read.")
    return hello


def _refusal(code: int) -> Refused:
    """What a socket says by its close code."""
    refusals = {
        protocol.TOKEN_UNKNOWN: UnknownVisitor("This chat is no longer known here."),
        protocol.NOT_HERE: NotAllowed("The chat is not available on this page."),
        protocol.TOO_FAST: TooFast("Slow down a little. Your text is kept.", retry_after=PATIENCE),
        protocol.BAD_FRAME: Unreadable("This request cannot be read."),
    }
    broken = Unavailable("Something went wrong on our side. Please try again.", retry_after=PATIENCE)
    return refusals.get(code, broken)
