"""The console's live line where the network lets no socket through: the same frames, one request after the other."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from chat.protocol import OUR_FAULT, TOO_FAST
from server.console.consoles import REVOKED
from server.console.line import NOT_YOU, ConsoleLine, Hello, parse
from server.doors.refusals import SignInNeeded
from tickets.edge import Surface, Who, door
from tickets.errors import NotAllowed, TooFast, Unavailable
from tickets.live import SLOW
from tickets.polling.web import LARGEST, Poll, Turn, Unreadable, answer, read

PATIENCE = 10.0  # seconds, for whoever has too many open


async def poll(request: Request) -> Response:
    """Says the frames of the body; answers with what there is to tell, as soon as there is something.

    The guard has checked the session and the page's token: there is no need for a ticket.
    """
    state = request.state
    said = await read(request)
    hello = _hello(said)
    turn = Turn(said, lambda: state.feed.cursor, _is_quiet)
    line = ConsoleLine(turn, state, lasts=False)
    epoch = state.feed.epoch  # if it becomes another meanwhile, the place of this answer is none
    code = await turn.taken(request, line, line.run(hello))
    if code == NOT_YOU:
        raise SignInNeeded("Sign in to go on.")
    elif code == REVOKED:
        raise NotAllowed("You are signed out.")
    elif code == TOO_FAST:
        raise TooFast("You have this open in too many windows. Close some of them.", retry_after=PATIENCE)
    elif code == OUR_FAULT:
        raise Unavailable("Something went wrong on our side. Please try again.", retry_after=PATIENCE)
    return answer(epoch, turn.upto, turn.told if code != SLOW else [])


def _hello(said: Poll) -> Hello:
    hello = parse(bytes(said.frames[0])).hello
    if hello is None:
        raise Unreadable("This request cannot be read.")
    return hello


def _is_quiet(frame: bytes) -> bool:
    """Where the line stands is no news, unless all is to be loaded anew."""
    return frame.startswith((b'{"hello":', b'{"position":')) and b'"reload"' not in frame


DOORS = [
    door(
        "/app/live/poll",
        poll,
        who=Who.AGENT,
        methods=["POST"],
        surface=Surface.CONSOLE,
        largest=LARGEST,
        stays=True,
    )
]
