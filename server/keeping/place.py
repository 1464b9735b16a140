"""The database that a desk is put into: nobody may be at work in it, and nothing may be lost in it by mistake."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from server.config.settings import is_postgres
from server.database import Database, reason
from server.keeping.stranger import none_of_ours, strange
from server.postgres import take_your_time
from server.sqlite import orphan
from tickets.errors import Refused

_SIGNS = ("agent", "customer", "ticket")  # a desk with none of these is nobody's
_OTHERS = (
    "select count(*) from pg_stat_activity "
    "where datname = current_database() and application_name like 'frontdesk%' and pid <> pg_backend_pid()"
)


@contextmanager
def cleared(url: str, *, replace: bool) -> Iterator[Connection]:
    """A database without a table, to be filled in one transaction: all of it stays, or all of what was there before.

    Raises Refused where a desk runs on it, where it holds what is no desk, or somebody's work and `replace` does not
    say that it may go.
    """
    refuse_if_open(url)
    database = Database(url)
    try:
        with database.writes.connect() as connection, connection.begin():
            if database.is_postgres:
                take_your_time(connection)
            _refuse_if_strange(connection, replace=replace)
            _refuse_if_used(connection, replace=replace)
            _drop(connection)
            yield connection
    except DBAPIError as error:
        raise Refused("The database cannot be filled: {why}.", why=reason(error)) from error
    finally:
        database.close()


def refuse_if_open(url: str) -> None:
    """Raises Refused where a desk is at work in this database, or where it is none."""
    path = Path(make_url(url).database or "")
    if is_postgres(url):
        _refuse_if_others(url)
    elif path.exists() and not orphan(path):  # which is refused when it is opened
        _refuse_if_held(path)


def _refuse_if_others(url: str) -> None:
    database = Database(url)
    try:
        with database.writes.connect() as connection:
            others = connection.execute(text(_OTHERS)).scalar_one()
    except DBAPIError as error:
        raise Refused("The database cannot be used: {why}.", why=reason(error)) from None
    finally:
        database.close()
    if others:
        raise _running()


def _refuse_if_held(path: Path) -> None:
    """An SQLite file that nobody else has open can leave its journal mode; one that somebody has cannot."""
    try:
        with closing(sqlite3.connect(path, timeout=0.0)) as connection:
            connection.execute("pragma journal_mode = delete")
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise _running() from None
        raise Refused("The database cannot be used: {why}.", why=error) from None


def _refuse_if_strange(connection: Connection, *, replace: bool) -> None:
    """Where somebody says that a desk may go, it may be of any version; what never was a desk may not go even then."""
    found = none_of_ours(connection) if replace else strange(connection)
    if found:
        raise Refused("The database holds something that is no empty desk: {found}. Nothing was changed.", found=found)


def _refuse_if_used(connection: Connection, *, replace: bool) -> None:
    there = set(inspect(connection).get_table_names())
    used = any(connection.execute(text(f"select 1 from {sign} limit 1")).first() for sign in _SIGNS if sign in there)
    if used and not replace:
        raise Refused("There is a desk already, with people and tickets in it. Nothing was changed.")


def _running() -> Refused:
    return Refused("A desk runs on this database: stop it first. Nothing was changed.")


def _drop(connection: Connection) -> None:
    import server.tables  # noqa: F401  (fills the metadata; slow to load)

    there = set(inspect(connection).get_table_names())
    names = [*(table.name for table in reversed(SQLModel.metadata.sorted_tables)), "alembic_version", "search"]
    for name in names:
        if name in there or name == "search":
            connection.execute(text(f'drop table if exists "{name}"'))
