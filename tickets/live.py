"""The live edge: a bounded outbox for each open screen, the topics it follows, and what goes on beside it all."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

import msgspec
import structlog

from tickets.errors import Refused
from tickets.parcel import Parcel

MOST_FRAMES = 256
MOST_BYTES = 1024 * 1024
GONE = 1000  # close code: nobody is there to read it, or all has been told
SLOW = 4008  # close code: this client does not keep up; it comes back with its cursor

Key = TypeVar("Key")
Found = TypeVar("Found")

encode = msgspec.json.Encoder().encode
_log = structlog.get_logger("frontdesk.live")


@dataclass(frozen=True)
class Topic:
    """What a screen follows, in which language it reads: "ticket:42", "view:mine:7", "agent:7", "chat:42"."""

    name: str
    language: str = "en"

    @property
    def chat(self) -> int | None:
        """The one ticket whose events are all that it shows; None where others' matter, too."""
        kind, _, ticket = self.name.partition(":")
        return int(ticket) if kind == "chat" and ticket.isdigit() else None


Post = Callable[[Parcel], bool]
"""Hands frames to a wire at once. False: it takes none of them just now, and they have to wait."""


class Outbox:
    """Frames on their way to one socket. Bounded: whoever does not keep up is cut off, and nobody waits for them.

    While nothing waits, `post` takes frames on the spot, and no task is woken for them.
    """

    __slots__ = ("_bytes", "_closing", "_frames", "_overflow", "_post", "_wakes", "code")

    def __init__(self, post: Post | None = None) -> None:
        self._post = post
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._wakes: asyncio.Future[None] | None = None
        self._overflow: asyncio.Future[None] | None = None
        self._closing = False
        self.code: int | None = None  # why it closed, once it has

    def put(self, *frames: bytes) -> None:
        """Send encoded frames, or queue them behind those that wait. A full outbox closes as SLOW."""
        self.put_parcel(Parcel(frames))

    def put_parcel(self, parcel: Parcel) -> None:
        """As `put`, of what others get as well."""
        at_once = self._is_idle and self._post is not None and self.takes(parcel) and self._post(parcel)
        for frame in () if at_once else parcel.frames:
            self._queue(frame)

    def _queue(self, frame: bytes) -> None:
        if self._closing:
            return
        is_full = len(self._frames) >= MOST_FRAMES or self._bytes + len(frame) > MOST_BYTES
        if is_full and self._frames:  # nobody is slow for whom nothing waits, however long what comes next is
            self.close(SLOW)
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        self._wake()

    def takes(self, parcel: Parcel) -> bool:
        """Whether all of it still fits."""
        return len(self._frames) + len(parcel) <= MOST_FRAMES and self._bytes + parcel.size <= MOST_BYTES

    def put_object(self, frame: Any) -> None:
        self.put(encode(frame))

    def close(self, code: int) -> None:
        """No more frames; what is queued is dropped when the client was slow, sent otherwise."""
        if self._closing:
            return
        self._closing = True
        self.code = code
        if code == SLOW:
            self._frames.clear()
            self._bytes = 0
            if self._overflow is not None and not self._overflow.done():
                self._overflow.set_result(None)
        self._wake()

    async def overflowed(self) -> None:
        """Until it closes as SLOW. Its pump may never notice: it waits for a peer that takes nothing."""
        self._overflow = asyncio.get_running_loop().create_future()
        if self.code == SLOW:
            return
        await self._overflow

    def take(self) -> list[bytes]:
        """What is queued, as if it had been sent."""
        taken = list(self._frames)
        self._frames.clear()
        self._bytes = 0
        return taken

    async def pump(self, send: Callable[[bytes], Awaitable[None]]) -> int:
        """Send what is queued, in order, until the outbox closes. Returns the close code."""
        while True:
            while self._frames:
                frame = self._frames.popleft()
                self._bytes -= len(frame)
                await send(frame)
            if self._closing:
                assert self.code is not None
                return self.code
            self._wakes = asyncio.get_running_loop().create_future()
            try:
                await self._wakes
            finally:
                self._wakes = None

    @property
    def _is_idle(self) -> bool:
        """Whether the pump has sent everything and sleeps: a frame that overtook another would be out of order."""
        return self._wakes is not None and not self._frames and not self._closing

    def _wake(self) -> None:
        if self._wakes is not None and not self._wakes.done():
            self._wakes.set_result(None)


class HungUp(Exception):
    """Nobody is there any more, at the other end of a wire."""


class Wire(Protocol):
    """What carries a line's frames: a socket, or a request and its answer."""

    async def receive(self) -> str | bytes:
        """The next frame from there. Raises HungUp; chat.protocol.BadFrame for what can be none."""

    @property
    def post(self) -> Post | None:
        """The short way for frames, where there is one."""

    async def send(self, frame: bytes) -> None:
        """One encoded frame. Raises HungUp."""


