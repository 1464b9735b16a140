"""kill -9 while the scheduler warns and breaches: every promise that was broken is stamped once, at its due time, and
told at most 5 s later by a desk that runs, and 10 s after one that had died is ready again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
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
from tickets.moment import from_micros
from tickets.status import Channel

TARGET = timedelta(minutes=1)
WHILE_RUNNING, AFTER_A_RESTART = timedelta(seconds=5), timedelta(seconds=10)
Life = tuple[datetime, datetime]  # when the desk was started, and when it was ready


async def rounds(folder: Path, seed: int, kills: int) -> list[timedelta]:
    """Promises fall due one after the other while the desk is killed again and again. By how much each that was told
    too late was: what takes place in seconds is for a machine with nothing else to do.
    """
    dice = random.Random(seed)
    place = {"FRONTDESK_DATABASE_URL": address(folder / "data" / "frontdesk.db")}
    desk = RunningDesk(folder, demo=False, settings={"FRONTDESK_LOG_LEVEL": "warning", **place})
    count = await _promises(desk.database, kills * 3.0)
    lives = list[Life]()
    for _ in range(kills):
        lives.append(await _started(desk))
        await asyncio.sleep(dice.uniform(0.3, 1.3))  # the moment of the fault, drawn from the seed
        await asyncio.to_thread(desk.kill)
    lives.append(await _started(desk))
    try:
        await _all_due(desk.database, count)
    finally:
        await asyncio.to_thread(desk.stop)
    judge(desk.database, seed, count)
    return too_late(desk.database, lives)


def judge(database: Path, seed: int, count: int) -> None:
    breached = rows(database, "select due_at from sla_clock where breached_at is not null")
    print(f"seed {seed}: {len(breached)} promises, the last due at {max(breached)[0]}")

    assert "" == report(judged(database, [], {}), [], seed=seed)
    assert count == len(breached)


def too_late(database: Path, lives: Sequence[Life]) -> list[timedelta]:
    """By how much, of each that was told later than it may be."""
    told = rows(
        database, "select l.at, c.due_at from log l join sla_clock c using (ticket_id) where kind = 'SlaBreached'"
    )
    found = []
    for at, due in ((from_micros(at), from_micros(due)) for at, due in told):
        ready = max(ready for started, ready in lives if started <= at)
        found.append(at - max(due + WHILE_RUNNING, ready + AFTER_A_RESTART))
        assert at >= due, "never early"
    print(f"told at the latest {max(at - due for at, due in told) / 1e6:.1f} s after the due time")
    return [late for late in found if late > timedelta()]


async def _started(desk: RunningDesk) -> Life:
    started = datetime.now(UTC)
    await asyncio.to_thread(desk.start)
    return started, datetime.now(UTC)


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
async def test_fifty_kills_breach_nothing_twice_and_nothing_late(tmp_path: Path, seed: int) -> None:
    assert [] == await rounds(tmp_path, seed=seed, kills=10)
