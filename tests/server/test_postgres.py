"""The whole house on a real PostgreSQL: the same verbs, the same code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, Integer, cast, insert, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, SQLModel, col, select

import server.database as opening
import server.tables  # noqa: F401  (fills the metadata)
from chat import talk
from server import postgres
from server.app import House, create_app
from server.cli import main
from server.config.settings import Database as DatabaseSettings
from server.config.settings import Log
from server.database import MIGRATING_SECONDS, Database, migrate
from server.keeping.backup import backup, one_moment
from server.logging import configure_logging
from server.postgres import SILENT_SECONDS, refuse_unless_durable, shown, wait_to_migrate, waited_too_long
from tests.server.talking import arrives, said
from tests.servers.postgres import a_migrated_database, an_empty_database, name_of, the_server
from tests.settings import settings_in
from tickets import history
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.message import Message
from tickets.moment import DatabaseClock

SCHEMA = (
    "select table_name, column_name, data_type, is_nullable from information_schema.columns"
    " where table_schema = 'public' and table_name <> 'alembic_version'",
    "select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename <> 'alembic_version'",
    "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
    " where contype in ('f', 'u', 'c', 'p') and conrelid::regclass::text <> 'alembic_version'",
)


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database(a_migrated_database())
    yield database
    database.close()


def test_a_database_that_was_migrated_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads what an upgrade printed could sign in to it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", an_empty_database().replace("frontdesk@", "frontdesk:hush-hush@"))

    assert 0 == main(["migrate"])
    said = capsys.readouterr().out
    assert said.startswith("postgresql://frontdesk:***@")
    assert said.endswith(" is up to date now.\n")


@pytest.mark.parametrize("shape", ["json", "console"])
async def test_a_row_that_the_server_refuses_is_told_without_what_stands_in_it(
    database: Database, shape: str, own_log: pytest.CaptureFixture[str]
) -> None:
    """It quotes the row: a name and a whole message used to stand in the log."""
    configure_logging(Log(format=shape))
    async with Desk(database.writes, database.reads) as desk:
        sam = await desk.change(arrives, by="system")
        await desk.change(talk.say, by="system", visitor_id=sam.id, client_id="c", text="my card is 4111")
        for bug in (nobody_wrote_it, said_twice, of_no_number):
            with pytest.raises(DBAPIError):
                await desk.change(bug, by="system")
    written = own_log.readouterr().err

    assert 3 == written.count("change failed")
    assert 'null value in column \\"kind\\"' in written or 'null value in column "kind"' in written
    for told in ("23502", "23505", "constraint message_pkey", "22P02"):
        assert told in written
    for never in ("4111", "Failing row", "already exists", "DETAIL"):
        assert never not in written


def nobody_wrote_it(change: Change) -> None:
    change.claim(update(Message).values(kind=None))


def said_twice(change: Change) -> None:
    (message,) = change.rows(select(Message))
    change.execute(insert(Message), [message.model_dump()])


def of_no_number(change: Change) -> None:
    change.claim(update(Message).values(seq=cast(Message.text, Integer)))


@pytest.fixture
def own_log(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    before = list(logging.getLogger().handlers)
    yield capsys
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


async def test_what_sam_says_is_there_for_everybody_in_order(tmp_path: Path) -> None:
    """The product's own assembly, opened on a database without a table; the second look comes from another process."""
    url = an_empty_database()
    house = House(settings_in(tmp_path, url="http://testserver", database=DatabaseSettings(url=url)))
    async with house.open(create_app(house.config, house)) as state:
        desk: Desk = state["desk"]
        sam = await desk.change(arrives, by="system")
        first = await desk.change(talk.say, by="system", visitor_id=sam.id, client_id="c-0", text="Hello?")
        sent = [said(desk, first, f"c-{n}", f"Message {n}") for n in range(1, 60)]
        again = [said(desk, first, f"c-{n}", f"Message {n}") for n in range(1, 60)]
        answers = await asyncio.gather(*sent, *again)
        assert [a.message.seq for a in answers[:59]] == [a.message.seq for a in answers[59:]]

    elsewhere = Database(url)
    with Session(elsewhere.reads) as session:
        messages = session.exec(select(Message).order_by(col(Message.seq))).all()
        assert ["Hello?", *(f"Message {n}" for n in range(1, 60))] == [m.text for m in messages]
        assert list(range(1, 61)) == [m.seq for m in messages]
    elsewhere.close()


async def test_several_processes_tell_the_log_under_one_name(database: Database, tmp_path: Path) -> None:
    """A screen goes on at any of them. A log that was made anew, as a restored one is, begins a new name."""
    async with Desk(database.writes, database.reads) as desk:
        mark = await desk.read(history.mark)
        first = await desk.change(history.begin, "one", mark=mark, by="system")
        second = await desk.change(history.begin, "two", mark=mark, by="system")
        restored = Database(the_server().new_database(template=name_of(await _closed(database))))
        with Session(restored.reads) as session:
            other = history.mark(session)
        restored.close()
        third = await desk.change(history.begin, "three", mark=other, by="system")

    assert (mark + "one", mark + "one", other + "three") == (first, second, third)


