"""A visitor's line where the network lets no socket through: the same frames, one request after the other."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

import msgspec
from msgspec import Raw, Struct
from starlette.requests import Request
from starlette.responses import Response

from chat import protocol
from chat.limits import network_of
from chat.line.socket import GONE, VisitorLine
from chat.live import Around
from chat.protocol import BadFrame, Hello, parse
from chat.visitor import hash_of
from tickets.errors import NotAllowed, Refused, TooFast, Unavailable, unavailable
from tickets.files.upload import Unsupported
from tickets.live import SLOW, HungUp

WAITS = 25.0  # seconds that an answer takes at most
GATHERS = 0.05  # seconds: what belongs together comes in one answer
MOST_SAID = 32  # frames in one request
MOST_AT_ONCE = 20  # a proxy may hold on to requests that the browser has given up
PATIENCE = 10.0  # seconds, for whoever has more open than that
_QUIET = (b'{"resumed":', b'{"position":')  # no reason to answer: they come along with the next news


class UnknownVisitor(Refused):
    """The token is missing, unknown or too old: the browser makes a new visitor."""

    status: ClassVar[int] = 401


class Unreadable(Refused):
    """Not what this door can read at all."""

    status: ClassVar[int] = 400


class PollIn(Struct):
    frames: list[Raw]
    wait: bool = True  # for news, if there is none yet


_decode = msgspec.json.Decoder(PollIn).decode


class Turn:
    """One request and its answer: the wire of a line that lives for seconds, and leaves nothing behind.

    Hangs up when all that was said has been answered and there is news; without any, after so many seconds.
    """

    post = None

    def __init__(self, said: Sequence[Raw], place: Callable[[], int], *, waits: float) -> None:
        self.line: VisitorLine | None = None
        self.told: list[bytes] = []
        self.upto: int | None = None  # everything up to there has been told; None: only what has an `at`
        self._said = deque(map(bytes, said))
        self._place = place
        self._until = asyncio.get_running_loop().time() + waits
        self._news = asyncio.Event()

    async def receive(self) -> bytes:
        if self._said:
            return self._said.popleft()
        assert self.line is not None
        await self.line.landed()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self._until):
                await self._news.wait()
                await asyncio.sleep(GATHERS)
        self.told += self.line.outbox.take()
        self.upto = self._place() if self.line.is_steady else None
        raise HungUp

    async def send(self, frame: bytes) -> None:
        self.told.append(frame)
        if not frame.startswith(_QUIET):
            self._news.set()


async def poll(request: Request) -> Response:
    """Says the frames of the body; answers with what there is to tell, as soon as there is something."""
    state = request.state
    network = network_of(state.address)
    token = _token(request)
    state.limits.poll(hash_of(token), network)
    hello, body = _read(request, await request.body())
    if state.lobby.closing:  # nobody would answer before the doors are shut
        raise unavailable()
    if hello.cursor is None:
        state.limits.connect(network)
    hello.token = token
    around = Around(state.desk, state.feed, state.lobby, state.limits, state.pages.translate)
    turn = Turn(body.frames[1:], lambda: state.feed.cursor, waits=WAITS if body.wait else GATHERS)
    line = turn.line = VisitorLine(turn, around, network, most=MOST_AT_ONCE)
    code = await _unless_gone(request, line, line.run(hello))
    if code not in (GONE, protocol.RESTART, SLOW):
        raise _refusal(code)
    return _answer(state.feed.epoch, turn.upto, turn.told if code != SLOW else [])


def _token(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise UnknownVisitor("This chat is no longer known here.")
    return token.strip()


def _read(request: Request, raw: bytes) -> tuple[Hello, PollIn]:
    """The hello that every request begins with, and all that is said in it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Unsupported("This cannot be sent here.")
    try:
        body = _decode(raw)
        hello = parse(bytes(body.frames[0])) if 0 < len(body.frames) <= MOST_SAID else None
    except (BadFrame, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable("This request cannot be read.") from None
    if not isinstance(hello, Hello):
        raise Unreadable("This request cannot be read.")
    return hello, body


async def _unless_gone(request: Request, line: VisitorLine, life: Awaitable[int]) -> int:
    """Whoever has hung up is not told anything more; what they missed is behind their cursor."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        line.finish(GONE)

    watching = asyncio.create_task(watch())
    try:
        return await life
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


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


def _answer(epoch: str, cursor: int | None, told: Sequence[bytes]) -> Response:
    frames = [Raw(frame) for frame in told]
    body = msgspec.json.encode({"frames": frames, "epoch": epoch, "cursor": cursor})
    return Response(body, media_type="application/json")
