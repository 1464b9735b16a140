"""The bus of a house with many processes: rings and whispers go through Redis, and come back from it."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import msgspec
import structlog
from redis.exceptions import ResponseError

from server.bus.bus import LocalBus, Whisper
from server.bus.redis_line import LINE_ERRORS, Line, moved_to, open_line
from server.bus.redis_url import Host, RedisAddress
from server.bus.shared_limits import Full, SharedLimits
from tickets.bell.live import Bell
from tickets.limit import Limit
from tickets.live import alongside

PROBE = 2.0  # seconds after which a bus that has nothing to say says so
DEAF = 6.0  # seconds without a word of our own: the subscription is dead, whatever its line looks like
MOST_WHISPERS = 512  # that wait; one more is dropped
STALE = 5.0  # seconds: nobody wants to hear of a typing that old
PAUSES = (0.1, 5.0)  # seconds before the next line is tried: the first time, and at most

_log = structlog.get_logger("frontdesk.bus")


class Note(msgspec.Struct, omit_defaults=True):
    """What one process tells all: that the log has grown, whispers, and how full the buckets of some limits are."""

    by: str
    ring: bool = False
    whispers: list[tuple[str, Whisper]] = []
    full: list[Full] = []


_decode = msgspec.json.Decoder(Note).decode
_encode = msgspec.json.Encoder().encode


class _Elsewhere(Exception):
    """Another node of the Cluster has what we want."""

    def __init__(self, host: Host) -> None:
        self.host = host


class RedisBus(LocalBus):
    """Who listens in this process hears at once; the others by way of Redis, many rings as one.

    Nobody waits for Redis. While it is away the feeds glance at the log, whispers are dropped and each process counts
    its limits alone. `secret` is the desk's: it names the channel, so that desks on one Redis do not hear each other.
    """

    def __init__(self, address: RedisAddress, *, secret: bytes, process: str) -> None:
        super().__init__()
        self._address = address
        self._channel = f"frontdesk:{_derived(secret, 'channel').hex()}"
        self._process = process
        self._ringing = False
        self._whispers: deque[tuple[float, str, Whisper]] = deque()
        self._limits = SharedLimits(f"{{{self._channel}}}", _derived(secret, "limits"), self._stir)
        self._full: list[Full] = []
        self._stirred = Bell()
        self._speaks = False
        self._heard_at = -DEAF  # loop time at which our own voice came back

    @property
    def connected(self) -> bool:
        return self._speaks and asyncio.get_running_loop().time() - self._heard_at < DEAF

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[RedisBus]:
        async with (
            alongside(self._keep("speaking", self._speak), name="bus: speaking"),
            alongside(self._keep("hearing", self._hear), name="bus: hearing"),
        ):
            yield self

    def ring(self) -> None:
        super().ring()
        self._ringing = True
        self._stir()

    def whisper(self, topic: str, frame: Whisper) -> None:
        super().whisper(topic, frame)
        if len(self._whispers) < MOST_WHISPERS:
            self._whispers.append((asyncio.get_running_loop().time(), topic, frame))
            self._stir()
        else:
            self.dropped += 1

    def share(self, name: str, limit: Limit, *, aloud: bool) -> None:
        super().share(name, limit, aloud=aloud)
        self._limits.adopt(name, limit, aloud=aloud)

    def _stir(self) -> None:
        self._stirred.ring()

    # Lines

    async def _keep(self, doing: str, work: Callable[[Line], Awaitable[None]]) -> None:
        """On one line after another; after a failure the next comes a little later, by chance, for not all at once."""
        at: Host | None = None
        turn = failures = 0
        while True:
            try:
                line = await open_line(self._address, turn=turn, at=at)
                if failures:
                    _log.info("Redis is back", doing=doing, tries=failures)
                failures, at = 0, None
                try:
                    await work(line)
                finally:
                    await line.drop()
            except _Elsewhere as elsewhere:
                at = elsewhere.host
                continue
            except LINE_ERRORS as error:
                if not failures:
                    _log.warning("Redis is away", doing=doing, at=self._address.bare, why=str(error) or "no answer")
            except Exception:
                _log.exception("the bus stumbled", doing=doing)
            at = None
            turn, failures, self.reconnects = turn + 1, failures + 1, self.reconnects + 1
            await asyncio.sleep(min(PAUSES[0] * 2**failures, PAUSES[1]) * random.uniform(0.5, 1.0))

    # Out

    async def _speak(self, line: Line) -> None:
        """Whenever there is something, and every few seconds whether there is or not."""
        try:
            while True:
                await self._stirred.heard(within=PROBE)
                await self._say(line)
                self._speaks = True
        finally:
            self._speaks = False
            self._ringing = True  # nobody knows whether the last one was heard

    async def _say(self, line: Line) -> None:
        """All that has gathered, in one go. What is lost on the way is not said again, but for the ring."""
        ringing, self._ringing = self._ringing, False
        full, self._full = self._full, []
        note = Note(self._process, ringing, self._gathered(), full)
        told, *counted = await line.ask(("PUBLISH", self._channel, _encode(note)), *self._limits.counted())
        if isinstance(told, ResponseError):
            raise told
        for host in moved_to(counted):
            raise _Elsewhere(host)
        self._full = self._limits.learned(counted)
        if self._full:
            self._stir()

    def _gathered(self) -> list[tuple[str, Whisper]]:
        since = asyncio.get_running_loop().time() - STALE
        waiting = list(self._whispers)
        self._whispers.clear()
        fresh = [(topic, frame) for at, topic, frame in waiting if at >= since]
        self.dropped += len(waiting) - len(fresh)
        return fresh

    # In

    async def _hear(self, line: Line) -> None:
        """Until our own voice has not come back for too long: a line may be open and carry nothing."""
        loop = asyncio.get_running_loop()
        await line.ask(("SUBSCRIBE", self._channel))
        since = loop.time()
        super().ring()  # for what was rung while nobody heard it
        self._stir()  # our own voice is the proof
        try:
            while True:
                async with asyncio.timeout_at(max(since, self._heard_at) + DEAF):
                    pushed = await line.hear()
                self._take(pushed)
        finally:
            self._heard_at = -DEAF

    def _take(self, pushed: Sequence[Any]) -> None:
        try:
            note = _decode(pushed[2])
        except msgspec.DecodeError:
            return  # not one of ours
        if note.by == self._process:
            self._heard_at = asyncio.get_running_loop().time()
            return
        if note.ring:
            super().ring()
        for topic, frame in note.whispers:
            super().whisper(topic, frame)
        self._limits.hear(note.full)


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"bus {purpose}".encode(), "sha256")[:16]
