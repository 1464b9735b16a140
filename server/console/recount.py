"""What is counted anew a moment after something happened: once for all of it, however much it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import structlog

from tickets.bell.live import Bell
from tickets.live import alongside


def _always() -> bool:
    return True


class Recount:
    """Counts when it is stirred, with a `pause` after each count; if `wanted`, also after the `longest` wait.

    Both in seconds. A count that fails is logged under `name`, and the next one is made all the same.
    """

    def __init__(
        self,
        name: str,
        count: Callable[[], Awaitable[None]],
        *,
        pause: float,
        longest: float | None = None,
        wanted: Callable[[], bool] = _always,
    ) -> None:
        self._name = name
        self._count = count
        self._pause = pause
        self._longest = longest
        self._wanted = wanted
        self._stirred = Bell()
        self._log = structlog.get_logger(f"frontdesk.{name}")

    def stir(self) -> None:
        """The last count may not hold any more. Whoever begins to want one says so by this, too."""
        if self._wanted():  # every word that is said stirs: a task is not woken to find that nobody looks
            self._stirred.ring()

    def running(self) -> AbstractAsyncContextManager[None]:
        return alongside(self._run(), name=self._name)

    async def _run(self) -> None:
        while True:
            await self._stirred.heard(within=self._longest if self._wanted() else None)
            if self._wanted():
                try:
                    await self._count()
                except Exception:
                    self._log.exception("count failed")
                await asyncio.sleep(self._pause)
