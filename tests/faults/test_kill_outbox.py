"""kill -9 while mail goes out: each is sent once, or is said to be uncertain; none is forgotten."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.faults import laws
from tests.faults.day import hurry
from tests.faults.desk import address, furnished, rows, until_not
from tests.faults.furnishing import mails_wait
from tests.faults.laws import report
from tests.faults.relay import SlowRelay
from tests.running import RunningDesk

ENDS = {"sent", "indeterminate"}


async def rounds(folder: Path, seed: int, kills: int) -> None:
    """Answers wait in the outbox of a demo desk; it is killed while they go out, then left in peace."""
    dice = random.Random(seed)
    async with SlowRelay() as relay:
        settings = {
            "FRONTDESK_DATABASE_URL": address(folder / "data" / "frontdesk.db"),
            **by_way_of(relay.port),
            "FRONTDESK_LOG_LEVEL": "warning",
        }
        desk = RunningDesk(folder, demo=False, settings=settings)
        await answers_wait(desk.database, kills * 16)
        for _ in range(kills):
            await asyncio.to_thread(desk.start)
            relay.took.clear()
            async with asyncio.timeout(30):
                await relay.took.wait()
            await asyncio.sleep(dice.uniform(0, 0.25))  # the moment of the fault, drawn from the seed
            await asyncio.to_thread(desk.kill)
        hurry(desk.database)
        await asyncio.to_thread(desk.start)
        try:
            await _all_ended(desk.database)
        finally:
            await asyncio.to_thread(desk.stop)
    judge(desk.database, relay.taken, seed)


def by_way_of(port: int) -> dict[str, str]:
    """The settings of a desk whose mail goes to a relay at this port."""
    return {
        "FRONTDESK_MAIL_RELAY_HOST": "127.0.0.1",
        "FRONTDESK_MAIL_RELAY_PORT": str(port),
        "FRONTDESK_MAIL_RELAY_SECURITY": "none",
    }


def judge(database: Path, taken: Counter[str], seed: int) -> None:
    states = dict(rows(database, "select mail_id, state from outgoing"))
    ends = Counter(states.values())
    print(f"seed {seed}: {dict(ends)}, the relay took {taken.total()}")

    assert "" == report(laws.mail_out(states, taken), [], seed=seed)
    assert ends["sent"] > ends["indeterminate"]


async def answers_wait(path: Path, count: int) -> None:
    """In the outbox of a desk that nobody has opened yet."""
    async with furnished(path) as desk:
        await mails_wait(desk, count)


async def _all_ended(database: Path) -> None:
    states = "select distinct state from outgoing"
    await until_not(lambda: {state for (state,) in rows(database, states)} - ENDS, "mail is still waiting")


async def test_a_few_kills_send_nothing_twice(tmp_path: Path) -> None:
    await rounds(tmp_path, seed=20261122, kills=2)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
async def test_fifty_kills_send_nothing_twice(tmp_path: Path, seed: int) -> None:
    await rounds(tmp_path, seed=seed, kills=10)
