"""What the rows of busy tables are made of."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, dataclass_transform

from sqlalchemy.orm import configure_mappers
from sqlmodel import Field, SQLModel
from sqlmodel.main import SQLModelMetaclass


@dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
class Plainly(SQLModelMetaclass):
    """Makes new rows as they are: SQLAlchemy is to keep no account of what becomes of them."""

    if not TYPE_CHECKING:

        def __call__(self, **values: Any) -> Any:
            columns, defaults, factories = _columns(self)
            row = {**defaults, **values}
            for name, factory in factories:
                if name not in values:
                    row[name] = factory()
            if row.keys() != columns:
                raise TypeError(f"{self.__name__}: {sorted(row.keys() ^ columns)}")
            made = self.__new__(self)
            made.__dict__.update(row)
            return made


class Swift(SQLModel, metaclass=Plainly):
    """A table whose rows a batch keeps by itself (tickets.kept), without SQLAlchemy's account of every attribute.

    It costs more than all that a message does. Columns that are left out get their defaults; a row that lacks one,
    or names one that there is not, is a TypeError. Columns hold numbers, texts, moments and JSON, nothing else.
    """

    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None:
            values = self.__dict__
            if "_sa_instance_state" in values:  # found by a query, so a session does keep account
                object.__setattr__(self, name, value)
            else:
                values[name] = value


class AppendOnly(Swift):
    """A table whose rows never change."""


Factories = list[tuple[str, Callable[..., Any]]]


@cache
def _columns(table: type[SQLModel]) -> tuple[set[str], dict[str, Any], Factories]:
    """All columns, the defaults of those that have one, and what makes the defaults of others."""
    configure_mappers()  # SQLAlchemy waits for the first row that it makes by itself
    fields = {name: field for name, field in table.model_fields.items() if not field.is_required()}
    made: Factories = [(name, field.default_factory) for name, field in fields.items() if field.default_factory]
    plain = {name: field.default for name, field in fields.items() if not field.default_factory}
    return set(table.model_fields), plain, made
