"""A server that stands still, while its machine or a proxy gives signs of life, is not waited for by the hour (F9)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import Connection, event
from sqlmodel import Session

from server.database import Database
from tests.cast import a_database, a_desk, a_ticket
from tests.engine import about_postgres, database_url
from tests.servers.links import Valve
from tickets import log, silence, vigil
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Unavailable, Unsure

pytestmark = about_postgres

PATIENCE = 30.0  # seconds


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vigil, "LONG", 0.2)
    monkeypatch.setattr(vigil, "ANSWERS_WITHIN", 0.5)
    monkeypatch.setattr(vigil, "COMMITS_WITHIN", 0.2)
    monkeypatch.setattr(vigil, "TICK", 0.02)
    monkeypatch.setattr(silence, "PAUSE", 0.01)


@asynccontextmanager
async def behind_a_proxy(folder: Path) -> AsyncIterator[tuple[Valve, Database]]:
    """It confirms what is sent to the database, whether or not that comes to it."""
    found = re.fullmatch(r"(.*@)/(.*)\?host=(.*)", database_url(folder))
    assert found
    async with Valve(Path(unquote(found[3])) / ".s.PGSQL.5432").running() as valve:
        database = Database(f"{found[1]}127.0.0.1:{valve.port}/{found[2]}")
        yield valve, database
        await asyncio.to_thread(database.close)


def opened(change: Change) -> int:
    return a_ticket(change).id


async def test_whoever_waits_for_it_is_told_and_it_is_found_again(tmp_path: Path) -> None:
    """Changes and looks alike, on a line that is older than the desk too; and the desk can be closed meanwhile."""
    async with behind_a_proxy(tmp_path) as (valve, database):
        async with asyncio.timeout(PATIENCE):
            await asyncio.to_thread(_looked_at, database)
            async with a_desk(database) as desk:
                await desk.change(opened, by="system")
                valve.shut()
                asked = [desk.change(opened, by="system"), desk.read(log.newest), desk.read(log.newest)]
                came = await asyncio.gather(*asked, return_exceptions=True)
                assert [Unavailable] * 3 == [type(one) for one in came]

                valve.open()
                await _answers_again(desk)
                valve.shut()
                last = asyncio.gather(*(desk.read(log.newest) for _ in range(3)), return_exceptions=True)
                await asyncio.sleep(0)
        assert [Unavailable] * 3 == [type(one) for one in await last]


def _looked_at(database: Database) -> None:
    with database.reads.connect() as line:
        line.exec_driver_sql("select 1")


async def _answers_again(desk: Desk) -> None:
    while True:
        try:
            await desk.change(opened, by="system")
            await desk.read(log.newest)
            return
        except Unavailable:
            await asyncio.sleep(0.01)


async def test_a_commit_that_hangs_is_of_unknown_end_and_keeps_nobody_behind_it_waiting(tmp_path: Path) -> None:
    """As while a replica that must confirm it is away: the server answers all others meanwhile."""
    database = a_database(tmp_path)
    async with asyncio.timeout(PATIENCE), a_desk(database) as desk:
        await desk.change(opened, by="system")
        with _commits_that_hang(database), pytest.raises(Unsure):
            await desk.change(opened, by="system")
        await _answers_again(desk)
    database.close()


async def test_who_only_takes_long_is_waited_for(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    async with a_desk(database) as desk:
        assert await desk.read(_slowly)
    database.close()


def _slowly(session: Session) -> bool:
    session.connection().exec_driver_sql("select pg_sleep(1)")
    return True


@contextmanager
def _commits_that_hang(database: Database) -> Iterator[None]:
    def hang(line: Connection) -> None:
        line.exec_driver_sql("select pg_sleep(4)")

    event.listen(database.writes, "commit", hang)
    yield
    event.remove(database.writes, "commit", hang)
