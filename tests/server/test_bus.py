"""What any bus must do, whichever carries it: these laws take the bus as they find it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from server.bus import Bus, LocalBus


class Ear:
    """Listens at one end of a bus."""

    def __init__(self, bus: Bus) -> None:
        self.rings = 0
        self.whispers: list[tuple[str, dict[str, Any]]] = []
        self._heard = asyncio.Event()
        bus.listen(rung=self._ring, whispered=self._whisper)

    async def hears(self, *, rings: int = 0, whispers: int = 0) -> None:
        """Wait until at least so much has arrived."""
        async with asyncio.timeout(5):
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


def one_local_bus() -> tuple[Bus, Bus]:
    """One process: both ends are the same."""
    bus = LocalBus()
    return bus, bus


# Each gives two ends of one bus, as two processes would hold them.
BUSES: list[Callable[[], tuple[Bus, Bus]]] = [one_local_bus]


@pytest.fixture(params=BUSES, ids=lambda make: make.__name__)
def ends(request: pytest.FixtureRequest) -> tuple[Bus, Bus]:
    made: tuple[Bus, Bus] = request.param()
    return made


async def test_a_ring_is_heard_at_both_ends(ends: tuple[Bus, Bus]) -> None:
    here, there = Ear(ends[0]), Ear(ends[1])

    ends[0].ring()

    await here.hears(rings=1)
    await there.hears(rings=1)
    assert (1, 1) == (here.rings, there.rings)


async def test_many_rings_may_be_heard_as_one_but_never_as_none(ends: tuple[Bus, Bus]) -> None:
    ear = Ear(ends[1])

    for _ in range(100):
        ends[0].ring()

    await ear.hears(rings=1)
    assert 1 <= ear.rings <= 100


async def test_whispers_arrive_whole_and_in_order(ends: tuple[Bus, Bus]) -> None:
    ear = Ear(ends[1])
    frames = [{"typing": {"name": "李静", "n": n, "on": True, "none": None, "list": [1.5]}} for n in range(20)]

    for frame in frames:
        ends[0].whisper("ticket:42", frame)

    await ear.hears(whispers=20)
    assert [("ticket:42", frame) for frame in frames] == ear.whispers


async def test_whoever_is_not_there_misses_it_and_harms_nobody(ends: tuple[Bus, Bus]) -> None:
    """A lost ring costs a glance, a lost whisper a hint."""
    ends[0].ring()
    ends[0].whisper("ticket:42", {"typing": True})

    ear = Ear(ends[1])
    ends[0].whisper("ticket:42", {"typing": False})
    await ear.hears(whispers=1)

    assert [("ticket:42", {"typing": False})] == ear.whispers
