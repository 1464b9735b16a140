"""The wire for networks that let no socket through: the same frames, one request after the other."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Protocol

import msgspec
from msgspec import Raw, Struct
from starlette.requests import Request
from starlette.responses import Response

from tickets.errors import Refused
from tickets.files.upload import Unsupported
from tickets.live import GONE, HungUp, Outbox
from tickets.text import paired

WAITS = 25.0  # seconds that an answer takes at most
GATHERS = 0.05  # seconds: what belongs together comes in one answer
MOST_SAID = 32  # frames in one request
LARGEST = 256 * 1024  # bytes


class Unreadable(Refused):
    """Not what this door can read at all."""

    status: ClassVar[int] = 400


class Poll(Struct):
    """What is said in one request: a hello first."""

    frames: list[Raw]
    wait: bool = True  # for news, if there is none yet


class Line(Protocol):
    """Who speaks and hears on the wire."""

    outbox: Outbox

    @property
    def is_steady(self) -> bool:
        """Whether all that the feed has delivered is in the outbox, or was."""

    async def landed(self) -> None:
        """Until all that was said has been answered, and what follows from it is on its way."""

    def finish(self, code: int) -> None:
        """Close it."""


_decode = msgspec.json.Decoder(Poll).decode


async def read(request: Request) -> Poll:
    """What the request says. Raises Unsupported and Unreadable."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Unsupported("This cannot be sent here.")
    try:
        said = _decoded(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable("This request cannot be read.") from None
    if not 0 < len(said.frames) <= MOST_SAID:
        raise Unreadable("This request cannot be read.")
    return said


def _decoded(body: bytes) -> Poll:
    """As frames on a socket are read. A browser may have escaped half a surrogate pair in any of them."""
    try:
        return _decode(body)
    except msgspec.DecodeError:
        return _decode(paired(body))


class Turn:
    """One request and its answer: the wire of a line that lives for seconds, and leaves nothing behind.

    Hangs up when all that was said has been answered and there is news; without any, after so many seconds. `place` is
    how far the feed has come; what is `quiet` is no reason to answer, and comes along with the next news.
    """

    post = None

    def __init__(self, said: Poll, place: Callable[[], int], quiet: Callable[[bytes], bool]) -> None:
        self.line: Line | None = None
        self.told: list[bytes] = []
        self.upto: int | None = None  # everything up to there has been told; None: only what has an `at`
        self._said = deque(map(bytes, said.frames[1:]))
        self._place = place
        self._quiet = quiet
        self._until = asyncio.get_running_loop().time() + (WAITS if said.wait else GATHERS)
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
        if not self._quiet(frame):
            self._news.set()

    async def taken(self, request: Request, line: Line, life: Awaitable[int]) -> int:
        """The code with which `life`, the line's on this wire, ends. It ends early where the other side hangs up."""
        self.line = line

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            line.finish(GONE)  # what they missed is behind their cursor

        watching = asyncio.create_task(watch())
        try:
            return await life
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching


def answer(epoch: str, cursor: int | None, told: Sequence[bytes]) -> Response:
    """The frames, and the place for the next request."""
    body = msgspec.json.encode({"frames": [Raw(frame) for frame in told], "epoch": epoch, "cursor": cursor})
    return Response(body, media_type="application/json")
