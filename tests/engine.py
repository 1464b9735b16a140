"""Which engine the desks of this run stand on: SQLite, or PostgreSQL where FRONTDESK_TEST_ENGINE says `scaled`."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

ENGINE = os.environ.get("FRONTDESK_TEST_ENGINE", "embedded")
SCALED = ENGINE == "scaled"
assert ENGINE in ("embedded", "scaled"), f"FRONTDESK_TEST_ENGINE is {ENGINE}: embedded or scaled"

about_sqlite = pytest.mark.skipif(SCALED, reason="a law of SQLite")
"""For stories that are about SQLite itself: its file, its statements, its one writer."""


def database_url(folder: Path) -> str:
    """The database of the desk that keeps its things in `folder`: the same for the same folder."""
    if SCALED:
        return _in_postgres(folder)
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


def _in_postgres(folder: Path) -> str:
    from tests.servers.postgres import a_migrated_database

    kept = folder / "database.url"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(a_migrated_database())
    return kept.read_text()
