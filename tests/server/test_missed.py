"""Who comes back hears all that they missed, or that they must load everything anew; a crowd costs one reading."""

from __future__ import annotations

import asyncio

from server.missed import MOST_ROWS, MOST_TOGETHER
from tests.server.feeding import EPOCH, House, following, held_by, house
from tickets.live import Outbox, Topic

__all__ = ["house"]


def chatting(ticket: int) -> frozenset[Topic]:
    return frozenset({Topic(f"chat:{ticket}")})


async def comes_back(house: House, topics: frozenset[Topic], cursor: int) -> list[int] | None:
    """The positions that they hear of; None where they are to load everything anew."""
    outbox = Outbox()
    complete = await house.feed.follow(outbox, topics, cursor=cursor, epoch=EPOCH)
    return held_by(outbox) if complete else None


async def test_a_busy_desk_puts_no_visitor_far_behind(house: House) -> None:
    """Two thousand came back after a restart, each to the whole state: there had been 500 events, of the others."""
    await house.happens(1, *[2] * (MOST_ROWS + 5), 1)
    await house.steps()
    assert [1, MOST_ROWS + 7] == await comes_back(house, chatting(1), 0)
    assert (None, None) == (await comes_back(house, chatting(2), 0), await comes_back(house, following(1), 0))


async def test_a_crowd_asks_once_and_each_hears_their_own(house: House) -> None:
    """Among them two tabs of one visitor that broke at different moments, a console, and one that cannot be told."""
    await house.happens(1, 2, 3, 1, 2, 3)
    await house.steps()
    readings = 0
    read = house.desk.read

    async def counting(query: object, *args: object) -> object:
        nonlocal readings
        readings += 1
        return await read(query, *args)  # type: ignore[arg-type]

    house.desk.read = counting  # type: ignore[method-assign, assignment]
    asked = [(chatting(1), 0), (chatting(1), 3), (chatting(2), 2), (following(3), 1), (chatting(3), -1)]
    heard = await asyncio.gather(*(comes_back(house, topics, cursor) for topics, cursor in asked))
    assert [[1, 4], [4], [5], [3, 6], None] == heard
    assert readings == 1


async def test_what_cannot_be_shown_to_one_is_shown_to_the_others(house: House) -> None:
    await house.happens(1, 2)
    await house.steps()
    house.teller.unsayable = {1}
    heard = await asyncio.gather(comes_back(house, chatting(1), 0), comes_back(house, chatting(2), 0))
    assert (None, [2]) == (heard[0], heard[1])


async def test_more_than_one_reading_holds_are_all_answered(house: House) -> None:
    crowd = range(1, MOST_TOGETHER + 20)
    await house.happens(*crowd)
    await house.steps()
    heard = await asyncio.gather(*(comes_back(house, chatting(one), 0) for one in crowd))
    assert [[one] for one in crowd] == heard
