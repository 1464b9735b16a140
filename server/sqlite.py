"""Opens SQLite's file: WAL, synchronous=FULL, nobody waits longer than a few seconds for whoever else writes."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from tickets.errors import Refused
from tickets.statement import told

BUSY_SECONDS = 5


class File:
    """The file that a running desk has open. Somebody may delete or replace it: what it then wrote would be lost.

    Everything that wants to write is refused until it is back. It is made once, before the first line to it: SQLite
    opens a missing file as an empty one, and throws the journal away that lies beside an empty one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: tuple[int, int] | None = None

    def connect(self) -> sqlite3.Connection:
        """A new line to it. Raises Refused where making it would lose what lies in the journal of another."""
        if self._opened is None:
            _make(self._path)
        else:
            self.check()
        line = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=rw", uri=True, check_same_thread=False)
        self._opened = self._opened or _identity(self._path)
        return line

    def check(self) -> None:
        if _identity(self._path) != self._opened:
            raise OperationalError(None, None, sqlite3.OperationalError("the file of the database is gone"))


def orphan(path: Path) -> Path | None:
    """The journal with the last changes of the database whose file should be here, and is not."""
    journal = path.with_name(f"{path.name}-wal")
    return journal if _size(journal) and not _size(path) else None


def _make(path: Path) -> None:
    if journal := orphan(path):
        raise Refused(
            "{journal} holds the last changes of a database that is not there. Put {file} back beside it, or, where it "
            "is not wanted any more, move it away. Nothing was changed.",
            journal=journal,
            file=path.name,
        )
    with contextlib.suppress(OSError):  # SQLite has the words for it, when it opens what could not be made
        path.touch(0o644)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def engine(file: File, *, pool: int, read_only: bool) -> Engine:
    """Lines to this file, each with its own pages at hand, at most so many at once."""
    engine = create_engine(
        "sqlite:///file",  # of any name: the lines are made here
        creator=file.connect,
        pool_size=pool,
        pool_use_lifo=True,  # each connection has pages and statements at hand: the one that was used last, most
        max_overflow=0,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        file.check()  # before anything is read: to look into another file with this one's journal would destroy both
        connection.isolation_level = None  # the driver must not begin for us
        cursor = connection.cursor()
        cursor.execute(f"pragma busy_timeout={BUSY_SECONDS * 1000}")
        cursor.execute("pragma journal_mode=wal")
        cursor.execute("pragma synchronous=full")
        cursor.execute("pragma foreign_keys=on")
        cursor.execute(f"pragma query_only={'on' if read_only else 'off'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_as_told(connection: Connection) -> None:
        if not read_only:
            file.check()
        told(connection, "BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
