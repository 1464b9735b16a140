"""What the rows of busy tables are made of."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

from sqlalchemy import event
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm.attributes import InstrumentedAttribute, set_attribute
from sqlmodel import Field, SQLModel
from sqlmodel.main import SQLModelMetaclass

Row = TypeVar("Row", bound=SQLModel)


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
            return row_like(self, row)


class Swift(SQLModel, metaclass=Plainly):
    """A table whose rows a batch keeps by itself (tickets.kept), without SQLAlchemy's account of every attribute.

    It costs more than all that a message does. Columns that are left out get their defaults; a row that lacks one,
    or names one that there is not, is a TypeError. Columns hold numbers, texts, moments and JSON, nothing else.
    """

    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None:
            values = self.__dict__
            if "_sa_instance_state" in values:  # found by a query, so a session does keep account
                set_attribute(self, name, value)
            else:
                values[name] = value


class AppendOnly(Swift):
    """A table whose rows never change."""


class _Column:
    """What SQLAlchemy put into the class for a column, without its way to set it.

    What can be set is asked for every value before the row itself is, in Python: that takes thirty times as long as to
    read what the row holds. Without it the row comes first, and this is asked where the row does not have the value:
    of the class, of a row that a session has let go stale.
    """

    def __init__(self, asked: InstrumentedAttribute[Any]) -> None:
        self._asked = asked

    def __get__(self, row: Any, table: Any) -> Any:
        return self._asked.__get__(row, table)


@event.listens_for(Swift, "attribute_instrument", propagate=True)
def _rows_come_first(table: type[Swift], name: str, asked: InstrumentedAttribute[Any]) -> None:
    type.__setattr__(table, name, _Column(asked))


def row_like(table: type[Row], values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Row:
    """A row of these values. It has no history, and SQLAlchemy never hears of it."""
    row: Row = object.__new__(table)
    object.__setattr__(row, "__dict__", dict(values))
    object.__setattr__(row, "__pydantic_extra__", None)  # so that two rows of equal values are equal
    object.__setattr__(row, "__pydantic_private__", None)
    return row


Factories = list[tuple[str, Callable[..., Any]]]


@cache
def _columns(table: type[SQLModel]) -> tuple[set[str], dict[str, Any], Factories]:
    """All columns, the defaults of those that have one, and what makes the defaults of others."""
    configure_mappers()  # SQLAlchemy waits for the first row that it makes by itself
    fields = {name: field for name, field in table.model_fields.items() if not field.is_required()}
    made: Factories = [(name, field.default_factory) for name, field in fields.items() if field.default_factory]
    plain = {name: field.default for name, field in fields.items() if not field.default_factory}
    return set(table.model_fields), plain, made
