"""When the house closes, everything that is in hand comes to its end beside each other, under one deadline."""

from __future__ import annotations

import asyncio

from tickets.closing.live import Closing, InHand

ENDLESS = 3600.0  # seconds: no story waits for it


async def test_all_that_is_in_hand_is_finished_beside_each_other() -> None:
    """One after the other, each with a patience of its own, they took longer than whoever stops the house waits."""
    closing, told, both = Closing(ENDLESS), list[str](), asyncio.Barrier(2)

    async def people() -> None:
        told.append("people")
        await both.wait()  # comes to its end only while the other one is under way

    async def mail() -> None:
        told.append("mail")
        await both.wait()
        told.append("mail is done")

    closing.waits_for(people)
    closing.waits_for(mail)
    await closing.finish()
    assert ["people", "mail", "mail is done"] == told


async def test_what_is_late_is_left_as_it_is_and_the_rest_is_done() -> None:
    closing, told = Closing(0.01), list[str]()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.append("was left")

    async def quick() -> None:
        told.append("done")

    async def broken() -> None:
        raise OSError

    for part in (stubborn, quick, broken):
        closing.waits_for(part)
    await closing.finish()
    assert (["done", "was left"], 0.0) == (told, closing.left)


async def test_the_time_begins_once() -> None:
    closing = Closing(ENDLESS)
    assert (False, ENDLESS) == (closing.begun, closing.left)
    closing.begin()
    left = closing.left
    closing.begin()
    assert closing.begun
    assert 0 < closing.left <= left < ENDLESS


async def test_a_wait_for_what_is_under_way_ends_with_the_last_of_it() -> None:
    in_hand = InHand()
    await in_hand.over()
    with in_hand.one():
        waiting = asyncio.create_task(in_hand.over())
        with in_hand.one():
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
