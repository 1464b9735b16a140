"""kill -9 while twenty write at once: ten by socket, five by request, five by mail (F1). Nothing confirmed is lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.engine import scaled
from tests.faults.checker import misread, no_beginning
from tests.faults.day import Day, a_moment, hurry, unfinished
from tests.faults.desk import until_not
from tests.faults.history import MAIL, sends
from tests.faults.judging import judged, what_is_kept
from tests.faults.laws import report
from tests.faults.pollers import Poller
from tests.faults.senders import Sender
from tests.faults.visitors import Visitor

SOCKETS, REQUESTS, MAILS = 10, 5, 5
SEEDS = range(5 if scaled() else 10)  # of twenty kills each: two hundred on SQLite, a hundred on PostgreSQL


async def rounds(folder: Path, seed: int, kills: int) -> None:
    """Kill and restart the desk at random moments while all of them write; then compare."""
    dice = random.Random(seed)
    async with Day(folder) as day:
        await asyncio.to_thread(day.desk.start)
        visitors = [Visitor(day.desk.url, f"{seed}.{n}", day.history, nervous=n % 3 == 1) for n in range(SOCKETS)]
        visitors += [Poller(day.desk.url, f"{seed}.p{n}", day.history) for n in range(REQUESTS)]
        senders = [Sender(day.mail_port, f"s{seed}-{n}", day.history, forgetful=n == 2) for n in range(MAILS)]
        day.visitors, day.senders = visitors, senders
        day.people = [asyncio.create_task(visitor.talk()) for visitor in visitors]
        day.people += [asyncio.create_task(sender.send()) for sender in senders]
        for _ in range(kills):
            await _all_kinds_are_answered(day)
            await asyncio.sleep(a_moment(dice))
            await asyncio.to_thread(day.desk.kill)
            hurry(day.desk.database)
            await asyncio.to_thread(day.desk.start)
        await _all_kinds_are_answered(day)
        for visitor in visitors:
            visitor.stop()
        for sender in senders:
            sender.stop()
        async with asyncio.timeout(120):
            await asyncio.gather(*day.people)
        await until_not(lambda: unfinished(day.desk.database), "the day does not end", seconds=120)
        await asyncio.to_thread(day.desk.stop)
        _judge(day, seed, kills)


async def _all_kinds_are_answered(day: Day) -> None:
    """The desk is at work again, at each of its doors."""

    def told() -> list[int]:
        by_line = [visitor.acknowledged for visitor in day.visitors]
        return [sum(by_line[:SOCKETS]), sum(by_line[SOCKETS:]), sum(sender.taken for sender in day.senders)]

    before = told()

    def silent() -> list[int]:
        return [n for n, (now, then) in enumerate(zip(told(), before, strict=True)) if now == then]

    await until_not(silent, "a kind is not answered", every=0.01, people=day.people)


def _judge(day: Day, seed: int, kills: int) -> None:
    lines = day.history.lines()
    found = judged(day.desk.database, lines, day.relay.taken)
    kept, _ = what_is_kept(day.desk.database, {visitor.author for visitor in day.visitors})
    for visitor in day.visitors:
        found += misread(visitor.author, visitor.view, kept)
        found += [fault for view in visitor.seen_so_far for fault in no_beginning(visitor.author, view, kept)]
    ends, mails = (Counter(one.end.value for one in sends(lines, *op)) for op in ([], [MAIL]))
    print(f"seed {seed}: {kills} kills, said {dict(ends)}, mailed {dict(mails)}, {len(kept)} kept")

    assert "" == report(found, lines, seed=seed)


async def test_a_kill_while_twenty_write_loses_and_doubles_nothing(tmp_path: Path) -> None:
    await rounds(tmp_path, seed=20261122, kills=1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", SEEDS)
async def test_twenty_kills_while_twenty_write_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    await rounds(tmp_path, seed=seed, kills=20)
