"""Which engine the desks of this run stand on: SQLite and the bus of one process, or PostgreSQL and Redis.

FRONTDESK_TEST_ENGINE says `embedded` or `scaled`. Nobody but this module looks there: whoever asks here is told on
both engines, and whoever never asks has the same to tell on either (tests/telling.py).
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from server.bus.bus import Bus, bus_at
from tests.sharing import once

ENGINE = os.environ.get("FRONTDESK_TEST_ENGINE", "embedded")
ENGINES = ("embedded", "scaled")
assert ENGINE in ENGINES, f"FRONTDESK_TEST_ENGINE is {ENGINE}: {' or '.join(ENGINES)}"

about_sqlite = pytest.mark.about("embedded")
"""For stories that are about SQLite itself: its file, its statements, its one writer."""

about_postgres = pytest.mark.about("scaled")
"""For stories of the furniture's PostgreSQL. Those that bring one of their own need not say it."""

brings_its_own = pytest.mark.about(*ENGINES)
"""For stories that make a database of their own by its address: they are the same in every run."""

_asked = 0


def times_asked() -> int:
    """How often anybody in this process has asked for an engine."""
    return _asked


def scaled() -> bool:
    """Whether this run stands on PostgreSQL and Redis."""
    global _asked
    _asked += 1
    return ENGINE == "scaled"


def database_url(folder: Path, *, like: str | None = None, empty: bool = False) -> str:
    """The database of the desk that keeps its things in `folder`: the same for the same folder.

    A new one has today's tables, with nothing in them or with what is in the one that it is to be `like`; or no table
    at all.
    """
    if scaled():
        return _in_postgres(folder, like, empty)
    file = folder / "desk.db"
    if not (empty or file.exists()):
        a_migrated_file(file)
    return f"sqlite:///{file}"


def a_migrated_file(file: Path) -> None:
    """An SQLite with today's tables, and nothing in them: migrated once for all tests."""
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(once("migrated", _migrate) / "desk.db", file)


def _migrate(folder: Path) -> None:
    from server.database import Database, migrate

    database = Database(f"sqlite:///{folder}/desk.db")
    migrate(database)
    database.close()
    assert ["desk.db"] == [file.name for file in folder.iterdir()], "all of it is in the file"


def bus_url() -> str:
    """What `bus.url` is set to. Desks do not hear each other: the channel of each is named by its own key."""
    if not scaled():
        return ""
    from tests.servers.redis import the_redis

    return the_redis().url


def a_bus(name: str) -> AbstractAsyncContextManager[Bus]:
    """The bus of a desk that a story puts together by itself. `name` is that desk's alone, as a path is."""
    return bus_at(bus_url(), name.encode())


def a_copy(url: str, folder: Path) -> str:
    """A database of its own with all that is in the one at `url`, which nobody has open."""
    if not scaled():
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
        engine = Database(a_migrated_database(kept=True), writers=1).writes
        event.listen(engine, "begin", _take_your_time)
    connection = engine.execution_options().connect()  # as an engine of its own: much is remembered by engine

    def give_back() -> None:
        connection.close()
        _unused.append(engine)

    return connection, give_back


def _take_your_time(connection: Connection) -> None:
    """In each transaction, also in one after another was undone: for a debugger, or a busy machine."""
    connection.exec_driver_sql("set local idle_in_transaction_session_timeout = 0")


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


def meddle_at(url: str, statement: str) -> None:
    """Change what is there behind the back of the desk whose it is."""
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database, database:
            database.execute(statement)
    else:
        from tests.servers.postgres import name_of, the_server

        the_server().asks(statement, name_of(url))


def _in_postgres(folder: Path, like: str | None, empty: bool) -> str:
    from tests.servers.postgres import a_migrated_database, an_empty_database, name_of, the_server

    kept = folder / "database.url"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        new = an_empty_database if empty else a_migrated_database
        kept.write_text(the_server().new_database(template=name_of(like)) if like else new())
    return kept.read_text()
