"""Rows that promises go by, as they were when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import Session, SQLModel, select

from tickets.former import Course, courses
from tickets.grouped import key_of, table_of

Key = tuple[type[SQLModel], int]
Rows = Mapping[Key, Course[SQLModel | None]]


def over_time(session: Session, model: type[SQLModel], *, of: Collection[int] | None = None) -> Rows:
    """All rows of a table that there are or were; `of`: only these."""
    key = key_of(table_of(model))
    query: Any = select(model)
    if of is not None:
        query = query.where(getattr(model, key).in_(of))
    today = {
        getattr(row, key): {name: getattr(row, name) for name in model.model_fields} for row in session.exec(query)
    }
    found = courses(session, model, today, of=of)
    return {
        (model, id): [(until, None if image is None else model(**image)) for until, image in course]
        for id, course in found.items()
    }
