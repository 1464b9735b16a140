"""Whoever has a look taken hears of it, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import Session

from tests.cast import a_database, a_desk
from tickets import log
from tickets.desk import Desk
from tickets.errors import Unavailable


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """With four who look."""
    database = a_database(tmp_path)
    async with a_desk(database) as opened:
        yield opened
    database.close()


def thread(_: Session) -> str:
    return threading.current_thread().name


def gives_up(_: Session) -> None:
    raise SystemExit(3)


async def test_what_was_found_or_went_wrong_is_told(desk: Desk) -> None:
    assert 0 == await desk.read(log.newest)
    with pytest.raises(SystemExit):
        await desk.read(gives_up)
    assert threading.current_thread().name != await desk.read(thread)


async def test_whoever_went_away_keeps_nobody(desk: Desk) -> None:
    """Neither while it was under way nor before it was begun."""
    going_on, begun = threading.Event(), threading.Semaphore(0)
    looked: list[str] = []

    def waits(_: Session) -> None:
        begun.release()
        going_on.wait(60)

    def looks(_: Session) -> None:
        looked.append("after all")

    under_way = [asyncio.ensure_future(desk.read(waits)) for _ in range(4)]
    for _ in under_way:
        assert await asyncio.to_thread(begun.acquire, timeout=60)
    never = asyncio.ensure_future(desk.read(looks))
    await asyncio.sleep(0)
    for reply in (*under_way, never):
        reply.cancel()
    going_on.set()

    assert [0] * 9 == await asyncio.gather(*(desk.read(log.newest) for _ in range(9)))
    assert [] == looked


async def test_what_waits_when_the_desk_closes_is_answered(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    async with a_desk(database) as opened:
        asked = [asyncio.ensure_future(opened.read(log.newest)) for _ in range(20)]
        await asyncio.sleep(0)
    assert [0] * 20 == await asyncio.gather(*asked)
    database.close()


async def test_whoever_asks_a_desk_that_is_closed_is_refused(tmp_path: Path) -> None:
    """They waited for ever: nobody was left to look."""
    database, house = a_database(tmp_path), contextlib.AsyncExitStack()
    opened = await house.enter_async_context(a_desk(database))
    leaving = asyncio.create_task(house.aclose())
    async with asyncio.timeout(60):
        while not leaving.done():
            with contextlib.suppress(Unavailable):
                assert 0 == await opened.read(log.newest)
            await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await opened.read(log.newest)
    database.close()
