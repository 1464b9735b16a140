"""However much happens, it is counted once; and a count that fails is not the last one."""

from __future__ import annotations

import asyncio

from server.console.recount import Recount


class Counts:
    """How often it was counted; the first `failing` counts fail."""

    def __init__(self, *, failing: int = 0) -> None:
        self.made = 0
        self._failing = failing
        self._one_more = asyncio.Event()

    async def count(self) -> None:
        self.made += 1
        self._one_more.set()
        if self.made <= self._failing:
            raise ValueError("not now")

    async def another(self) -> None:
        async with asyncio.timeout(30):
            await self._one_more.wait()
        self._one_more.clear()


async def test_a_hundred_things_at_once_are_one_count() -> None:
    counts = Counts()
    recount = Recount("counts", counts.count, pause=0)
    async with recount.running():
        for _ in range(100):
            recount.stir()
        await counts.another()
        for _ in range(20):
            await asyncio.sleep(0)

    assert 1 == counts.made


async def test_after_a_count_that_failed_comes_the_next() -> None:
    counts = Counts(failing=1)
    recount = Recount("counts", counts.count, pause=0)
    async with recount.running():
        recount.stir()
        await counts.another()
        recount.stir()
        await counts.another()

    assert 2 == counts.made


async def test_what_nobody_wants_is_not_counted() -> None:
    counts = Counts()
    recount = Recount("counts", counts.count, pause=0, longest=0.001, wanted=lambda: False)
    async with recount.running():
        recount.stir()
        for _ in range(20):
            await asyncio.sleep(0)

    assert 0 == counts.made


async def test_what_is_wanted_is_counted_though_nothing_stirs() -> None:
    counts = Counts()
    async with Recount("counts", counts.count, pause=0, longest=0.001).running():
        await counts.another()
        await counts.another()

    assert 2 <= counts.made
