"""kill -9 while the scheduler warns and breaches: every promise that was broken is stamped once, at its due time."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from routing.sla.policy import Terms, add_policy
from tests.cast import MovedClock
from tests.faults.desk import a_question, address, furnished, rows, until_not
from tests.faults.judging import judged
from tests.faults.laws import report
from tests.running import RunningDesk
from tickets.change import Change
from tickets.status import Channel

TARGET = timedelta(minutes=1)


async def rounds(folder: Path, seed: int, kills: int) -> None:
    """Promises fall due one after the other while the desk is killed again and again."""
    dice = random.Random(seed)
    place = {"FRONTDESK_DATABASE_URL": address(folder / "data" / "frontdesk.db")}
    desk = RunningDesk(folder, demo=False, settings={"FRONTDESK_LOG_LEVEL": "warning", **place})
    count = await _promises(desk.database, kills * 3.0)
    for _ in range(kills):
        await asyncio.to_thread(desk.start)
        await asyncio.sleep(dice.uniform(0.3, 1.3))  # the moment of the fault, drawn from the seed
        await asyncio.to_thread(desk.kill)
    await asyncio.to_thread(desk.start)
    try:
        await _all_due(desk.database, count)
    finally:
        await asyncio.to_thread(desk.stop)
    judge(desk.database, seed, count)


def judge(database: Path, seed: int, count: int) -> None:
    breached = rows(database, "select due_at from sla_clock where breached_at is not null")
    print(f"seed {seed}: {len(breached)} promises, the last due at {max(breached)[0]}")

    assert "" == report(judged(database, [], {}), [], seed=seed)
    assert count == len(breached)


async def _promises(path: Path, seconds: float) -> int:
    """Tickets that nobody answers, whose first reply is promised for every 50 milliseconds from now on."""
    clock, count = MovedClock(datetime.now(UTC) - TARGET), int(seconds * 20)
    async with furnished(path, clock=clock) as desk:
        await desk.change(_promised, by="system")
        for n in range(count):
            clock.moves(seconds=0.05)
            await desk.change(a_question, n, channel=Channel.PORTAL, by="system")
    return count


def _promised(change: Change) -> None:
    minute = {"minutes": int(TARGET.total_seconds() / 60), "business": False}
    add_policy(change, Terms(name="Everything", targets={"first_reply": {"normal": minute}}))


async def _all_due(database: Path, count: int) -> None:
    stamped = "select 1 from sla_clock where breached_at is not null"
    await until_not(lambda: count - len(rows(database, stamped)), "broken promises are not stamped")


async def test_a_few_kills_breach_nothing_twice(tmp_path: Path) -> None:
    await rounds(tmp_path, seed=20261122, kills=2)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
async def test_fifty_kills_breach_nothing_twice(tmp_path: Path, seed: int) -> None:
    await rounds(tmp_path, seed=seed, kills=10)
