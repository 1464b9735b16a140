"""Whether the house closes, and what is in hand when it does."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Iterator
from time import monotonic

import structlog

from tickets.bell.live import Bell

RESTART = 1012  # close code: the service restarts (RFC 6455, registered by IANA)
DRAIN = 10.0  # seconds that all which was begun has to come to its end, once the house closes

_log = structlog.get_logger("frontdesk.closing")


class InHand:
    """How many of something are under way."""

    def __init__(self) -> None:
        self._many = 0
        self._fewer = Bell()

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """It is under way as long as the block lasts."""
        self._many += 1
        try:
            yield
        finally:
            self._many -= 1
            self._fewer.ring()

    async def over(self) -> None:
        """Until none is."""
        while self._many:
            await self._fewer.heard()


class Closing:
    """Whether the house closes: one fact for all who are there and all who come, one deadline for what is in hand."""

    def __init__(self, within: float = DRAIN) -> None:
        self._within = within
        self._until: float | None = None
        self._in_hand: list[Callable[[], Awaitable[None]]] = []

    @property
    def begun(self) -> bool:
        return self._until is not None

    @property
    def left(self) -> float:
        """Seconds that what is in hand may still take."""
        return self._within if self._until is None else max(0.0, self._until - monotonic())

    @property
    def retry_after(self) -> float:
        """Seconds after which to look again, here or at another process: not all at the same moment."""
        return random.uniform(0.5, 4.0)

    def begin(self) -> None:
        """From now on nobody is let in to stay, and nothing new is taken in hand."""
        if self._until is None:
            self._until = monotonic() + self._within

    def waits_for(self, finish: Callable[[], Awaitable[None]]) -> None:
        """Call this when the house closes: it brings to its end what is in hand then."""
        self._in_hand.append(finish)

    async def finish(self) -> None:
        """Everything that is in hand comes to its end, all beside each other; at the deadline it is left as it is."""
        self.begin()
        parts = [asyncio.ensure_future(finish()) for finish in self._in_hand]
        if parts:
            _, late = await asyncio.wait(parts, timeout=self.left)
            for part in late:
                part.cancel()
        for came_of in await asyncio.gather(*parts, return_exceptions=True):
            if isinstance(came_of, Exception):
                _log.error("something was not finished", exc_info=came_of)
