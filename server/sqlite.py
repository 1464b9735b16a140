"""Opens SQLite's file: WAL, synchronous=FULL, nobody waits longer than a few seconds for whoever else writes."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from threading import RLock
from weakref import WeakSet

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from tickets.errors import Refused
from tickets.statement import told

BUSY_SECONDS = 5
_Identity = tuple[int, int]


class File:
    """The file that a running desk has open, and the two beside it: the journal of the last changes, and its index.

    Somebody may delete or replace one of them: what was written then would be lost, and a line that opened others would
    destroy what is there. Whatever wants to write, and every new line, is refused until all three are back. The file is
    made once, before the first line to it: SQLite opens a missing file as an empty one, and throws the journal away
    that lies beside an empty one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = [_beside(path, "wal"), _beside(path, "shm")]
        self._opened: _Identity | None = None
        self._journal: list[_Identity] = []  # and its index, as the lines have them that are open now
        self._lines = WeakSet[_Line]()
        self._one_by_one = RLock()

    def connect(self) -> sqlite3.Connection:
        """A new line to it. Raises Refused where making it would lose what lies in the journal of another."""
        with self._one_by_one:
            if not self._lines:  # the last one that was closed took its journal away
                self._journal = []
            if self._opened is None:
                _make(self._path)
            else:
                self.check()
            line = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=rw", uri=True, check_same_thread=False, factory=_Line
            )
            try:
                self._open_journal(line)
            except BaseException:
                line.close()
                raise
            line.among(self._lines, self._one_by_one)
            return line

    def check(self) -> None:
        if _identity(self._path) != self._opened:
            raise OperationalError(None, None, sqlite3.OperationalError("the file of the database is gone"))
        if self._journal and self._journal != self._found_beside():
            raise OperationalError(None, None, sqlite3.OperationalError("the journal of the database is gone"))

    def _open_journal(self, line: sqlite3.Connection) -> None:
        self._opened = self._opened or _identity(self._path)
        self.check()  # before anything is read: to look into another file with this one's journal would destroy both
        line.execute(f"pragma busy_timeout={round(BUSY_SECONDS * 1000)}")
        line.execute("pragma journal_mode=wal")
        line.execute("select 1 from sqlite_master").fetchall()  # which opens the journal and its index
        self._journal = self._journal or self._found_beside()
        self.check()

    def _found_beside(self) -> list[_Identity]:
        return [_identity(path) for path in self._beside]


class _Line(sqlite3.Connection):
    """The last one that is closed takes the journal away: in that moment no other is opened."""

    _others: WeakSet[_Line] | None = None
    _one_by_one: AbstractContextManager[object] = contextlib.nullcontext()

    def among(self, others: WeakSet[_Line], one_by_one: RLock) -> None:
        others.add(self)
        self._others, self._one_by_one = others, one_by_one

    def close(self) -> None:
        with self._one_by_one:
            super().close()
            if self._others is not None:
                self._others.discard(self)


def orphan(path: Path) -> Path | None:
    """The journal with the last changes of the database whose file should be here, and is not."""
    journal = _beside(path, "wal")
    return journal if _size(journal) and not _size(path) else None


def waited_too_long(error: BaseException) -> bool:
    """For a lock that somebody else has: trying again helps."""
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _beside(path: Path, what: str) -> Path:
    """Where SQLite looks for it: beside the file itself, wherever a link to it may lie."""
    return Path(f"{os.path.realpath(path) if path.is_symlink() else path}-{what}")


def _make(path: Path) -> None:
    if journal := orphan(path):
        raise Refused(
            "{journal} holds the last changes of a database that is not there. Put {file} back beside it, or, where it "
            "is not wanted any more, move it away. Nothing was changed.",
            journal=journal,
            file=journal.name.removesuffix("-wal"),
        )
    with contextlib.suppress(OSError):  # SQLite has the words for it, when it opens what could not be made
        path.touch(0o644)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _identity(path: Path) -> _Identity:
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
        connection.isolation_level = None  # the driver must not begin for us
        cursor = connection.cursor()
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
