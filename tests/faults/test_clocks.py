"""Clocks that jump, and two that disagree: a promise is broken once, at its due time, and never early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from routing.sla.chores import CHORES
from routing.sla.policy import Terms, add_policy
from server.app import REACTIONS
from server.database import Database, migrate
from server.scheduler import Scheduler
from tests.cast import MONDAY, MovedClock
from tests.engine import about_postgres, about_sqlite, database_url
from tests.faults.desk import a_question, furnished, rows, until_not
from tests.faults.judging import judged, promised
from tests.faults.laws import promises, report
from tests.faults.tools import program
from tests.running import RunningDesk
from tickets.change import Change
from tickets.desk import Desk
from tickets.moment import Clock, DatabaseClock, to_micros
from tickets.reactions import Reactions
from tickets.status import Channel

TARGET = timedelta(minutes=30)
"""Until the first reply."""


def _promise(change: Change) -> None:
    terms = {"normal": {"minutes": int(TARGET.total_seconds() / 60), "business": False}}
    add_policy(change, Terms(name="Everything", targets={"first_reply": terms}))


@asynccontextmanager
async def schedulers(folder: Path, *clocks: Clock) -> AsyncIterator[list[tuple[Desk, Scheduler]]]:
    """As many processes on one database, each with a clock of its own; the first one is asked something."""
    async with AsyncExitStack() as stack:
        found = []
        for clock in clocks:
            database = Database(database_url(folder))
            stack.callback(database.close)
            migrate(database)
            desk = Desk(database.writes, database.reads, clock=clock, reactions=Reactions(REACTIONS))
            found.append((await stack.enter_async_context(desk), Scheduler(desk, CHORES)))
        desk = found[0][0]
        await desk.change(_promise, by="system")
        await desk.change(a_question, 1, channel=Channel.PORTAL, by="system")
        yield found


@about_sqlite
async def test_a_clock_that_jumps_breaks_a_promise_once_and_at_its_due_time(tmp_path: Path) -> None:
    """An hour ahead, two hours back, and on again."""
    clock, told = MovedClock(), []
    async with schedulers(tmp_path, clock) as [(desk, scheduler)]:
        for hours in (0, 1, -2, 2, -1, 3):
            clock.moves(hours=hours)
            await scheduler.look()
            (one,) = await desk.read(promised)
            told.append(one.breached_at)
        found = await desk.read(promised)

    due = MONDAY + TARGET
    assert "" == report(promises(found), [], seed="jumps")
    assert [None, *[due] * 5] == [datetime.fromtimestamp(at / 1e6, UTC) if at else None for at in told]


@about_sqlite
async def test_two_clocks_that_disagree_break_a_promise_once(tmp_path: Path) -> None:
    """Thirty seconds apart, around the due time."""
    slow, fast = MovedClock(MONDAY), MovedClock(MONDAY + timedelta(seconds=30))
    async with schedulers(tmp_path, slow, fast) as both:
        for clock in (slow, fast):
            clock.moves(minutes=29, seconds=29)
        for _ in range(4):
            for _, scheduler in (*both, *reversed(both)):
                await scheduler.look()
            slow.moves(seconds=15)
            fast.moves(seconds=15)
        found = await both[0][0].read(promised)

    assert "" == report(promises(found), [], seed="apart")
    assert [1] == [one.told for one in found]


@about_postgres
async def test_what_clocks_that_have_strayed_take_for_due_is_not_by_the_clock_of_the_database(tmp_path: Path) -> None:
    """An hour behind and an hour ahead, looking by turns; one promise is over, another has half an hour left."""
    earlier = MovedClock(datetime.now(UTC) - timedelta(minutes=45))
    async with schedulers(tmp_path, earlier, DatabaseClock(), DatabaseClock()) as [(desk, _), (slow, _), (fast, _)]:
        await slow.change(a_question, 2, channel=Channel.PORTAL, by="system")
        told = []
        for one, astray in ((slow, -1), (fast, 1), (slow, -1), (fast, 1)):
            await _looks_astray(one, timedelta(hours=astray))
            told.append([promise.told for promise in await desk.read(promised)])
        found = await desk.read(promised)

    assert "" == report(promises(found), [], seed="astray")
    assert [[0, 0], [1, 0], [1, 0], [1, 0]] == [sorted(each, reverse=True) for each in told]
    assert 1 == len([one for one in found if one.breached_at is not None and one.due_at < to_micros(datetime.now(UTC))])


async def _looks_astray(desk: Desk, by: timedelta) -> None:
    """Any change tells its clock the time; before each look it has strayed anew."""
    assert isinstance(desk.clock, DatabaseClock)
    for chore in CHORES:
        desk.clock.hears(datetime.now(UTC) + by)
        await Scheduler(desk, [chore]).look()


@pytest.mark.faults
async def test_the_wall_clock_of_a_running_desk_jumps(tmp_path: Path) -> None:
    """An hour ahead and two hours back, under a real process: libfaketime, without touching the monotonic clock."""
    library = _faketime()
    offset = tmp_path / "offset"
    offset.write_text("+0\n")
    settings = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FRONTDESK_LOG_LEVEL": "warning",
    }
    desk = RunningDesk(tmp_path / "desk", demo=False, settings=settings)
    async with furnished(desk.database) as empty:
        await empty.change(_promise, by="system")
        await empty.change(a_question, 1, channel=Channel.PORTAL, by="system")
    await asyncio.to_thread(desk.start)
    try:
        assert [(None,)] == rows(desk.database, _BREACHED)
        offset.write_text("+1h\n")
        await until_not(lambda: rows(desk.database, _BREACHED) == [(None,)], "the promise is not broken")
        for jump in ("-1h", "+3h"):
            offset.write_text(f"{jump}\n")
            await asyncio.sleep(3)  # several looks of the scheduler
    finally:
        await asyncio.to_thread(desk.stop)

    assert "" == report(judged(desk.database, [], {}), [], seed="faketime")


def _faketime() -> Path:
    program("faketime")
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


_BREACHED = "select breached_at from sla_clock where due_at is not null"
