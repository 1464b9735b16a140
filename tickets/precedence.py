"""Which rows are written before which: one that others name comes before them."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Table
from sqlalchemy.schema import sort_tables
from sqlmodel import SQLModel

from tickets.grouped import table_of


@cache
def parent_of(table: Table) -> Table | None:
    """The table whose keys this one's are."""
    keys = list(table.primary_key.columns)
    return next((key.column.table for key in keys[0].foreign_keys), None) if len(keys) == 1 else None


@cache
def parents_first(models: frozenset[type[SQLModel]]) -> list[type[SQLModel]]:
    """In an order in which none of them names a later one by a foreign key."""
    known = {table_of(model): model for model in models}
    return [known[table] for table in sort_tables(known)]


def follows(model: type[SQLModel], changed: set[Table]) -> bool:
    """Whether new rows of this kind come after what is changed; those that name them do so, too."""
    table = table_of(model)
    follows = not changed.isdisjoint(_named(table))
    if follows:
        changed.add(table)
    return follows


@cache
def _named(table: Table) -> frozenset[Table]:
    """A table, and those that it names by a foreign key."""
    return frozenset({table, *(key.column.table for key in table.foreign_keys)})
