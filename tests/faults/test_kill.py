"""kill -9 in the middle of sends: nothing acknowledged is lost, nothing is doubled, every timeline is without a gap."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.checker import View, faults, misread, no_beginning
from tests.faults.day import ROOMY, a_moment
from tests.faults.desk import address, is_whole, until_not
from tests.faults.history import History, Line, sends
from tests.faults.judging import what_is_kept
from tests.faults.laws import report
from tests.faults.visitors import Visitor
from tests.running import RunningDesk

VISITORS = 8


async def rounds(folder: Path, seed: int, count: int) -> None:
    """Kill and restart the desk `count` times at random moments while visitors talk; then compare."""
    dice = random.Random(seed)
    desk = RunningDesk(folder, settings={**ROOMY, "FRONTDESK_DATABASE_URL": address(folder / "data" / "frontdesk.db")})
    await asyncio.to_thread(desk.start)
    history = History(folder / "history.jsonl")
    try:
        visitors = [
            Visitor(desk.url, f"{seed}.{n}", history, forgetful=n % 4 == 3, nervous=n % 4 == 2) for n in range(VISITORS)
        ]
        await asyncio.gather(*(visitor.arrive() for visitor in visitors))
        talking = [asyncio.create_task(visitor.talk()) for visitor in visitors]
        for _ in range(count):
            await _somebody_was_answered(visitors, talking)
            await asyncio.sleep(a_moment(dice))
            await asyncio.to_thread(desk.kill)
            await asyncio.to_thread(desk.start)
        await _somebody_was_answered(visitors, talking)
        for visitor in visitors:
            visitor.stop()
        async with asyncio.timeout(60):
            await asyncio.gather(*talking)
        views = [(visitor.author, visitor.view) for visitor in visitors]
        views += [(visitor.author, await visitor.look()) for visitor in visitors]
    finally:
        await asyncio.to_thread(desk.stop)
        history.close()
    judge(desk, visitors, views, history.lines(), seed)

    assert all(visitor.breaks >= count for visitor in visitors), "each line was broken each time"
    assert sum(visitor.acknowledged for visitor in visitors) > count * VISITORS, "it was worth killing"


def judge(
    desk: RunningDesk, visitors: list[Visitor], views: list[tuple[str, View]], lines: list[Line], seed: int
) -> None:
    """Read the file itself, with nothing of ours running."""
    assert is_whole(desk.database)
    sent = sends(lines)
    kept, log = what_is_kept(desk.database, {visitor.author for visitor in visitors})
    found = faults(sent, kept, log)
    for author, view in views:
        found += misread(author, view, kept)
    for visitor in visitors:
        found += [fault for view in visitor.seen_so_far for fault in no_beginning(visitor.author, view, kept)]
    ends = Counter(one.end.value for one in sent)
    print(f"seed {seed}: {len(sent)} sent {dict(ends)}, {len(kept)} kept, {len(log)} events")

    assert "" == report(found, lines, seed=seed)


async def _somebody_was_answered(visitors: list[Visitor], talking: list[asyncio.Task[None]]) -> None:
    """The desk is at work again; a visitor who has fallen over says so at once."""
    before = [visitor.acknowledged for visitor in visitors]

    def silence() -> bool:
        return [visitor.acknowledged for visitor in visitors] == before

    await until_not(silence, "nobody was answered", every=0.01, people=talking)


async def test_a_few_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    await rounds(tmp_path, seed=20261122, count=4)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
async def test_fifty_kills_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    await rounds(tmp_path, seed=seed, count=10)
