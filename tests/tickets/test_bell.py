"""Whoever looks after every ring they hear has seen everything, however rings and looks fall together."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from tickets.bell.live import Bell

LATE = 3600.0  # seconds: no story waits for that


class Watchman:
    """Sees, whenever the bell was heard, what there is when the look begins; a look takes several turns of the loop."""

    def __init__(self, *, turns: int) -> None:
        self.bell = Bell()
        self.there = self.seen = self.looks = 0
        self._turns = turns

    def brings(self) -> None:
        self.there += 1
        self.bell.ring()

    async def watches(self, within: float | None) -> None:
        while True:
            await self.bell.heard(within=within)
            found = self.there
            await turns(self._turns)
            self.seen = found
            self.looks += 1


async def turns(many: int) -> None:
    for _ in range(many):
        await asyncio.sleep(0)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=20), st.integers(0, 5), st.sampled_from((None, LATE)))
def test_nothing_that_rang_is_left_for_the_next_glance(pauses: list[int], length: int, within: float | None) -> None:
    """`pauses` are turns of the loop before each thing that comes, so that some come in the midst of a look."""

    async def play() -> None:
        watchman = Watchman(turns=length)
        watching = asyncio.create_task(watchman.watches(within))
        for pause in pauses:
            await turns(pause)
            watchman.brings()
        await turns(3 * (length + 3))
        assert len(pauses) == watchman.seen, "what came during a look waits for somebody else to ring"
        assert watchman.looks <= len(pauses)
        watching.cancel()

    asyncio.run(play())


async def test_a_hundred_rings_are_heard_once() -> None:
    bell = Bell()
    for _ in range(100):
        bell.ring()
    await bell.heard()
    again = asyncio.create_task(bell.heard())
    await turns(5)
    assert not again.done()
    bell.ring()
    await again


async def test_who_has_waited_long_enough_looks_unrung() -> None:
    await asyncio.wait_for(Bell().heard(within=0.001), LATE)


async def test_the_end_of_a_wait_that_was_rung_rings_nobody_later() -> None:
    bell = Bell()
    bell.ring()
    await bell.heard(within=0.001)
    after = asyncio.create_task(bell.heard())
    await asyncio.wait({after}, timeout=0.05)
    assert not after.done(), "the time that a wait might have taken is over with it"
    after.cancel()


async def test_a_wait_that_was_broken_off_takes_no_ring_with_it() -> None:
    bell = Bell()
    waiting = asyncio.create_task(bell.heard(within=LATE))
    await turns(2)
    bell.ring()
    waiting.cancel()
    await asyncio.wait({waiting})
    await asyncio.wait_for(bell.heard(), LATE)
