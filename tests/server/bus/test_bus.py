"""What any bus must do, whichever carries it: these laws take the bus as they find it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest

from server.bus.bus import Bus, LocalBus
from tests.server.ear import Ear, two_buses
from tests.servers.redis import a_redis

# Each gives two ends of one bus, as two processes hold them.


@contextlib.asynccontextmanager
async def one_local_bus() -> AsyncIterator[tuple[Bus, Bus]]:
    """One process: both ends are the same."""
    async with LocalBus().running() as bus:
        yield bus, bus


@contextlib.asynccontextmanager
async def two_ends_of_redis() -> AsyncIterator[tuple[Bus, Bus]]:
    with a_redis() as server:
        async with two_buses(server.url) as (here, there):
            yield here, there


BUSES = [one_local_bus, two_ends_of_redis]


@pytest.fixture(params=BUSES, ids=lambda make: make.__name__)
async def ends(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Bus, Bus]]:
    async with request.param() as made:
        yield made


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


async def test_whoever_comes_later_misses_it_and_harms_nobody(ends: tuple[Bus, Bus]) -> None:
    """A lost ring costs a glance, a lost whisper a hint."""
    early = Ear(ends[1])
    ends[0].ring()
    ends[0].whisper("ticket:42", {"typing": True})
    await early.hears(whispers=1)

    ear = Ear(ends[1])
    ends[0].whisper("ticket:42", {"typing": False})
    await ear.hears(whispers=1)

    assert [("ticket:42", {"typing": False})] == ear.whispers


async def test_who_listens_here_hears_at_once(ends: tuple[Bus, Bus]) -> None:
    """Not by way of another process: what one did oneself is not late because Redis is."""
    ear = Ear(ends[0])

    ends[0].ring()
    ends[0].whisper("ticket:42", {"typing": True})

    assert (1, [("ticket:42", {"typing": True})]) == (ear.rings, ear.whispers)


async def test_nobody_hears_their_own_words_twice(ends: tuple[Bus, Bus]) -> None:
    here, there = Ear(ends[0]), Ear(ends[1])

    ends[0].whisper("ticket:42", {"n": 1})
    await there.hears(whispers=1)
    ends[1].whisper("ticket:42", {"n": 2})
    await here.hears(whispers=2)

    assert [1, 2] == [frame["n"] for _, frame in here.whispers]
