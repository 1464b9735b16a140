"""What a change selects by a query: whole rows of a busy table, single values, or rows that a session follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

from tickets.plain import columns_of, row_of
from tickets.statement import Statement
from tickets.table import Swift

Value = TypeVar("Value")
MOST_KNOWN = 512  # queries; most are made once and held by whoever asks them


class Selecting(Generic[Value]):
    """One query, put together once: SQLAlchemy is asked for it as rarely as may be (tickets.statement)."""

    def __init__(self, query: SelectOfScalar[Value]) -> None:
        what = query.column_descriptions[0]["expr"]
        configure_mappers()  # SQLAlchemy waits for the first row that it reads by itself
        self._query = query
        self._model = what if isinstance(what, type) and issubclass(what, SQLModel) else None
        is_followed = self._model is not None and not issubclass(self._model, Swift)
        self._asked = None if is_followed else Statement(query)

    def values(self, session: Session, values: Mapping[str, Any]) -> Sequence[Value]:
        """Rows of a busy table are as they stand there: nobody follows them as yet."""
        if self._asked is None:
            return session.exec(self._query, params=values).all()
        found = self._asked.rows(session.connection(), **values)
        if self._model is None:
            return [value for (value,) in found]
        names = columns_of(self._model)
        return [row_of(self._model, names, row) for row in found]  # type: ignore[misc]


@lru_cache(MOST_KNOWN)
def selecting(query: SelectOfScalar[Value]) -> Selecting[Value]:
    return Selecting(query)


@lru_cache(MOST_KNOWN)
def columns(query: Select[Any]) -> Statement:
    """A query of columns, and not of rows."""
    return Statement(query)
