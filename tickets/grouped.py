"""One statement for many rows, as the driver takes it: SQLAlchemy is asked once for a statement, not for each row.

SQLite runs it row by row, which costs it next to nothing; to PostgreSQL all rows travel as one document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

import msgspec
from sqlalchemy import JSON, Connection, Table, text
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import SQLModel

from tickets.moment import Moment, to_micros
from tickets.plain import columns_of, plain, row_of
from tickets.statement import Statement, write_all
from tickets.table import Swift
from tickets.turns import is_shared

Row = TypeVar("Row", bound=Swift)
Values = Mapping[str, Any]  # of a row, by column; may hold more than is asked for
Prepared = Sequence[tuple[int, Callable[[Any], Any]]]
_encode = msgspec.json.Encoder().encode


def insert(connection: Connection, table: Table, rows: Iterable[Values]) -> None:
    _run(connection, table, tuple(table.columns.keys()), rows, _insertion)


def update(connection: Connection, table: Table, names: Iterable[str], rows: Sequence[Values]) -> None:
    """Write these columns of these rows. Raises StaleDataError where one of them is not there any more."""
    changed = _run(connection, table, (*sorted(names), key_of(table)), rows, _updating)
    if changed != len(rows):
        raise StaleDataError(f"{table.name}: of {len(rows)} rows there were {changed}")


def read(connection: Connection, model: type[Row], keys: Iterable[Any], *, hold: bool = False) -> list[Row]:
    """The rows with these keys that there are, by key. `hold`: nobody else changes them before the transaction ends."""
    there, wanted = is_shared(connection), sorted(keys)
    query = _reading(model, there=there, hold=hold)
    found = query.rows(connection, keys=wanted if there else _document(wanted))
    return [row_of(model, columns_of(model), values) for values in found]


def delete(connection: Connection, model: type[Swift], key: Any) -> None:
    table = table_of(model)
    connection.execute(table.delete().where(table.c[key_of(table)] == key))


def _run(
    connection: Connection,
    table: Table,
    names: tuple[str, ...],
    rows: Iterable[Values],
    statement: Callable[[Table, tuple[str, ...], bool], str],
) -> int:
    there = is_shared(connection)
    columns, prepared = itemgetter(*names), _prepared(table, names, there)
    values = [_ready(columns(row), prepared) for row in rows]
    words = statement(table, names, there)
    if there:
        document = _encode([dict(zip(names, row, strict=True)) for row in values]).decode()
        return connection.exec_driver_sql(words, (document,)).rowcount
    return write_all(connection, words, values)


def _ready(row: tuple[Any, ...], prepared: Prepared) -> Sequence[Any]:
    values = list(row)
    for place, prepare in prepared:
        values[place] = prepare(values[place])
    return values


@cache
def _prepared(table: Table, names: tuple[str, ...], there: bool) -> Prepared:
    """What the driver does not take as it is, by its place, and what makes it so."""
    kinds: dict[type, Callable[[Any], Any]] = {Moment: _micros}
    if not there:
        kinds |= {JSON: _document}
    columns = [(place, type(table.c[name].type)) for place, name in enumerate(names)]
    return [(place, kinds[kind]) for place, kind in columns if kind in kinds]


def _micros(moment: Any) -> int | None:
    return None if moment is None else to_micros(moment)


def _document(value: Any) -> str:
    return _encode(value).decode()


@cache
def _insertion(table: Table, names: tuple[str, ...], there: bool) -> str:
    into = f"insert into {table.name} ({_listed(names)})"
    if there:
        return f"{into} select {_listed(names)} from {_given(table)}"
    return f"{into} values ({', '.join('?' * len(names))})"


@cache
def _updating(table: Table, names: tuple[str, ...], there: bool) -> str:
    *changed, key = names
    values = ", ".join(f'"{name}" = given."{name}"' if there else f'"{name}" = ?' for name in changed)
    if there:
        return f"update {table.name} set {values} from {_given(table)} where {table.name}.{key} = given.{key}"
    return f"update {table.name} set {values} where {key} = ?"


@cache
def _reading(model: type[Swift], *, there: bool, hold: bool) -> Statement:
    configure_mappers()  # SQLAlchemy waits for the first row that it reads by itself
    table = table_of(model)
    key = table.c[key_of(table)]
    these = text(f"{key} = any(:keys)" if there else f"{key} in (select value from json_each(:keys))")
    query = plain(model).where(these).order_by(key)
    return Statement(query.with_for_update(key_share=True) if hold else query)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _given(table: Table) -> str:
    """The rows of the document, as rows of the table."""
    return f"json_populate_recordset(cast(null as {table.name}), cast(%s as json)) as given"


@cache
def key_of(table: Table) -> str:
    """A table has one column whose value names a row."""
    (key,) = table.primary_key.columns.keys()
    return str(key)


def table_of(model: type[SQLModel]) -> Table:
    return model.__table__  # type: ignore[attr-defined,no-any-return]