class InOrder:
    """What one socket has under way: several at once, answered in the order in which they began."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._begun: deque[tuple[asyncio.Future[Any], Callable[[asyncio.Future[Any]], None]]] = deque()
        self._errands: set[asyncio.Future[Any]] = set()

    async def begin(self, made: Awaitable[Any], answer: Callable[[asyncio.Future[Any]], None]) -> None:
        """`answer` hears of it when it is done and all that began before has been answered. Waits while it is full."""
        task = asyncio.ensure_future(made)
        self._begun.append((task, answer))
        task.add_done_callback(self._settle)
        while len(self._begun) >= self._most:
            await asyncio.wait({self._begun[0][0]})

    async def landed(self, *, errands: bool = False) -> None:
        """Until everything has been answered; and until the errands have returned, too."""
        while self._begun:
            await asyncio.wait({self._begun[0][0]})
        while errands and self._errands:
            await asyncio.wait(self._errands)

    def errand(self, made: Awaitable[Any]) -> None:
        """Something that nobody waits for; it ends with the socket."""
        task = asyncio.ensure_future(made)
        self._errands.add(task)
        task.add_done_callback(self._returned)

    async def drop(self, *tasks: asyncio.Task[Any]) -> None:
        """The socket is over: end these and the errands. What was begun is finished, and answered to nobody."""
        ending = [*tasks, *self._errands]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def _settle(self, _: object) -> None:
        while self._begun and self._begun[0][0].done():
            task, answer = self._begun.popleft()
            if not task.cancelled():
                answer(task)

    def _returned(self, task: asyncio.Future[Any]) -> None:
        self._errands.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refused):
            _log.error("errand failed", exc_info=error)


class Together(Generic[Key, Found]):
    """A question that many ask at the same moment, asked of the database once for all of them.

    `ask` answers for a list of different keys, in their order. Who asks while it is at work is in its next list, so
    that nobody gets an answer older than their question.
    """

    def __init__(self, ask: Callable[[list[Key]], Awaitable[Sequence[Found]]], *, most: int) -> None:
        self._ask = ask
        self._most = most
        self._waiting: dict[Key, list[asyncio.Future[Found]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def of(self, key: Key) -> Found:
        answer: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(answer)
        if self._asking is None:
            self._asking = asyncio.create_task(self._run(), name="together")
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[: self._most]
            waiting = [self._waiting.pop(key) for key in keys]
            try:
                found = await self._ask(keys)
            except Exception as error:
                for answer in _still(chain(*waiting)):
                    answer.set_exception(error)
            else:
                for answers, one in zip(waiting, found, strict=True):
                    for answer in _still(answers):
                        answer.set_result(one)
        self._asking = None


def _still(answers: Iterable[asyncio.Future[Found]]) -> list[asyncio.Future[Found]]:
    """Of those who have not gone meanwhile."""
    return [answer for answer in answers if not answer.done()]


Greet = Callable[[bool], dict[str, Any] | None]
"""The frame that comes first, by whether all that was missed follows it."""


def unheard(complete: bool) -> None:
    """No greeting."""


class Follows(Protocol):
    """The feed, as sockets see it (`websocket.state.feed`)."""

    @property
    def epoch(self) -> str:
        """Names this process's stretch of the log; see tickets.history."""

    @property
    def cursor(self) -> int:
        """The position up to which this process has delivered."""

    async def follow(
        self,
        outbox: Outbox,
        topics: frozenset[Topic],
        *,
        cursor: int | None,
        epoch: str | None = None,
        greet: Greet = unheard,
        counted: int | None = None,
    ) -> bool:
        """From now on deliver these topics into the outbox, beginning with everything after `cursor`.

        `epoch` names the history that the cursor is a place of; None: the one of this process.
        True: all that was missed is in the outbox, in order. False: too much was missed, or this log does not hold
        that place; nothing was replayed, live delivery has begun, and the client must load its state anew, as at its
        start. With cursor None nothing is replayed. What `greet` makes of the answer comes before all else.
        What is counted beside the log is told anew if it may be another since the place `counted`.
        Raises what the reading of the log raises, and delivers nothing from then on.
        """

    def leave(self, outbox: Outbox) -> None: ...

    def whisper(self, topic: str, frame: dict[str, Any]) -> None:
        """Tell everyone who follows `topic`, in every process, something that is not history."""


@contextlib.asynccontextmanager
async def alongside(work: Coroutine[Any, Any, None], *, name: str) -> AsyncIterator[None]:
    """Work without an end goes on beside the block, as the task `name`; whoever leaves the block has seen it end.

    Raises on leaving what had ended the work before.
    """
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
