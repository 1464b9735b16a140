"""The walk through everything that a desk holds, table by table and row by row, in words that every database knows."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, LargeBinary, MetaData, Table, Text, select
from sqlalchemy import types as sql
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

AT_ONCE = 1000  # rows
LEFT_OUT = {"index_cursor"}  # the search index is made anew from the log, wherever the desk stands
_KINDS: dict[str, Any] = {
    "number": BigInteger,
    "text": Text,
    "flag": Boolean,
    "fraction": Float,
    "json": lambda: JSON(none_as_null=True),
    "bytes": LargeBinary,
}
_encode = msgspec.json.Encoder(order="sorted").encode

Row = Sequence[Any]


@dataclass(frozen=True)
class Shape:
    """A table as it is written down: its name, and each column with what stands in it."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def table(self) -> Table:
        """To read or to fill it, whatever else the table is."""
        return Table(self.name, MetaData(), *(Column(name, _KINDS[kind]()) for name, kind in self.columns))

    def line(self, row: Row) -> bytes:
        """The same bytes for the same row, whichever database it came from."""
        return _encode(list(row)) + b"\n"

    def row(self, line: bytes) -> dict[str, Any]:
        """Raises msgspec.DecodeError or ValueError for what is no line of this table."""
        values = msgspec.json.decode(line, type=list[Any])
        named = zip(self.columns, values, strict=True)
        return {name: base64.b64decode(value) if kind == "bytes" and value else value for (name, kind), value in named}


@dataclass
class Tally:
    """What a table held: how many rows, and a mark that is the same for the same rows in any order."""

    rows: int = 0
    _sum: int = field(default=0, repr=False)

    def count(self, line: bytes) -> None:
        self.rows += 1
        self._sum += int.from_bytes(hashlib.blake2b(line, digest_size=16).digest())

    @property
    def mark(self) -> str:
        return f"{self._sum % 2**128:032x}"


def shapes() -> list[Shape]:
    """Every table of this version, each after those that it names."""
    import server.tables  # noqa: F401  (fills the metadata; slow to load)

    found = [table for table in SQLModel.metadata.sorted_tables if table.name not in LEFT_OUT]
    return [Shape(str(table.name), tuple((str(c.name), _kind(c.type)) for c in table.columns)) for table in found]


def rows(connection: Connection, shape: Shape) -> Iterator[Row]:
    """All of a table, a few at a time. Call it inside a transaction that sees one moment."""
    streamed = {"stream_results": True, "yield_per": AT_ONCE}
    with connection.execute(select(*shape.table.columns), execution_options=streamed) as found:
        yield from found


def fill(connection: Connection, shape: Shape, lines: Iterable[bytes]) -> Tally:
    """Put these rows into an empty table."""
    tally, waiting, statement = Tally(), list[dict[str, Any]](), shape.table.insert()
    for line in lines:
        tally.count(line)
        waiting.append(shape.row(line))
        if len(waiting) >= AT_ONCE:
            connection.execute(statement, waiting)
            waiting = []
    if waiting:
        connection.execute(statement, waiting)
    return tally


def counted(connection: Connection, shape: Shape) -> Tally:
    """What the table holds now."""
    tally = Tally()
    for row in rows(connection, shape):
        tally.count(shape.line(row))
    return tally


def _kind(type_: sql.TypeEngine[Any]) -> str:
    plain = type_.impl if isinstance(type_, sql.TypeDecorator) else type_
    kinds: tuple[tuple[type[Any], str], ...] = (
        (sql.Boolean, "flag"),
        (sql.Integer, "number"),
        (sql.Float, "fraction"),
        (sql.JSON, "json"),
        (sql.LargeBinary, "bytes"),
        (sql.String, "text"),
    )
    return next(kind for of, kind in kinds if isinstance(plain, of))
