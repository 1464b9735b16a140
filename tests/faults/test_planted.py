"""The harness finds the six classical faults in a running desk, each planted alone, and none in an honest one.

A harness that finds nothing in a broken desk proves nothing about a sound one.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.engine import about_sqlite
from tests.faults.checker import Fault
from tests.faults.day import Day, hurry
from tests.faults.desk import until_not
from tests.faults.judging import judged
from tests.faults.laws import report

pytestmark = about_sqlite

SEED = 20261122
FOUND_AS = {
    "acknowledged_before_commit": "lost",
    "numbered_by_the_newest": "gap",
    "forgot_what_was_said": "doubled",
    "breached_again_and_again": "breach not told once",
    "claimed_without_a_lock": "sent twice",
    "kept_after_250": "lost mail",
}


def _day_with(bug: str, folder: Path) -> Day:
    place = {"FRONTDESK_DATABASE_URL": f"sqlite:///{folder / 'data' / 'frontdesk.db'}"}
    return Day(folder, settings=place, starter=(sys.executable, "-m", "tests.faults.planted", bug))


async def _somebody_was_told(day: Day) -> None:
    """An acknowledgement of what was said; and of mail, where there are senders."""

    def nobody() -> bool:
        return not any(one.acknowledged for one in day.visitors) and not any(one.taken for one in day.senders)

    await until_not(nobody, "nobody was told anything", every=0.001, people=day.people)


@pytest.mark.parametrize(("bug", "law"), FOUND_AS.items(), ids=FOUND_AS)
async def test_a_planted_fault_is_found(tmp_path: Path, bug: str, law: str) -> None:
    """The desk is killed as soon as somebody was told something; or else when the fault is there to be seen."""
    async with _day_with(bug, tmp_path) as day:
        await asyncio.to_thread(day.desk.start)
        if bug == "kept_after_250":
            day.people_come(visitors=0, mails=1)
        else:
            day.people_come()
        if law.startswith("lost"):
            await _somebody_was_told(day)
            await asyncio.to_thread(day.desk.kill)
        found: list[Fault] = []

        def hidden() -> bool:
            found[:] = judged(day.desk.database, day.history.lines(), day.relay.taken, quiet=False)
            return not any(fault.law == law for fault in found)

        await until_not(hidden, f"{bug} is not found", seconds=30)
        told = report([fault for fault in found if fault.law == law], day.history.lines(), seed=SEED)
        print(told)

    assert told.startswith(f"seed {SEED}: ")


async def test_an_honest_desk_has_none_of_them(tmp_path: Path) -> None:
    """The same people, the same double looks, and a kill: nothing is found, in the middle of it or at the end."""
    wanted = {"says": 20, "mails": 2, "files": 2}
    async with _day_with("none", tmp_path) as day:
        await asyncio.to_thread(day.desk.start)
        day.people_come(**wanted)
        await _somebody_was_told(day)
        await asyncio.to_thread(day.desk.kill)
        lines = day.history.lines()
        early = judged(day.desk.database, lines, day.relay.taken, quiet=False)
        hurry(day.desk.database)
        await asyncio.to_thread(day.desk.start)
        await day.everything_is_done(**wanted)
        await day.closes()

        assert "" == report(early, lines, seed=SEED)
        assert "" == report(judged(day.desk.database, day.history.lines(), day.relay.taken), lines, seed=SEED)
