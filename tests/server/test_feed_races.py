"""However commits, drawings, steps and newcomers fall together, nobody misses anything and nobody hears it twice."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from itertools import chain
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.feed import AT_A_TIME
from tests.cast import a_database
from tests.server.feeding import EPOCH, House, following, held_by
from tickets import log
from tickets.live import Outbox

TICKETS = st.integers(1, 2)
HAPPENS = st.tuples(st.sampled_from(["happens", "happens, and is drawn"]), st.lists(TICKETS, min_size=1, max_size=3))
STEPS = st.tuples(st.just("steps"), st.just(0))
COMES = st.tuples(st.just("comes"), st.tuples(st.sets(TICKETS, min_size=1), st.integers(0, 6)))
WAITS = st.tuples(st.just("waits"), st.integers(1, 6))
DELAYS = st.lists(st.integers(0, 6), min_size=1, max_size=12)


ROUND = st.tuples(HAPPENS, st.lists(STEPS | COMES | WAITS, min_size=1, max_size=4)).map(lambda two: [two[0], *two[1]])


@given(script=st.lists(ROUND, min_size=2, max_size=8).map(lambda rounds: list(chain(*rounds))), delays=DELAYS)
@settings(max_examples=60, deadline=None)
def test_everyone_hears_everything_after_their_cursor_once_and_in_order(script: list[Any], delays: list[int]) -> None:
    asyncio.run(play(script, delays))


async def test_no_place_is_told_before_all_up_to_it_was_delivered(tmp_path: Path) -> None:
    """In the middle of a burst the sockets have a turn: whoever was told a place then, and broke, missed the rest."""
    database = a_database(tmp_path)
    house, outbox, places = House(database), Outbox(), set[tuple[int, int]]()
    async with house.desk:
        await house.feed.follow(outbox, following(1), cursor=None)
        await house.happens(*[1] * (2 * AT_A_TIME + 1))
        stepping = asyncio.create_task(house.steps())
        while not stepping.done():
            places.add((house.feed.cursor, len(held_by(outbox))))
            await asyncio.sleep(0)
        await stepping
    database.close()

    assert {(0, AT_A_TIME), (0, 2 * AT_A_TIME)} <= places
    assert [] == [(place, delivered) for place, delivered in places if place > delivered]


async def play(script: list[Any], delays: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = a_database(Path(folder))
        house = House(database)
        house.desk.read = reading_late(house, delays)  # type: ignore[method-assign]
        async with house.desk, asyncio.timeout(30):
            await check(house, script)
        database.close()


def reading_late(house: House, delays: list[int]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Reads whose answers come late, each by another number of turns of the loop: that is where races live."""
    turns = [*delays]

    async def read(query: Callable[..., Any], *args: Any) -> Any:
        found = house.desk.look(query, *args)
        turns.append(turns.pop(0))
        for _ in range(turns[-1]):
            await asyncio.sleep(0)
        return found

    return read


async def check(house: House, script: list[Any]) -> None:
    under_way: list[asyncio.Task[None]] = []
    came: list[tuple[Outbox, set[int], int]] = []
    for what, how in script:
        if what.startswith("happens"):
            house.drawing = what.endswith("drawn")
            await house.happens(*how)
        elif what == "steps":
            under_way.append(asyncio.create_task(house.steps()))
        elif what == "comes":
            tickets, back = how
            outbox, cursor = Outbox(), max(0, house.feed.cursor - back)
            came.append((outbox, tickets, cursor))
            follow = house.feed.follow(outbox, following(*tickets), cursor=cursor, epoch=EPOCH)
            under_way.append(asyncio.create_task(all_of_it(follow)))
        else:
            for _ in range(how):
                await asyncio.sleep(0)
    await asyncio.gather(*under_way)
    await house.steps()

    rows = await house.desk.read(log.after, 0)
    assert list(range(1, len(rows) + 1)) == [row.pos for row in rows]
    for outbox, tickets, cursor in came:
        assert [row.pos for row in rows if row.pos > cursor and row.ticket_id in tickets] == held_by(outbox)


async def all_of_it(follow: Coroutine[Any, Any, bool]) -> None:
    assert await follow
