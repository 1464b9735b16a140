"""The rows that a batch has at hand to change, and what of them is another since they were read or written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Table
from sqlmodel import SQLModel

from tickets import grouped
from tickets.grouped import key_of, table_of
from tickets.table import Swift

Changed = dict[frozenset[str], list[Swift]]  # rows, by the columns that are another


class Kept:
    """Of swift tables. Whoever holds one of the rows sets its columns, and the batch writes them at its end."""

    def __init__(self) -> None:
        self._stood: dict[int, tuple[Swift, dict[str, Any]]] = {}  # by identity: each row, and how it stood
        self._news: set[int] = set()  # those of which something was learned here

    def keep(self, rows: Iterable[Swift]) -> None:
        """From here on they stand in their table as they are now."""
        for row in rows:
            self._stood[id(row)] = (row, dict(row.__dict__))
            self._news.add(id(row))

    def keep_as(self, row: Swift, stood: dict[str, Any]) -> None:
        """It stands in its table like this, as was remembered."""
        self._stood[id(row)] = (row, stood)

    def news(self) -> Iterator[tuple[Swift, dict[str, Any]]]:
        """Those that were read or written, each with how it stands in its table."""
        return (self._stood[one] for one in self._news)

    def __contains__(self, row: object) -> bool:
        return id(row) in self._stood

    def drop(self, row: Swift) -> None:
        self._stood.pop(id(row), None)
        self._news.discard(id(row))

    def changed(self) -> Iterator[Swift]:
        """Those that do not stand in their table as they are."""
        return (row for row, stood in self._stood.values() if row.__dict__ != stood)

    def touches(self, model: type[SQLModel]) -> bool:
        """Whether one of this table is among those. Asked all the time: the others are not looked into."""
        return any(row.__dict__ != stood for row, stood in self._stood.values() if type(row) is model)

    def write(self, connection: Connection, rows: Iterable[Swift]) -> None:
        """Make the tables as these rows are: those with the same columns to write in one statement."""
        waiting: dict[Table, Changed] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            _, stood = self._stood[id(row)]
            names = frozenset([name for name, value in row.__dict__.items() if value != stood[name]])
            waiting[table_of(type(row))][names].append(row)
        for table, changes in waiting.items():
            for names, rows in changes.items():
                grouped.update(connection, table, names, [row.__dict__ for row in rows])
                self.keep(rows)

    def look_again(self, connection: Connection, table: Table) -> None:
        """A statement may have changed or removed rows of this table: they become as they stand there now."""
        mine = {row.__dict__[key_of(table)]: row for row, _ in self._stood.values() if table_of(type(row)) is table}
        for row in mine.values():
            self.drop(row)
        for found in grouped.read(connection, type(next(iter(mine.values()))), mine) if mine else ():
            row = mine[found.__dict__[key_of(table)]]
            row.__dict__.update(found.__dict__)
            self.keep([row])
