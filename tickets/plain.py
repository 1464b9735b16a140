"""Rows as they stand in the tables, for somebody to look at: much is shown for each thing that is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from msgspec.json import encode
from sqlalchemy import ColumnElement, Dialect, Select, Text, TypeDecorator, bindparam, literal_column
from sqlalchemy import select as core_select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, configure_mappers
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, SQLModel

from tickets.statement import Statement
from tickets.table import row_like

Row = TypeVar("Row", bound=SQLModel)


class Plain(Generic[Row]):
    """A question about one table, put together once and asked all the time. `plain(Ticket).where(...)` says which rows.

    SQLAlchemy keeps no account of the rows, which costs four times as much: they are not to be changed, and nobody
    will ask what became of them.
    """

    def __init__(self, table: type[Row], query: Select[Any]) -> None:
        self._table = table
        self._asked = Statement(query)
        self._names = columns_of(table)

    def all(self, session: Session, **values: Any) -> list[Row]:
        """The rows, with these values for what the question leaves open."""
        _mapped(self._table)
        return [row_of(self._table, self._names, row) for row in self._asked.rows(session.connection(), **values)]

    def first(self, session: Session, **values: Any) -> Row | None:
        return next(iter(self.all(session, **values)), None)


def plain(*tables: type[SQLModel]) -> Select[Any]:
    """All columns of these tables, in their order."""
    return core_select(*(column for table in tables for column in table.__table__.c))  # type: ignore[attr-defined]


def spelled(words: Iterable[str]) -> list[ColumnElement[str]]:
    """Words of ours, written out in a statement rather than bound: they are always the same, and an index may ask."""
    return [literal_column(f"'{word}'") for word in words]


class _Numbers(TypeDecorator[Collection[int]]):
    """Many at once, as one value: JSON, which both engines read."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> str:
        return encode(list(value or ())).decode()


class _Each(FunctionElement[int]):
    inherit_cache = True
    name = "each"


@compiles(_Each)
def _each(element: _Each, compiler: SQLCompiler, **how: Any) -> str:
    return f"(select value from json_each({compiler.process(element.clauses, **how)}))"


@compiles(_Each, "postgresql")
def _each_there(element: _Each, compiler: SQLCompiler, **how: Any) -> str:
    numbers = compiler.process(element.clauses, **how)
    return f"(select cast(value as bigint) from json_array_elements_text(cast({numbers} as json)))"


def listed(column: Mapped[int] | ColumnElement[int], name: str = "ids") -> ColumnElement[bool]:
    """That it is one of the numbers given under this name. Unlike `in_`, it is the same statement for any of them."""
    return column.op("in", is_comparison=True)(_Each(bindparam(name, type_=_Numbers())))


@cache
def columns_of(table: type[SQLModel]) -> tuple[str, ...]:
    """The names of all its columns, in their order."""
    return tuple(table.__table__.c.keys())  # type: ignore[attr-defined]


@cache
def _mapped(_: type[SQLModel]) -> None:
    """SQLAlchemy waits for the first row that it reads by itself."""
    configure_mappers()


def row_of(table: type[Row], names: Sequence[str], values: Sequence[Any]) -> Row:
    return row_like(table, zip(names, values, strict=True))


def seen(session: Session, table: type[Row], key: int) -> Row | None:
    """The row of this number."""
    return _of_key(table).first(session, key=key)


@cache
def _of_key(table: type[Row]) -> Plain[Row]:
    (key,) = table.__table__.primary_key.columns  # type: ignore[attr-defined]
    return Plain(table, plain(table).where(key == bindparam("key")))


class Beside:
    """As Plain, of several tables that were joined: rows side by side, and None for a table that has none there."""

    def __init__(self, query: Select[Any], *tables: type[SQLModel]) -> None:
        self._asked = Statement(query)
        self._parts, end = list[tuple[type[SQLModel], tuple[str, ...], slice, int]](), 0
        for table in tables:
            names, start = columns_of(table), end
            end = start + len(names)
            key = table.__table__.primary_key.columns[0].key  # type: ignore[attr-defined]
            self._parts.append((table, names, slice(start, end), start + names.index(key)))

    def all(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        for table, *_ in self._parts:
            _mapped(table)
        return [
            tuple(
                None if row[key] is None else row_of(table, names, row[part]) for table, names, part, key in self._parts
            )
            for row in self._asked.rows(session.connection(), **values)
        ]

    def first(self, session: Session, **values: Any) -> tuple[Any, ...] | None:
        return next(iter(self.all(session, **values)), None)
