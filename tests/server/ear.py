"""Somebody who listens at one end of a bus, and the two ends of one that goes through Redis."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from server.bus.bus import Bus
from server.bus.redis_bus import RedisBus
from server.bus.redis_url import RedisAddress

SECRET = b"the secret of a desk, long enough to be one"
PATIENCE = 30.0  # seconds


class Ear:
    """Listens at one end of a bus."""

    def __init__(self, bus: Bus) -> None:
        self.rings = 0
        self.whispers: list[tuple[str, dict[str, Any]]] = []
        self._heard = asyncio.Event()
        bus.listen(rung=self._ring, whispered=self._whisper)

    async def hears(self, *, rings: int = 0, whispers: int = 0) -> None:
        """Wait until at least so much has arrived."""
        async with asyncio.timeout(PATIENCE):
            while self.rings < rings or len(self.whispers) < whispers:
                self._heard.clear()
                await self._heard.wait()

    def _ring(self) -> None:
        asyncio.get_running_loop()  # raises off the event loop
        self.rings += 1
        self._heard.set()

    def _whisper(self, topic: str, frame: dict[str, Any]) -> None:
        asyncio.get_running_loop()  # raises off the event loop
        self.whispers.append((topic, frame))
        self._heard.set()


async def until(holds: Callable[[], object]) -> None:
    """Wait for something that must come."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if holds():
                return
            await asyncio.sleep(0.005)


def a_bus(url: str, process: str, *, secret: bytes = SECRET) -> RedisBus:
    return RedisBus(RedisAddress.parse(url), secret=secret, process=process)


@contextlib.asynccontextmanager
async def two_buses(url: str, other: str | None = None) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """As two processes hold them, once each hears itself."""
    async with a_bus(url, "one").running() as one, a_bus(other or url, "two").running() as two:
        await until(lambda: one.connected and two.connected)
        yield one, two
