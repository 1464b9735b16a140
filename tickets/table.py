"""What the rows of busy tables are made of."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlmodel import SQLModel


class Swift(SQLModel):
    """A table whose rows are made in one go, and whose attributes are set as they are, not by way of pydantic.

    SQLModel checks nothing on tables, yet asks pydantic each time: ten microseconds for an attribute.
    Columns that are left out get their defaults; a row that lacks one, or names one that there is not, is a TypeError.
    """

    if not TYPE_CHECKING:
        __setattr__ = object.__setattr__

        def __init__(self, **values: Any) -> None:
            columns, defaults, factories = _columns(type(self))
            row = {**defaults, **values}
            for name, factory in factories:
                if name not in values:
                    row[name] = factory()
            if row.keys() != columns:
                raise TypeError(f"{type(self).__name__}: {sorted(row.keys() ^ columns)}")
            self.__dict__.update(row)  # a row that is new has no history that the session would need to hear of


class AppendOnly(Swift):
    """A table whose rows never change: they are not to be added to a session."""


Factories = list[tuple[str, Callable[..., Any]]]


@cache
def _columns(table: type[SQLModel]) -> tuple[set[str], dict[str, Any], Factories]:
    """All columns, the defaults of those that have one, and what makes the defaults of others."""
    fields = {name: field for name, field in table.model_fields.items() if not field.is_required()}
    made: Factories = [(name, field.default_factory) for name, field in fields.items() if field.default_factory]
    plain = {name: field.default for name, field in fields.items() if not field.default_factory}
    return set(table.model_fields), plain, made
