"""PostgreSQL goes away, throws us out or keeps us waiting: try again, people are told, and nothing is doubled (F8)."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator

import pytest
from sqlmodel import Session, col, select

import server.postgres
from chat import talk
from server.database import Database, migrate
from tests.server.talking import arrives, said
from tests.servers.postgres import PostgresServer, a_migrated_database, name_of, the_server
from tickets.desk import Desk
from tickets.errors import Unavailable
from tickets.message import Message

PATIENCE = 30.0  # seconds


@pytest.fixture
def its_own() -> Iterator[PostgresServer]:
    """A server that a story may kill."""
    server = PostgresServer.in_new_folder()
    server.start()
    yield server
    server.discard()


async def test_a_server_that_dies_is_waited_for_and_nothing_is_doubled(its_own: PostgresServer) -> None:
    """It dies in the middle of sixty messages. Each is sent again until it is acknowledged, and stands there once."""
    database = Database(its_own.new_database())
    migrate(database)
    async with Desk(database.writes, database.reads) as desk:
        first = await _first(desk)
        sending = [asyncio.create_task(_until_acknowledged(desk, first, n)) for n in range(60)]
        await sending[0]
        await asyncio.to_thread(its_own.stop, signal.SIGQUIT)
        with pytest.raises(Unavailable):
            await said(desk, first, "c-away", "Anybody there?")
        with pytest.raises(Unavailable):
            await desk.read(_texts)
        await asyncio.to_thread(its_own.start)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*sending)

        texts = await desk.read(_texts)
        assert sorted(["Hello?", *(f"Message {n}" for n in range(60))]) == sorted(set(texts) - {"Anybody there?"})
        assert len(texts) == len(set(texts))
    database.close()


async def test_whoever_is_thrown_out_comes_back_and_nobody_notices() -> None:
    """An operator ends every session of ours; the next change and the next look find new ones."""
    database = Database(a_migrated_database())
    async with Desk(database.writes, database.reads) as desk:
        first = await _first(desk)
        assert ["Hello?"] == await desk.read(_texts)
        the_server().asks(
            f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name_of(database.url)}'"
        )

        assert ["Hello?"] == await desk.read(_texts)
        await said(desk, first, "c-1", "Still there?")
        assert ["Hello?", "Still there?"] == await desk.read(_texts)
    database.close()


async def test_a_locked_table_is_a_sentence_and_no_lasting_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.postgres, "LOCK_SECONDS", 1)
    database = Database(a_migrated_database())
    async with Desk(database.writes, database.reads) as desk:
        first = await _first(desk)
        held, let_go = threading.Event(), threading.Event()
        holding = asyncio.create_task(asyncio.to_thread(_hold_the_messages, database, held, let_go))
        await asyncio.to_thread(held.wait, PATIENCE)
        with pytest.raises(Unavailable) as refused:
            await said(desk, first, "c-1", "Is it long?")
        let_go.set()
        await holding

        assert refused.value.retry_after is not None
        assert 2 == (await said(desk, first, "c-1", "Is it long?")).message.seq
    database.close()


async def _first(desk: Desk) -> talk.Said:
    sam = await desk.change(arrives, by="system")
    return await desk.change(talk.say, by="system", visitor_id=sam.id, client_id="c", text="Hello?")


async def _until_acknowledged(desk: Desk, first: talk.Said, number: int) -> None:
    while True:
        try:
            await said(desk, first, f"m-{number}", f"Message {number}")
            return
        except Unavailable:
            await asyncio.sleep(0.05)


def _hold_the_messages(database: Database, held: threading.Event, let_go: threading.Event) -> None:
    with database.reads.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.read_only = False
        connection.exec_driver_sql("lock table message in access exclusive mode")
        held.set()
        let_go.wait(PATIENCE)


def _texts(session: Session) -> list[str]:
    return list(session.exec(select(Message.text).order_by(col(Message.id))))
