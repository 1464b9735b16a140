"""A thread that takes many looks keeps its line, and never the moment of an earlier look, nor a line that broke."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from server.database import Database
from tests.cast import a_database
from tests.engine import about_sqlite
from tickets import log
from tickets.errors import NotFound
from tickets.looking import Looks


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(a_database(tmp_path)) as opened:
        yield opened


@pytest.fixture
def looks(database: Database) -> Iterator[Looks]:
    """This thread's."""
    with closing(Looks(database.reads)) as found:
        found.keep()
        yield found


def happened(database: Database, pos: int) -> None:
    row = "insert into log (pos, at, kind, \"by\", data) values (:pos, 0, 'TicketWoken', 'system', '{}')"
    with database.writes.begin() as line:
        line.execute(text(row), {"pos": pos})


def line_of(session: Session) -> object:
    session.connection().exec_driver_sql("select 1")
    return session.connection().connection.dbapi_connection


def broken(session: Session) -> None:
    raise OperationalError("select", {}, sqlite3.OperationalError("disk I/O error"))


def missing(_: Session) -> None:
    raise NotFound("There is no ticket with this number.")


def missing_after_all(session: Session) -> None:
    log.newest(session)
    missing(session)


def test_each_look_sees_what_is_committed_by_then(database: Database, looks: Looks) -> None:
    def twice(session: Session) -> tuple[int, int]:
        first = log.newest(session)
        happened(database, first + 1)
        return first, log.newest(session)

    assert [(0, 0), (1, 1), (2, 2)] == [looks.look(twice) for _ in range(3)]


@about_sqlite
def test_no_look_leaves_its_moment_behind(database: Database, looks: Looks) -> None:
    """The file of changes can be taken over into the database, whether the look came to its end or was broken off."""
    line = looks.look(line_of)
    assert isinstance(line, sqlite3.Connection)
    for query in (log.newest, line_of):
        looks.look(query)
        assert not line.in_transaction
    with pytest.raises(NotFound):
        looks.look(missing_after_all)
    assert not line.in_transaction

    happened(database, 1)

    assert 1 == looks.look(log.newest)


@about_sqlite
def test_a_thread_keeps_its_line_until_the_database_fails_on_it(looks: Looks) -> None:
    first = looks.look(line_of)
    with pytest.raises(NotFound):
        looks.look(missing)
    assert first is looks.look(line_of)

    with pytest.raises(OperationalError):
        looks.look(broken)

    assert first is not looks.look(line_of)


@about_sqlite
def test_the_pool_stays_for_those_who_come_and_go(database: Database, looks: Looks) -> None:
    looks.look(line_of)

    assert 0 == database.reads.pool.checkedout()  # type: ignore[attr-defined]


@about_sqlite
def test_nothing_is_open_once_the_last_look_was_taken(looks: Looks) -> None:
    line = looks.look(line_of)
    assert isinstance(line, sqlite3.Connection)

    looks.close()

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        line.execute("select 1")
