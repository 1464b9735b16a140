"""A line that fell silent costs people one wait, not one after the other; and it is found again by itself (F9)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from server.database import Database
from tests.cast import a_database, a_desk, a_ticket
from tests.engine import about_postgres
from tickets import log, silence
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Unavailable, Unsure

pytestmark = about_postgres

PATIENCE = 30.0  # seconds
LANE, LOOK = "frontdesk-writer", "frontdesk-reader_0"


class SilentLine:
    """Whoever comes here waits until the story has seen enough of it; then the line is lost."""

    def __init__(self) -> None:
        self.somebody_waits, self.is_lost = threading.Event(), threading.Event()
        self.waited: list[str] = []

    def __call__(self, _: Connection | Session) -> None:
        self.waited.append(threading.current_thread().name)
        self.somebody_waits.set()
        self.is_lost.wait(PATIENCE)
        raise OperationalError("select", {}, psycopg.OperationalError("timed out"), connection_invalidated=True)

    @contextmanager
    def between(self, database: Database) -> Iterator[None]:
        event.listen(database.writes, "begin", self)
        yield
        event.remove(database.writes, "begin", self)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = a_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any wait was a long one."""
    monkeypatch.setattr(silence, "LONG", -1.0)
    monkeypatch.setattr(silence, "PAUSE", 0.01)


def opened(change: Change) -> int:
    return a_ticket(change).id


async def it_answers_again(desk: Desk) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                assert await desk.change(opened, by="system")
                return
            except Unavailable:
                await asyncio.sleep(0.01)


async def test_who_finds_a_line_broken_gets_a_fresh_one_at_once(database: Database) -> None:
    line = SilentLine()
    line.is_lost.set()
    async with a_desk(database) as desk:
        await desk.change(opened, by="system")
        with line.between(database), pytest.raises(Unavailable):
            await desk.change(opened, by="system")

        assert [LANE, LANE] == line.waited
        assert await desk.change(opened, by="system"), "nobody waited, so nobody is refused"


async def test_who_lost_the_line_in_the_middle_of_a_commit_is_told_neither_yes_nor_no(database: Database) -> None:
    """It may have happened."""
    line = SilentLine()
    line.is_lost.set()
    async with a_desk(database) as desk:
        await desk.change(opened, by="system")
        event.listen(database.writes, "commit", line)
        with pytest.raises(Unsure):
            await desk.change(opened, by="system")
        event.remove(database.writes, "commit", line)

        assert [LANE] == line.waited, "and it is not tried again"


@pytest.mark.usefixtures("impatient")
async def test_who_waited_for_a_change_and_all_behind_them_are_told_at_once(database: Database) -> None:
    line = SilentLine()
    async with a_desk(database) as desk:
        await desk.change(opened, by="system")
        with line.between(database):
            first = desk.begin(opened, by="system")
            await asyncio.to_thread(line.somebody_waits.wait, PATIENCE)
            others = [desk.begin(opened, by="system") for _ in range(3)]
            line.is_lost.set()
            came = await asyncio.gather(first, *others, return_exceptions=True)
            with pytest.raises(Unavailable):
                await desk.read(log.newest)

        assert [Unavailable] * 4 == [type(one) for one in came]
        assert 1 == line.waited.count(LANE)
        await it_answers_again(desk)


@pytest.mark.usefixtures("impatient")
async def test_who_waited_for_a_look_and_all_behind_them_are_told_at_once(database: Database) -> None:
    line = SilentLine()
    async with Desk(database.writes, database.reads, readers=1) as desk:
        with line.between(database):
            looks = [asyncio.create_task(desk.read(line)) for _ in range(4)]
            await asyncio.to_thread(line.somebody_waits.wait, PATIENCE)
            line.is_lost.set()
            came = await asyncio.gather(*looks, return_exceptions=True)

        assert [Unavailable] * 4 == [type(one) for one in came]
        assert 1 == line.waited.count(LOOK)
        await it_answers_again(desk)
        assert await desk.read(log.newest)
