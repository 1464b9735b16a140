"""The way from an empty file to today's tables: all of it or none of it, once, whoever else is trying."""

from __future__ import annotations

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

import server.database
import server.tables  # fills the metadata
from routing.sorts import in_words
from server.database import Database, migrate, newest_revision, revision_of
from tests.engine import brings_its_own

pytestmark = [
    brings_its_own,
    # Nobody reads an index of an expression back from SQLite; its words are compared as those of all the others are.
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based"),
]

MIGRATIONS = Path(server.database.__file__).parent / "migrations"
EARLIER = sorted(
    name
    for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    if (name := file.name.partition("_")[0]) != newest_revision()
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    yield database
    database.close()


def differences(database: Database) -> list[Any]:
    """What a migration would still have to do to reach the models."""
    with database.reads.connect() as connection:
        options = {"compare_type": True, "include_name": _is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata))


def schema(path: Path) -> set[tuple[str, str]]:
    """Every table and index by name, with its definition."""
    connection = sqlite3.connect(path)
    try:
        return {(name, sql or "") for name, sql in connection.execute("select name, sql from sqlite_master")}
    finally:
        connection.close()


def test_migrating_an_empty_database_equals_the_models(database: Database) -> None:
    assert "empty" == migrate(database)

    assert [] == differences(database)


def test_what_alembic_cannot_see_is_there_too(database: Database, tmp_path: Path) -> None:
    """The search table, the conditions of partial indexes and what is no column: all that a comparison overlooks."""
    migrate(database)
    modelled = Database(f"sqlite:///{tmp_path / 'models.db'}")
    SQLModel.metadata.create_all(modelled.writes)
    modelled.close()

    migrated, wanted = _indexes(schema(tmp_path / "desk.db")), _indexes(schema(tmp_path / "models.db"))
    assert wanted == migrated
    assert {"search", "alembic_version"} <= {name for name, _ in schema(tmp_path / "desk.db")}


def test_migrating_twice_does_nothing_the_second_time(database: Database, tmp_path: Path) -> None:
    migrate(database)
    before = schema(tmp_path / "desk.db")

    assert migrate(database) is None
    assert before == schema(tmp_path / "desk.db")
    with database.reads.connect() as connection:
        assert newest_revision() == revision_of(connection)


def test_what_is_there_stays(database: Database) -> None:
    migrate(database)
    with database.writes.begin() as connection:
        connection.exec_driver_sql("insert into id_block (name, next) values ('id', 77)")
    migrate(database)

    with database.reads.connect() as connection:
        assert 77 == connection.exec_driver_sql("select next from id_block").scalar()


@pytest.mark.parametrize("revision", EARLIER)
def test_every_earlier_version_arrives_with_all_that_stood_in_it(
    database: Database, tmp_path: Path, revision: str
) -> None:
    """Same tables and indexes as from an empty file; and each table keeps its rows, whatever columns it gains."""
    _go_to(database, revision)
    before = _fill(tmp_path / "desk.db")
    assert revision == migrate(database)

    assert [] == differences(database)
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    migrate(fresh)
    fresh.close()
    assert _indexes(schema(tmp_path / "fresh.db")) == _indexes(schema(tmp_path / "desk.db"))
    assert {"ticket", "customer", "message", "log"} <= set(before)
    for table, rows in before.items():
        assert rows == [{name: now[name] for name in rows[0]} for now in _rows(tmp_path / "desk.db", table)], table


def test_what_could_be_laid_aside_is_counted_once(database: Database, tmp_path: Path) -> None:
    """Ada holds a mail and a chat, and had another mail before: 0035 finds the one."""
    _go_to(database, "0034")
    names = "id, ticket_id, agent_id, weight, live, by_hand, over, since, medium, wrap_weight, ended_at"
    held = "1, 1, 1, 10, 0, 0, 0, 0, 'email', 0, null", "2, 2, 1, 25, 1, 0, 0, 0, 'chat', 0, null"
    with contextlib.closing(sqlite3.connect(tmp_path / "desk.db")) as early, early:
        early.execute("insert into agent values (1, 'Ada', 'ada@frontdesk.example', 'agent', '', '', 0, 1, 0)")
        early.execute("insert into capacity (agent_id, pool, used, excess) values (1, 100, 35, 0)")
        for values in (*held, "3, 3, 1, 10, 0, 0, 0, 0, 'email', 0, 9"):
            early.execute(f"insert into assignment ({names}) values ({values})")
    migrate(database)

    with database.reads.connect() as connection:
        assert (35, 10, 0) == tuple(connection.exec_driver_sql("select used, emails, tickets from capacity").one())


def test_what_waiting_tickets_ask_for_is_said_on_them(database: Database, tmp_path: Path) -> None:
    """A skill at a level, and the members of another queue: 0053 writes it as routing does."""
    _go_to(database, "0052")
    _fill(tmp_path / "desk.db")
    migrate(database)

    with database.reads.connect() as connection:
        asks = connection.exec_driver_sql("select asks from ticket").scalar()
    assert in_words([(1, 1)], [1]) == asks


