"""Frames go out in order and at once where the wire takes them; a question that many ask is asked once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tickets.live import MOST_BYTES, MOST_FRAMES, SLOW, Outbox, Together
from tickets.parcel import Parcel


class NarrowWire:
    """Takes frames at once until it is told to be busy; whoever waits to send waits until it is free."""

    def __init__(self) -> None:
        self.carried: list[bytes] = []
        self.at_once = 0
        self.free = asyncio.Event()
        self.free.set()

    def post(self, parcel: Parcel) -> bool:
        if self.free.is_set():
            self.carried += parcel.frames
            self.at_once += 1
        return self.free.is_set()

    async def send(self, frame: bytes) -> None:
        await self.free.wait()
        self.carried.append(frame)


async def settled() -> None:
    """All that can go on without anybody's help has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_frames_go_at_once_until_the_wire_is_busy_and_in_order_ever_after() -> None:
    wire = NarrowWire()
    outbox = Outbox(wire.post)
    outbox.put(b"0")  # before anybody pumps
    pumping = asyncio.create_task(outbox.pump(wire.send))
    await settled()
    outbox.put(b"1")
    wire.free.clear()
    outbox.put(b"2")
    await settled()  # the pump holds it in its hands, and nothing is queued
    wire.free.set()
    outbox.put(b"3")
    await settled()
    outbox.put(b"4", b"5")
    outbox.close(1000)
    outbox.put(b"too late")
    assert 1000 == await pumping
    assert [b"0", b"1", b"2", b"3", b"4", b"5"] == wire.carried
    assert wire.at_once == 2, "the first before it was busy, and the last one after it"


async def test_no_more_goes_at_once_than_may_wait() -> None:
    wire = NarrowWire()
    outbox = Outbox(wire.post)
    pumping = asyncio.create_task(outbox.pump(wire.send))
    await settled()
    outbox.put(*[b"x" * (MOST_BYTES // 2)] * 3)
    assert (SLOW, []) == (outbox.code, wire.carried)
    assert SLOW == await pumping


async def test_who_has_sent_everything_is_not_slow_for_what_is_long_by_itself() -> None:
    """They were cut off, came back, and got the same again: no numbers of a desk with thousands of queues arrived."""
    wire = NarrowWire()
    outbox = Outbox(wire.post)
    pumping = asyncio.create_task(outbox.pump(wire.send))
    long = b"x" * (MOST_BYTES + 1)
    for _ in range(2):
        await settled()
        outbox.put(long)
    assert (None, [long]) == (outbox.code, wire.carried)
    wire.free.clear()
    await settled()
    outbox.put(long, b"x")
    assert SLOW == outbox.code
    wire.free.set()
    assert SLOW == await pumping


async def test_a_busy_wire_is_no_way_around_the_bounds() -> None:
    wire = NarrowWire()
    outbox = Outbox(wire.post)
    pumping = asyncio.create_task(outbox.pump(wire.send))
    await settled()
    wire.free.clear()
    for _ in range(MOST_FRAMES + 1):
        outbox.put(b"x")
    assert (SLOW, []) == (outbox.code, wire.carried)
    assert SLOW == await pumping


async def test_what_many_ask_at_once_is_asked_once_and_never_answered_from_before() -> None:
    asked: list[list[str]] = []
    going, told = asyncio.Event(), asyncio.Event()

    async def ask(names: list[str]) -> Sequence[str]:
        asked.append(names)
        going.set()
        await told.wait()
        return [f"{name} {len(asked)}" for name in names]

    together = Together(ask, most=2)
    first = asyncio.create_task(together.of("Sam"))
    await going.wait()
    others = [asyncio.create_task(together.of(name)) for name in ("Sam", "Priya", "Sam", "李静")]
    await settled()
    told.set()
    assert "Sam 1" == await first
    assert ["Sam 2", "Priya 2", "Sam 2", "李静 3"] == await asyncio.gather(*others)
    assert [["Sam"], ["Sam", "Priya"], ["李静"]] == asked


async def test_a_question_that_fails_fails_for_those_who_asked_it_and_for_nobody_later() -> None:
    fails = True

    async def ask(names: list[str]) -> Sequence[str]:
        if fails:
            raise ZeroDivisionError
        return names

    together = Together(ask, most=10)
    both = await asyncio.gather(together.of("Sam"), together.of("Priya"), return_exceptions=True)
    assert [ZeroDivisionError, ZeroDivisionError] == [type(one) for one in both]
    fails = False
    assert "Sam" == await together.of("Sam")


async def test_who_gave_up_asking_keeps_no_answer_from_the_others() -> None:
    async def ask(names: list[str]) -> Sequence[str]:
        await settled()
        return names

    together = Together(ask, most=10)
    gone, stays = (asyncio.create_task(together.of("Sam")) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert "Sam" == await stays
    with pytest.raises(asyncio.CancelledError):
        await gone
