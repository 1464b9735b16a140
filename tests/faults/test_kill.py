"""kill -9 in the middle of sends: nothing acknowledged is lost, nothing is doubled, every timeline is without a gap."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import pytest

from tests.faults.checker import End, Kept, Logged, View, faults, misread
from tests.faults.desk import rows, until_not
from tests.faults.visitors import Visitor
from tests.running import RunningDesk

VISITORS = 8
LIMITS = {
    "FRONTDESK_CHAT_SEND_PER_10S": "1000000",
    "FRONTDESK_CHAT_SEND_PER_HOUR": "1000000",
    "FRONTDESK_CHAT_SEND_PER_MINUTE_PER_ADDRESS": "1000000",
    "FRONTDESK_LOG_LEVEL": "warning",
}


async def rounds(folder: Path, seed: int, count: int) -> None:
    """Kill and restart the desk `count` times at random moments while visitors talk; then compare."""
    dice = random.Random(seed)
    desk = RunningDesk(folder, settings=LIMITS)
    await asyncio.to_thread(desk.start)
    try:
        visitors = [Visitor(desk.url, f"{seed}.{n}", forgetful=n % 4 == 3) for n in range(VISITORS)]
        await asyncio.gather(*(visitor.arrive() for visitor in visitors))
        talking = [asyncio.create_task(visitor.talk()) for visitor in visitors]
        for _ in range(count):
            await _somebody_was_answered(visitors, talking)
            await asyncio.sleep(dice.uniform(0.05, 1.0))  # the moment of the fault, drawn from the seed
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
    judge(desk, visitors, views, seed, count)


def judge(desk: RunningDesk, visitors: list[Visitor], views: list[tuple[str, View]], seed: int, count: int) -> None:
    """Read the file itself, with nothing of ours running."""
    sent = [one for visitor in visitors for one in visitor.sent]
    authors = {visitor.author for visitor in visitors}
    kept, log = _what_is_kept(desk.database, authors)
    found = faults(sent, kept, log)
    for author, view in views:
        found += misread(author, view, kept)
    ends = {end.value: sum(one.end is end for one in sent) for end in End}
    print(f"seed {seed}, {count} kills: {len(sent)} sent {ends}, {len(kept)} kept, {len(log)} events")

    assert [] == found[:5], f"seed {seed}: {len(found)} faults"
    assert all(visitor.breaks >= count for visitor in visitors), "each line was broken each time"
    assert ends["ok"] > count * VISITORS, "it was worth killing"


async def _somebody_was_answered(visitors: list[Visitor], talking: list[asyncio.Task[None]]) -> None:
    """The desk is at work again; a visitor who has fallen over says so at once."""
    before = [visitor.acknowledged for visitor in visitors]

    def silence() -> bool:
        return [visitor.acknowledged for visitor in visitors] == before

    await until_not(silence, "nobody was answered", every=0.01, people=talking)


def _what_is_kept(path: Path, authors: set[str]) -> tuple[list[Kept], list[Logged]]:
    assert [("ok",)] == rows(path, "pragma integrity_check")
    everything = [Kept(*row) for row in rows(path, _MESSAGES)]
    tickets = {message.ticket for message in everything if message.author in authors}
    ours = [message for message in everything if message.ticket in tickets]
    log = [
        Logged(pos, ticket or 0, json.loads(data)["seq"] if kind == "MessageReceived" and ticket in tickets else None)
        for pos, kind, ticket, data in rows(path, "select pos, kind, ticket_id, data from log order by pos")
    ]
    return ours, log


_MESSAGES = """
select m.ticket_id, m.seq, coalesce('visitor:' || v.id, m."by"), m.client_id, m.text
from message m left join visitor v on m."by" = 'customer:' || v.customer_id
"""


async def test_a_few_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    await rounds(tmp_path, seed=20261122, count=4)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
async def test_fifty_kills_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    await rounds(tmp_path, seed=seed, count=10)
