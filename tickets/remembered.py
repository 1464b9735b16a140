"""Rows of busy tables as they stand there, remembered by the one who writes them from one transaction to the next."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection
from functools import cache
from time import monotonic
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

from tickets.statement import told
from tickets.table import AppendOnly, Swift

MOST_ROWS = 4_000  # of one table; beyond it the ones unused for longest are forgotten
UNUSED = 120.0  # seconds, after twice of which a row is forgotten at the latest: who comes and goes leaves nothing

Stood = dict[str, Any]  # a row's columns, as they are in its table
_SINCE = object()  # in the place of a key: what comes after it was used since it was put there


class Remembered:
    """Rows that may change, and where a row was looked for and there is none. At most so many of one table.

    For SQLite, where nobody else writes while a transaction is under way: what one has learned holds in the next if
    nobody wrote in between, no other process, and nobody here who did not tell.
    """

    def __init__(self, *, most: int = MOST_ROWS, clock: Callable[[], float] = monotonic) -> None:
        self.newest: int | None = None  # position in the log
        self._most = most
        self._clock = clock
        self._looked_at = clock()  # when somebody last looked what is unused
        self._rows: defaultdict[type[SQLModel], OrderedDict[Any, Stood | None]] = defaultdict(OrderedDict)
        self._line: Any = None  # the driver's connection
        self._commits, self._changes = -1, -1  # by others, as it counts them; of rows, by itself

    def begin(self, connection: Connection) -> None:
        """A transaction has begun, and holds the writer's lock."""
        if self._most:
            line: Any = connection.connection.dbapi_connection
            (commits,) = told(connection, "pragma data_version")
            if (line, commits, line.total_changes) != (self._line, self._commits, self._changes):
                self._rows.clear()
                self.newest = None
            self._line, self._commits, self._changes = line, commits, -1
            if self._clock() - self._looked_at >= UNUSED:
                self._forget_unused()

    def end(self, *, newest: int | None) -> None:
        """It was committed, and what it changed has been learned or forgotten."""
        if self._most:
            self.newest, self._changes = newest, self._line.total_changes

    def knows(self, model: type[SQLModel], key: Any) -> bool:
        """How it stands, or that there is none."""
        return key in self._rows[model]

    def recall(self, model: type[SQLModel], keys: Collection[Any]) -> tuple[list[tuple[Any, Stood | None]], list[Any]]:
        """What is known of these rows, by key; and the keys of which nothing is."""
        known, unknown, rows = list[tuple[Any, Stood | None]](), list[Any](), self._rows[model]
        for key in keys:
            if key in rows:
                rows.move_to_end(key)
                known.append((key, rows[key]))
            else:
                unknown.append(key)
        return known, unknown

    def learn(self, model: type[SQLModel], key: Any, stood: Stood | None) -> None:
        """So it stands in its table from now on. None: there is no such row."""
        if self._most and _can_be_remembered(model):
            rows = self._rows[model]
            rows[key] = stood
            rows.move_to_end(key)
            if len(rows) > self._most:
                rows.popitem(last=False)

    def forget(self, model: type[SQLModel], key: Any) -> None:
        self._rows[model].pop(key, None)

    def forget_all(self, model: type[SQLModel]) -> None:
        """Which rows of this table are another, nobody can say."""
        self._rows.pop(model, None)

    def _forget_unused(self) -> None:
        """What nobody has asked for since this was called last."""
        self._looked_at = self._clock()
        for rows in self._rows.values():
            while _SINCE in rows:
                rows.popitem(last=False)
            rows[_SINCE] = None


@cache
def _can_be_remembered(model: type[SQLModel]) -> bool:
    return issubclass(model, Swift) and not issubclass(model, AppendOnly)
