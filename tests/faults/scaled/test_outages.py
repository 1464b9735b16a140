"""What two processes share goes away, is full or stands still: people are told, and it goes on by itself (F5-F8)."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

import psycopg
import pytest
from aiosmtplib import SMTPResponseException, send

from server.database import Database, migrate
from tests.bench.load import quantile
from tests.faults.day import a_moment
from tests.faults.desk import until_not
from tests.faults.scaled.people import at_two
from tests.faults.scaled.second_tab import SecondTab, second_tab
from tests.faults.senders import SUPPORT, a_mail
from tests.faults.test_disk import is_told, reads
from tests.faults.visitors import SITE, a_stranger_is_told, post
from tests.running import RunningDesk, free_port
from tests.servers.postgres import PostgresServer
from tests.servers.redis import a_watched_redis
from tests.servers.several import Agent, Floor, a_floor
from tickets.desk import Desk
from tickets.email.mailbox import add_mailbox

SEED = 20261122
BACK_WITHIN = 10.0  # seconds after the server is there again (reliability.md F8)
HEALS_WITHIN = 5.0  # seconds after there is room again (F5)
HEARD_WITHIN = 27.0  # seconds, without Redis: by the position at the latest (F6)
AS_EVER = 2.0  # seconds (I4)
BLOCKED_WITHIN = 1.0  # seconds, that anybody waits for Redis (F6)


@contextlib.contextmanager
def its_own(folder: Path) -> Iterator[tuple[PostgresServer, Floor]]:
    """A desk on a PostgreSQL that may be killed."""
    server = PostgresServer.in_new_folder()
    server.start()
    try:
        url = server.new_database()
        with contextlib.closing(Database(url)) as database:
            migrate(database)
        with a_floor(folder, at=url) as floor:
            yield server, floor
    finally:
        server.discard()


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(2))
async def test_a_postgres_that_dies_is_waited_for_at_both(tmp_path: Path, seed: int) -> None:
    """As `pg_ctl -m immediate`, in the middle of batches; nothing confirmed is lost when it has recovered.

    Whoever is new is told meanwhile when to come again.
    """
    dice = random.Random(seed)
    with its_own(tmp_path) as (server, floor):
        async with at_two(floor, tmp_path, seed) as (people, desks):
            for _ in range(5):
                await people.are_answered()
                await asyncio.sleep(a_moment(dice))
                await asyncio.to_thread(server.stop, signal.SIGQUIT)
                await asyncio.gather(*(people.somebody_is_refused(desk) for desk in desks))
                assert [(503, True)] * 2 == [await a_stranger_is_told(desk.url) for desk in desks]
                await asyncio.to_thread(server.start)
                began = time.monotonic()
                await people.are_answered(seconds=BACK_WITHIN)
                print(f"answered {time.monotonic() - began:.1f} s after it was back")


@pytest.mark.faults
async def test_sessions_that_are_ended_and_tables_that_are_locked_cost_a_moment(tmp_path: Path) -> None:
    """An operator ends all of ours, again and again; then somebody locks the messages for ten seconds."""
    with its_own(tmp_path) as (server, floor):
        async with at_two(floor, tmp_path, SEED) as (people, desks):
            for _ in range(10):
                await people.are_answered()
                server.asks(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'frontdesk%'"
                )
            await people.are_answered()
            with psycopg.connect(floor.database) as other:
                other.execute("lock table message in access exclusive mode")
                await asyncio.gather(*(people.somebody_is_refused(desk) for desk in desks))
                await asyncio.sleep(10.0)
            await people.are_answered(seconds=BACK_WITHIN)


@pytest.mark.faults
async def test_a_postgres_whose_disk_is_full_refuses_and_heals(tmp_path: Path) -> None:
    """Its tables have no room left: an account of the system has no more than it was given (F5)."""
    port = free_port()
    with its_own(tmp_path) as (server, floor), _a_small_disk(server, floor) as disk:
        with contextlib.closing(Database(floor.database)) as database:
            async with Desk(database.writes, database.reads) as furnished:
                await furnished.change(add_mailbox, SUPPORT, by="system")
        async with at_two(floor, tmp_path, SEED, of_one={"FRONTDESK_MAIL_LISTEN_PORT": str(port)}) as (people, desks):
            await people.are_answered()
            ada = await asyncio.to_thread(Agent, desks[0].url, "ada")
            filler = await asyncio.to_thread(_fill, disk)
            await asyncio.gather(*(people.somebody_is_refused(desk) for desk in desks))
            for desk in desks:
                await asyncio.to_thread(is_told, desk.url, 507)
            mail, page = await _mail_is_refused(port), await asyncio.to_thread(reads, ada, desks[0].url)
            filler.unlink()
            began = time.monotonic()
            await people.are_answered(seconds=HEALS_WITHIN)
            print(f"healed after {time.monotonic() - began:.1f} s")

    assert mail.startswith("452 4.3.1 ")
    assert 200 == page


async def _mail_is_refused(port: int) -> str:
    """What still fits into what was there is taken, for a moment."""
    for n in range(100):
        try:
            mail = a_mail("full", n)
            await send(mail, sender="sam@mail.example", recipients=[SUPPORT], port=port, start_tls=False)
        except SMTPResponseException as refused:
            return f"{refused.code} {refused.message}"
    return "everything is taken"


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(2))
async def test_whatever_redis_does_people_are_answered_and_nothing_is_lost(tmp_path: Path, seed: int) -> None:
    """It dies, stands still, forgets, again and again; nobody is refused or waits for it, for it only rings (F6).

    What is said at one process is seen at the other all the while, if later; and as soon as ever when it is back.
    """
    dice = random.Random(seed)
    with a_floor(tmp_path) as floor:
        async with at_two(floor, tmp_path, seed, outage=False) as (people, desks):
            redis = floor.redis
            faults: list[tuple[Callable[[], object], Callable[[], object]]] = [
                (redis.kill, redis.start),
                (redis.pause, redis.resume),
                (redis.flush, redis.flush),
            ]
            outages: list[tuple[float, float]] = []
            comings: list[float] = []
            async with second_tab(people.at(desks[0])[0], desks[1], people.history) as tab:
                for _ in range(10):
                    broken, mended = dice.choice(faults)
                    await people.are_answered()
                    began = time.monotonic()
                    broken()
                    comings.append(await _a_stranger_comes(dice.choice(desks)))
                    await asyncio.sleep(dice.uniform(0.1, 3.0))  # how long it lasts, drawn from the seed
                    await people.are_answered()
                    mended()
                    outages.append((began, time.monotonic()))
                late = partial(_is_late, tab)
                await until_not(late, "is still late", seconds=HEARD_WITHIN, people=people.tasks)
                elsewhere = max(tab.waits().values())
            longer = _longer(people.waits(), outages)
    print(f"seen elsewhere after {elsewhere:.2f} s at most, answered {longer:.2f} s later than with it")

    assert elsewhere <= HEARD_WITHIN
    assert max(longer, median(comings)) <= BLOCKED_WITHIN


def _is_late(tab: SecondTab) -> float:
    """How many seconds too late is what was said just now."""
    return max(0.0, tab.of_late(3.0) - AS_EVER)


def _longer(waits: list[tuple[float, float]], outages: list[tuple[float, float]]) -> float:
    """Seconds, of the slowest tenth of answers beside those outside of outages: the machine may be slow in both."""
    within = [wait for at, wait in waits if any(began <= at <= ended for began, ended in outages)]
    outside = [wait for at, wait in waits if not any(began <= at <= ended for began, ended in outages)]
    return (quantile(within, 0.9) - quantile(outside, 0.9)) / 1000


async def _a_stranger_comes(desk: RunningDesk) -> float:
    """How many seconds it takes; limits are counted together, by Redis."""
    began = time.monotonic()
    await asyncio.to_thread(post, f"{desk.url}/chat/v1/visitors", {"site": SITE, "lang": "en"})
    return time.monotonic() - began


@pytest.mark.faults
async def test_another_redis_becomes_the_master_and_nobody_notices(tmp_path: Path) -> None:
    """The Sentinel sees the old one die, and names its replica."""
    with a_floor(tmp_path) as floor, a_watched_redis() as (master, _, sentinel):
        floor.bus = f"redis+sentinel://127.0.0.1:{sentinel.port}/desk"
        async with at_two(floor, tmp_path, SEED, outage=False) as (people, desks):
            await people.are_answered()
            master.kill()
            await people.are_answered()
            async with asyncio.timeout(60):
                while not all("Redis is back" in desk.log for desk in desks):
                    await people.are_answered()


@contextlib.contextmanager
def _a_small_disk(server: PostgresServer, floor: Floor) -> Iterator[Path]:
    """All tables of the desk are moved there."""
    folder = server.folder / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=777", "tmpfs", folder], check=True)
    try:
        place = folder / "tables"
        place.mkdir()
        server.gives(place)
        server.asks(f"create tablespace small location '{place}'")
        server.asks(f"alter database {floor.database.rpartition('?')[0].rpartition('/')[2]} set tablespace small")
        yield folder
    finally:
        server.stop(signal.SIGQUIT)
        subprocess.run(["umount", "-l", folder], check=True)


def _fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler
