"""kill -9 of one of two processes: the other goes on, and takes over what was under way (F1)."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from server.app import REACTIONS
from server.database import Database
from tests.faults import laws
from tests.faults.day import a_moment
from tests.faults.desk import until_not
from tests.faults.furnishing import mails_wait
from tests.faults.judging import hands_that_disagree
from tests.faults.laws import report
from tests.faults.relay import SlowRelay
from tests.faults.scaled.people import at_two
from tests.running import RunningDesk
from tests.servers.several import a_floor
from tickets.desk import Desk
from tickets.reactions import Reactions

SEED = 20261122
ENDS = {"sent", "indeterminate"}


async def kills(folder: Path, seed: int, count: int) -> None:
    """Now this one, now that one; the people at the other are answered all the while."""
    dice = random.Random(seed)
    with a_floor(folder) as floor:
        async with at_two(floor, folder, seed) as (people, desks):
            for _ in range(count):
                await people.are_answered()
                await asyncio.sleep(a_moment(dice))
                dies, lives = dice.sample(desks, 2)
                await asyncio.to_thread(dies.kill)
                await people.are_answered(lives)
                await asyncio.to_thread(dies.start)
        assert [] == hands_that_disagree(floor.database)


async def test_a_kill_of_one_of_two_is_not_noticed_at_the_other(tmp_path: Path) -> None:
    await kills(tmp_path, SEED, count=1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(3))
async def test_twenty_kills_of_one_of_two_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    await kills(tmp_path, seed, count=20)


async def taken_over(folder: Path, seed: int, count: int) -> None:
    """Mail goes out from two processes; the one that dies had some of it in its hands."""
    dice = random.Random(seed)
    with a_floor(folder) as floor:
        async with SlowRelay(pause=0.2) as relay:
            mail = {
                "FRONTDESK_MAIL_RELAY_HOST": "127.0.0.1",
                "FRONTDESK_MAIL_RELAY_PORT": str(relay.port),
                "FRONTDESK_MAIL_RELAY_SECURITY": "none",
            }
            desks = [RunningDesk(folder / name, demo=False, settings={**floor.settings, **mail}) for name in "ab"]
            with contextlib.closing(Database(floor.database)) as database:
                async with Desk(database.writes, database.reads, reactions=Reactions(REACTIONS)) as desk:
                    await mails_wait(desk, count * 16)
            try:
                await asyncio.gather(*(asyncio.to_thread(desk.start) for desk in desks))
                killed = 0
                while await _goes_out(relay) and killed < count:
                    await asyncio.sleep(dice.uniform(0, 0.2))  # the moment of the fault, drawn from the seed
                    dies = dice.choice(desks)
                    await asyncio.to_thread(dies.kill)
                    await asyncio.to_thread(dies.start)
                    killed += 1
                await asyncio.gather(*(asyncio.to_thread(desk.kill) for desk in desks))
                _leases_run_out(floor.database)  # of whoever still lives they must not: it would be sent twice
                await asyncio.gather(*(asyncio.to_thread(desk.start) for desk in desks))
                await until_not(lambda: set(_states(floor.database).values()) - ENDS, "mail is still waiting")
            finally:
                await asyncio.gather(*(asyncio.to_thread(desk.stop) for desk in desks))
        states = _states(floor.database)
        ends = Counter(states.values())
        print(f"seed {seed}: {killed} kills, {dict(ends)}, the relay took {relay.taken.total()}")

        assert "" == report(laws.mail_out(states, relay.taken), [], seed=seed)
        assert ends["sent"] > ends["indeterminate"]
        assert killed > 0, "it was worth killing"


async def _goes_out(relay: SlowRelay) -> bool:
    """Whether there is still mail that is nobody's: what the dead had in hand waits until its lease has run out."""
    relay.took.clear()
    try:
        async with asyncio.timeout(20):
            await relay.took.wait()
    except TimeoutError:
        return False
    return True


def _leases_run_out(url: str) -> None:
    """They would in some minutes."""
    with psycopg.connect(url) as server:
        server.execute("update outgoing set due_at = 0 where due_at is not null and state = 'sending'")


def _states(url: str) -> dict[str, str]:
    with psycopg.connect(url) as server:
        return dict(server.execute("select mail_id, state from outgoing").fetchall())


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(2))
async def test_what_one_had_in_hand_the_other_takes_over_and_sends_no_mail_twice(tmp_path: Path, seed: int) -> None:
    await taken_over(tmp_path, seed, count=10)
