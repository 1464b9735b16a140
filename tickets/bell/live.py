"""A bell that one waits at: however often it rings, it is heard once, and what rings too early is not forgotten."""

from __future__ import annotations

import asyncio


class Bell:
    """For one who looks again and again, and for all who know that there is something to see.

    Whoever looks first and takes the ring away afterwards forgets what came during the look, and finds it only when it
    has waited in vain. So the ring is taken by the waiting itself: look after `heard`, and a ring during the look ends
    the next wait at once. On one event loop.
    """

    __slots__ = ("_rung",)

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """There is something to see."""
        self._rung.set()

    async def heard(self, *, within: float | None = None) -> None:
        """Until it rings or has rung since the last time, or until as many seconds are over."""
        if within is None:
            await self._rung.wait()
        else:
            over = asyncio.get_running_loop().call_later(within, self._rung.set)
            try:
                await self._rung.wait()
            finally:
                over.cancel()
        self._rung.clear()
