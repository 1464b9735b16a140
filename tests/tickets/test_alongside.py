"""What goes on beside a block begins with it and has ended when the block is left."""

from __future__ import annotations

import asyncio

import pytest

from tickets.live import alongside


class Rounds:
    """Work without an end, which says how it is getting on."""

    def __init__(self) -> None:
        self.begun, self.ended = asyncio.Event(), False
        self.name = ""

    async def go(self) -> None:
        task = asyncio.current_task()
        self.name = task.get_name() if task else ""
        self.begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            self.ended = True


async def test_work_goes_on_as_long_as_the_block_and_no_longer() -> None:
    """Whoever leaves has seen it end: nothing is still at work on a desk that is closed."""
    rounds = Rounds()
    async with alongside(rounds.go(), name="rounds"):
        await rounds.begun.wait()
        assert not rounds.ended

    assert (True, "rounds") == (rounds.ended, rounds.name)


async def test_work_ends_when_the_block_fails() -> None:
    rounds = Rounds()

    async def leaves_by_an_error() -> None:
        async with alongside(rounds.go(), name="rounds"):
            await rounds.begun.wait()
            raise ValueError("the block")

    with pytest.raises(ValueError, match="the block"):
        await leaves_by_an_error()
    assert rounds.ended


async def test_what_ended_the_work_is_not_kept_quiet() -> None:
    async def fails() -> None:
        raise ValueError("the work")

    with pytest.raises(ValueError, match="the work"):
        async with alongside(fails(), name="rounds"):
            await asyncio.sleep(0)
