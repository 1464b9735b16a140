"""Saying what has been seen costs the desk one change at a time, however fast a client counts up."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from chat.limits import ChatLimits, Limits
from chat.line.live import Seeing
from chat.line.socket import VisitorLine
from chat.live import Around
from tickets.errors import Unavailable
from tickets.live import HungUp, InOrder

THERE_ARE = 5  # messages


class SlowDesk:
    """Takes what it is asked to keep, and does it when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self._replies: list[asyncio.Future[int]] = []

    def keep(self, ticket_id: int, seq: int) -> asyncio.Future[int]:
        self.asked.append((ticket_id, seq))
        self._replies.append(asyncio.get_running_loop().create_future())
        return self._replies[-1]

    def begin(self, verb: object, *, ticket_id: int, seq: int, by: str, about: int) -> asyncio.Future[int]:
        return self.keep(ticket_id, seq)

    async def does(self, error: Exception | None = None) -> None:
        """The oldest that is under way; and what follows from it has begun."""
        await self.turns()
        reply, (_, seq) = self._replies.pop(0), self.asked[-1]
        if error is not None:
            reply.set_exception(error)
        else:
            reply.set_result(min(seq, THERE_ARE))
        await self.turns()

    async def turns(self) -> None:
        """All that can go on meanwhile has gone on."""
        for _ in range(5):
            await asyncio.sleep(0)


class CountingUp:
    """A client that says ever higher numbers, without a pause, and hangs up."""

    post = None

    def __init__(self, most: int) -> None:
        self._left = iter(range(1, most + 1))

    async def receive(self) -> str:
        seq = next(self._left, None)
        if seq is None:
            raise HungUp
        await asyncio.sleep(0)
        return f'{{"seen": {{"seq": {seq}}}}}'

    async def send(self, frame: bytes) -> None:
        """Nothing is said to it."""


@pytest.fixture
async def desk() -> SlowDesk:
    return SlowDesk()


@pytest.fixture
async def seeing(desk: SlowDesk) -> Seeing:
    return Seeing(desk.keep, InOrder(most=32).errand)


async def test_a_line_that_counts_up_begins_one_change(desk: SlowDesk) -> None:
    """Each of 2000 frames began a change of its own, and none of them was waited for."""
    around = cast(Around, SimpleNamespace(desk=desk, feed=None, limits=Limits(ChatLimits())))
    line = VisitorLine(CountingUp(2000), around, "203.0.113.7", most=5)
    line.visitor_id, line.ticket_id = 1, 7
    await line._listen()
    assert [(7, 1)] == desk.asked


async def test_the_newest_follows_when_the_first_is_kept(desk: SlowDesk, seeing: Seeing) -> None:
    seeing.upto(7, 1)
    await desk.turns()
    for seq in (2, 4, 3):
        seeing.upto(7, seq)
    await desk.does()
    await desk.does()
    assert [(7, 1), (7, 4)] == desk.asked


async def test_no_more_is_seen_than_there_is(desk: SlowDesk, seeing: Seeing) -> None:
    """Who says too much is not believed, and what comes afterwards can still be seen."""
    seeing.upto(7, 9_000_000)
    await desk.does()
    seeing.upto(7, THERE_ARE)
    await desk.turns()
    assert [(7, 9_000_000)] == desk.asked


async def test_another_ticket_counts_from_its_own_beginning(desk: SlowDesk, seeing: Seeing) -> None:
    seeing.upto(7, 4)
    await desk.does()
    seeing.upto(8, 1)
    await desk.does()
    assert [(7, 4), (8, 1)] == desk.asked


async def test_what_failed_may_be_said_again(desk: SlowDesk, seeing: Seeing) -> None:
    seeing.upto(7, 4)
    await desk.does(Unavailable("Not now."))
    seeing.upto(7, 4)
    await desk.does()
    assert [(7, 4), (7, 4)] == desk.asked
    seeing.upto(7, 4)
    await desk.turns()
    assert 2 == len(desk.asked)
