"""What the rows of busy tables are made of."""

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlmodel import SQLModel


class Swift(SQLModel):
    """A table whose attributes are set as they are, not by way of pydantic.

    SQLModel checks nothing on tables, yet asks pydantic each time: ten microseconds for an attribute.
    """

    if not TYPE_CHECKING:
        __setattr__ = object.__setattr__


class AppendOnly(Swift):
    """A table whose rows never change: made in one go, a tenth of the time, and not to be added to a session.

    Columns that are left out get their defaults; a row that lacks one, or names one that there is not, is a TypeError.
    """

    if not TYPE_CHECKING:

        def __init__(self, **values: Any) -> None:
            columns, defaults = _columns(type(self))
            row = {**defaults, **values}
            if row.keys() != columns:
                raise TypeError(f"{type(self).__name__}: {sorted(row.keys() ^ columns)}")
            self.__dict__.update(row)


@cache
def _columns(table: type[SQLModel]) -> tuple[set[str], dict[str, Any]]:
    """All columns, and the defaults of those that have one."""
    fields = table.model_fields
    return set(fields), {name: field.get_default() for name, field in fields.items() if not field.is_required()}