async def _closed(database: Database) -> str:
    database.close()
    return database.url


async def test_the_clock_is_the_databases(database: Database) -> None:
    async with Desk(database.writes, database.reads) as desk:
        assert isinstance(desk.clock, DatabaseClock)
        desk.clock.hears(desk.clock.now().replace(year=2001))  # this machine is a generation behind
        changed_at = await desk.change(_looks_at_the_clock, by="system")

    assert 2001 < int(changed_at[:4])


def test_migrating_an_empty_database_equals_the_models(database: Database) -> None:
    """Tables, columns, indexes with their conditions, and constraints; every whole number has eight bytes."""
    modelled = Database(an_empty_database())
    with modelled.writes.begin() as connection:
        wait_to_migrate(connection, MIGRATING_SECONDS)  # as a migration: however slow this machine is
        SQLModel.metadata.create_all(connection)
    modelled.close()

    for question in SCHEMA:
        assert _asked(modelled.url, question) == _asked(database.url, question)
    assert "integer" not in {kind for _, _, kind, _ in _asked(database.url, SCHEMA[0])}
    assert migrate(database) is None


def test_nobody_waits_behind_a_migration_that_waits_for_a_backup(database: Database, tmp_path: Path) -> None:
    """It used to wait at the first table: for a minute nobody wrote a word, and again with each new try."""
    config = settings_in(tmp_path, url="http://desk.example", database=DatabaseSettings(url=database.url))
    with database.writes.connect() as migrating:
        with one_moment(config), migrating.begin(), pytest.raises(OperationalError) as waited:
            wait_to_migrate(migrating, 0.05)
        assert waited_too_long(waited.value)

        with migrating.begin():
            wait_to_migrate(migrating, MIGRATING_SECONDS)
            with pytest.raises(Refused, match="is being migrated just now"):
                backup(config, tmp_path / "desk.zip")
    assert backup(config, tmp_path / "desk.zip").exists()


def test_a_migration_does_not_stand_at_a_table_that_somebody_reads_for_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes away and comes again, and says so in a sentence when its time is up."""
    tries: list[int] = []

    def changes_tickets(connection: Connection, _: str) -> None:
        tries.append(1)
        if len(tries) == 3:
            somebody.rollback()
        connection.execute(text("lock table ticket"))

    monkeypatch.setattr(postgres, "AT_A_TABLE_SECONDS", 0.05)
    monkeypatch.setattr(opening, "BETWEEN_TRIES", 0)
    monkeypatch.setattr(opening, "upgrade", changes_tickets)
    with database.writes.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '0059'"))
    with database.reads.connect() as somebody:
        somebody.execute(text("select count(*) from ticket"))
        with monkeypatch.context() as patience:
            patience.setattr(opening, "MIGRATING_SECONDS", 0)
            with pytest.raises(Refused, match="cannot be migrated: canceling statement"):
                migrate(database)
        assert "0059" == migrate(database)
    assert 3 == len(tries)


@pytest.mark.parametrize(("fsync", "commit"), [("off", "on"), ("on", "off")])
def test_a_server_that_forgets_what_it_acknowledged_is_refused(fsync: str, commit: str) -> None:
    with pytest.raises(Refused, match="a power cut would lose messages"):
        refuse_unless_durable(fsync=fsync, synchronous_commit=commit)


def test_a_database_that_answers_before_it_has_kept_is_refused() -> None:
    """Somebody set it for this database only."""
    url = an_empty_database()
    the_server().asks(f"alter database {name_of(url)} set synchronous_commit = off")
    database = Database(url)

    with pytest.raises(Refused, match="synchronous_commit = off"):
        migrate(database)
    database.close()


def test_nobody_is_told_the_password(tmp_path: Path) -> None:
    """Not where the server is away, and not where an address is shown."""
    database = Database(f"postgresql://frontdesk:hunter2@/desk?host={tmp_path}")
    with pytest.raises(Refused) as refused:
        migrate(database)
    database.close()

    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "***" in shown(database.url)


def _looks_at_the_clock(change: Change) -> str:
    return change.now.isoformat()


def _asked(url: str, question: str) -> set[tuple[object, ...]]:
    return set(the_server().asks(question, name_of(url)))


def test_a_server_that_fell_silent_is_not_waited_for_by_the_hour(database: Database) -> None:
    """A cable that is pulled tells nobody: our end gives up after seconds, and so does the server's (F9)."""
    with database.writes.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        ours = driver.info.get_parameters()

    assert str(SILENT_SECONDS * 1000) == ours["tcp_user_timeout"]
    assert SILENT_SECONDS == sum(int(ours[f"keepalives_{what}"]) for what in ("idle", "count"))
