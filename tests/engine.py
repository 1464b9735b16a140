"""Which engine the desks of this run stand on: SQLite, or PostgreSQL where FRONTDESK_TEST_ENGINE says `scaled`."""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

ENGINE = os.environ.get("FRONTDESK_TEST_ENGINE", "embedded")
SCALED = ENGINE == "scaled"
assert ENGINE in ("embedded", "scaled"), f"FRONTDESK_TEST_ENGINE is {ENGINE}: embedded or scaled"

about_sqlite = pytest.mark.skipif(SCALED, reason="a law of SQLite")
"""For stories that are about SQLite itself: its file, its statements, its one writer."""


def database_url(folder: Path, *, like: str | None = None) -> str:
    """The database of the desk that keeps its things in `folder`: the same for the same folder.

    A new one has today's tables, with nothing in them or with what is in the one that it is to be `like`.
    """
    if SCALED:
        return _in_postgres(folder, like)
    return f"sqlite:///{folder}/desk.db"


def a_copy(url: str, folder: Path) -> str:
    """A database of its own with all that is in the one at `url`, which nobody has open."""
    if not SCALED:
        return f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), folder)}"
    from tests.servers.postgres import name_of, the_server

    return the_server().new_database(template=name_of(url))


_unused: list[Engine] = []


def in_postgres() -> tuple[Connection, Callable[[], None]]:
    """A transaction on a migrated database that nobody else uses just now, and what ends it: nothing of it stays."""
    from server.database import Database
    from tests.servers.postgres import a_migrated_database

    try:
        engine = _unused.pop()
    except IndexError:
        engine = Database(a_migrated_database(), writers=1).writes
    connection = engine.connect()
    connection.exec_driver_sql("set local idle_in_transaction_session_timeout = 0")  # a debugger, a busy machine

    def give_back() -> None:
        connection.close()
        _unused.append(engine)

    return connection, give_back


@atexit.register
def _leave() -> None:
    for engine in _unused:
        engine.dispose()


def rows_at(url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What any other program would be told there. `query` has a ? for each of `values`."""
    if url.startswith("sqlite:"):
        file = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()
    from tests.servers.postgres import name_of, the_server

    return the_server().asks(query.replace("?", "%s"), name_of(url), *values)


def _in_postgres(folder: Path, like: str | None) -> str:
    from tests.servers.postgres import a_migrated_database, name_of, the_server

    kept = folder / "database.url"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(the_server().new_database(template=name_of(like)) if like else a_migrated_database())
    return kept.read_text()
