"""What a row was before it was edited: kept for whoever tells the past once more by what held then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from tickets.change import Change
from tickets.grouped import key_of, table_of
from tickets.moment import Moment, from_micros, to_micros
from tickets.table import AppendOnly

Value = TypeVar("Value")
Course = Sequence[tuple[datetime, Value]]  # what it was until when, oldest first; the last one is today's
Columns = Mapping[str, Any]
TODAY = datetime.max.replace(tzinfo=UTC)


class Former(AppendOnly, table=True):
    """`was`: columns of a row as they were until then, moments in microseconds. Empty: there was no such row.

    What nobody edited has none: it is as it always was. Only what is asked for later is kept.
    """

    __tablename__ = "former"
    __table_args__ = (Index("ix_former_row", "kind", "row_id"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str  # its table
    row_id: int
    until: datetime = Field(sa_type=Moment)
    was: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


def keep(change: Change, model: type[SQLModel], id: int, /, **was: Any) -> None:
    """Before a row is edited the columns that will be others, before its removal all that count; of a new one none."""
    kept = {name: to_micros(value) if isinstance(value, datetime) else value for name, value in was.items()}
    row = Former(id=change.new_id(), kind=str(model.__tablename__), row_id=id, until=change.now, was=kept)
    change.append(row)


def last_of(change: Change, model: type[SQLModel], id: int) -> Columns | None:
    """What was kept last of it: of a row that is gone, all that counted."""
    mine = select(Former).where(Former.kind == str(model.__tablename__), Former.row_id == id)
    found = change.one(mine.order_by(col(Former.until).desc(), col(Former.id).desc()))
    return None if found is None or not found.was else _read(model, found.was)


def courses(
    session: Session, model: type[SQLModel], today: Mapping[int, Columns], *, of: Collection[int] | None = None
) -> dict[int, Course[Columns | None]]:
    """What each row was, by id, also of those that are gone. `today`: the columns that count; `of`: only these rows."""
    query = select(Former).where(Former.kind == str(model.__tablename__))
    if of is not None:
        query = query.where(col(Former.row_id).in_(of))
    backwards: dict[int, list[tuple[datetime, Columns | None]]] = {id: [(TODAY, row)] for id, row in today.items()}
    for former in session.exec(query.order_by(col(Former.until).desc(), col(Former.id).desc())):
        course = backwards.setdefault(former.row_id, [(TODAY, None)])
        later = course[-1][1] or {key_of(table_of(model)): former.row_id}
        course.append((former.until, {**later, **_read(model, former.was)} if former.was else None))
    return {id: course[::-1] for id, course in backwards.items()}


def at(course: Course[Value], now: datetime) -> Value:
    """What an edit made of it holds from the very instant of the edit."""
    return course[bisect_right(course, now, key=lambda image: image[0])][1]


# How


def _read(model: type[SQLModel], was: Columns) -> Columns:
    columns = table_of(model).c
    return {
        name: from_micros(value) if value is not None and isinstance(columns[name].type, Moment) else value
        for name, value in was.items()
    }