def test_words_that_acknowledged_a_first_mail_are_templates_now(database: Database, tmp_path: Path) -> None:
    """In every language, as they were: 0038 moves them. Who had none has none."""
    _go_to(database, "0037")
    with contextlib.closing(sqlite3.connect(tmp_path / "desk.db")) as early, early:
        for id, receipt in ((1, "Yours is {{ticket.number}}."), (2, "")):
            early.execute(
                "insert into mailbox (id, address, name, language, active, receipt) values (?, ?, '', '', 1, ?)",
                (id, f"{id}@shop.example", receipt),
            )
    migrate(database)

    told = "select mailbox_id, notice, language, subject, text from mail_template order by language"
    with database.reads.connect() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(told)]
    assert [(1, "received", language, "", "Yours is {{ticket.number}}.") for language in ("en", "zh")] == found


def test_what_customers_were_entitled_to_has_rows_of_its_own_now(database: Database, tmp_path: Path) -> None:
    """By the names that tiers, customers and policies knew, in every version: 0045 takes them over, and no id twice."""
    _go_to(database, "0042")
    with contextlib.closing(sqlite3.connect(tmp_path / "desk.db")) as early, early:
        early.execute("insert into id_block (name, next) values ('id', 77)")
        early.execute("insert into customer (id, name, language, notes, created_at) values (1, 'Sam', '', '', 0)")
        early.execute(
            """insert into tier (id, name, position, priority, rights) values (2, 'Gold', 1, '', '["weekend"]')"""
        )
        early.execute('insert into tier_member values (1, 2, 9, \'["priority line", "weekend"]\')')
        terms = """{"rights": ["night"]}"""
        early.execute(
            "insert into sla_policy_version (id, policy_id, version, at, by, terms) values (3, 4, 1, 0, '', ?)",
            (terms,),
        )
    migrate(database)

    with database.reads.connect() as connection:
        found = connection.exec_driver_sql("select id, key, name, priority from entitlement order by position").all()
        (held,) = connection.exec_driver_sql("select customer_id, rights from entitled").all()
        assert 80 == connection.exec_driver_sql("select next from id_block").scalar()
    names = ("night", "priority line", "weekend")
    assert [(77 + n, name, name, "") for n, name in enumerate(names)] == [tuple(row) for row in found]
    assert (1, {"priority line": 9, "weekend": 9}) == (held[0], json.loads(held[1]))


def test_two_processes_at_once_migrate_once(tmp_path: Path) -> None:
    """The second waits, and finds nothing to do."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    running = [_process(_MIGRATES, url) for _ in range(2)]
    said = [process.communicate(timeout=90) for process in running]

    assert ["None", "empty"] == sorted(out.strip() for out, _ in said), said
    database = Database(url)
    assert [] == differences(database)
    database.close()


@pytest.mark.parametrize("statement", [2, 40])
def test_killed_at_any_moment_leaves_the_old_state(database: Database, tmp_path: Path, statement: int) -> None:
    """Nothing of it is there, and the next try finds an ordinary empty database."""
    killed = _process(_DIES, database.url, str(statement))
    _, trouble = killed.communicate(timeout=90)

    assert -signal.SIGKILL == killed.returncode, trouble
    assert set() == schema(tmp_path / "desk.db")
    assert "empty" == migrate(database)
    assert [] == differences(database)
    with database.reads.connect() as connection:
        assert "ok" == connection.exec_driver_sql("pragma integrity_check").scalar()


def _process(program: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _go_to(database: Database, revision: str) -> None:
    """The database as that version left it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.writes.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _fill(path: Path) -> dict[str, list[dict[str, Any]]]:
    """One row more in every table: each number is 1, so that whatever one row names is there."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for table in _tables(connection):
            columns = connection.execute(f"pragma table_info({table})").fetchall()
            values = [_ENOUGH.get((table, name)) or _value(kind.upper()) for _, name, kind, *_ in columns]
            connection.execute(f"insert into {table} values ({', '.join('?' * len(values))})", values)
        assert [] == connection.execute("pragma foreign_key_check").fetchall()
        tables = _tables(connection)
    return {table: _rows(path, table) for table in tables}


_ENOUGH = {("capacity", "used"): 2}  # it is no less than what of it may be laid aside: a mail and a ticket


def _tables(connection: sqlite3.Connection) -> list[str]:
    names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
    return [name for name in names if not name.startswith(("search", "sqlite_", "alembic_version"))]


def _value(kind: str) -> Any:
    if kind in {"INTEGER", "BOOLEAN", "FLOAT", "BIGINT"}:
        return 1
    return {"JSON": "[]", "BLOB": b"x"}.get(kind, "2026-11-23 09:00:00.000000" if "TIME" in kind else "x")


def _rows(path: Path, table: str) -> list[dict[str, Any]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"select * from {table}")]


def _indexes(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {
        (name, " ".join(sql.split()))
        for name, sql in found
        if sql.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX", "CREATE VIRTUAL"))
    }


def _is_ours(name: str | None, kind: str, _: Any) -> bool:
    return kind != "table" or not (name or "").startswith(("search", "alembic_version"))


_MIGRATES = """
import sys
from server.database import Database, migrate
print(migrate(Database(sys.argv[1])))
"""

_DIES = """
import os, signal, sys
from sqlalchemy import event
from server.database import Database, migrate

database, left = Database(sys.argv[1]), int(sys.argv[2])

@event.listens_for(database.writes, "before_cursor_execute")
def die(connection, cursor, statement, *rest):
    global left
    if statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE")):
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

migrate(database)
"""
