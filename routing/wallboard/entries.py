"""What can be counted on the wallboard and is no list of its own: each figure is said once, as the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from routing.wallboard.sums import Sums, percent
from routing.wallboard.today import AsOf, Day
from tickets.errors import NotFound
from tickets.ticket import Ticket

PAGE = 100


@dataclass(frozen=True)
class Entry:
    """One row behind a number. `what` and `good` mean what the figure says they do."""

    ticket_id: int
    queue_id: int | None
    at: datetime
    what: str
    good: bool


@dataclass(frozen=True)
class Count(Sums):
    """How many rows, and how many of them are good."""

    n: int = 0
    good: int = 0

    @property
    def bad(self) -> int:
        return self.n - self.good

    @property
    def share(self) -> int | None:
        """Whole percent of good ones, rounded down, so that 100 % means all; None where there is nothing to judge."""
        return percent(self.good, self.n)


@dataclass(frozen=True)
class Figure:
    """`rows` selects ticket_id, queue_id, at, what and good; `what` keeps those rows only that say so.

    Their statements are written once; what is another each time stands in `AsOf.values`.
    """

    rows: Callable[[Day], Select[Any]]
    what: str = ""
    newest_first: bool = True
    by: str = "queue_id"  # or "what": by which the board tells its counts apart


@dataclass(frozen=True)
class Counted:
    """A figure counted once, by queue or by what."""

    parts: Mapping[int | str | None, Count]

    @property
    def all(self) -> Count:
        return sum(self.parts.values(), Count())

    def of(self, part: int | str | None) -> Count:
        return self.parts.get(part, Count())


def row(at: Any, what: Any, good: Any) -> tuple[ColumnElement[Any], ...]:
    """The columns that every figure selects; `good` is 1 or 0."""
    return (
        col(Ticket.id).label("ticket_id"),
        col(Ticket.queue_id).label("queue_id"),
        at.label("at"),
        what.label("what"),
        good.label("good"),
    )


def counted(session: Session, figure: Figure, as_of: AsOf) -> Counted:
    found = session.connection().execute(_sums(figure, as_of.day), as_of.values)
    return Counted({part: Count(n, int(good)) for part, n, good in found})


@dataclass(frozen=True)
class Asked:
    """A figure by its name in an address: of everything, or of one queue."""

    name: str
    queue_id: int | None


def asked(name: str) -> Asked:
    """What handled-today and queue-3-handled-today mean. Whether there is such a figure is for `page` to say."""
    of, _, rest = name.partition("-")
    number, _, figure = rest.partition("-")
    if of == "queue" and number.isascii() and number.isdigit() and len(number) < 18:
        return Asked(figure, int(number))
    return Asked(name, None)


def total(session: Session, figures: Mapping[str, Figure], asked: Asked, as_of: AsOf) -> Count:
    """How many rows stand behind the number. Raises NotFound."""
    rows = _narrowed(_figure(figures, asked), asked, as_of).subquery()
    sums = select(func.count(), func.coalesce(func.sum(rows.c.good), 0)).select_from(rows)
    n, good = session.execute(sums, as_of.values).one()
    return Count(n, int(good))


def page(
    session: Session, figures: Mapping[str, Figure], asked: Asked, as_of: AsOf, *, skip: int = 0, limit: int = PAGE
) -> Sequence[Entry]:
    """Those rows themselves: what went wrong first. Raises NotFound."""
    figure = _figure(figures, asked)
    rows = _narrowed(figure, asked, as_of).subquery()
    at = rows.c.at.desc() if figure.newest_first else rows.c.at
    query = select(rows).order_by(rows.c.good, at, rows.c.ticket_id, rows.c.what).offset(skip).limit(limit)
    found = session.execute(query, as_of.values)
    return [Entry(one.ticket_id, one.queue_id, one.at, one.what, bool(one.good)) for one in found]


@lru_cache(maxsize=64)  # writing a statement takes longer than asking it
def _sums(figure: Figure, day: Day) -> Select[Any]:
    rows = figure.rows(day).subquery()
    part = rows.c[figure.by]
    return select(part, func.count(), func.sum(rows.c.good)).group_by(part)


def _figure(figures: Mapping[str, Figure], asked: Asked) -> Figure:
    found = figures.get(asked.name)
    if found is None:
        raise NotFound("There is no such list.")
    return found


def _narrowed(figure: Figure, asked: Asked, as_of: AsOf) -> Select[Any]:
    rows = figure.rows(as_of.day).subquery()
    found = select(rows)
    if figure.what:
        found = found.where(rows.c.what == figure.what)
    return found if asked.queue_id is None else found.where(rows.c.queue_id == asked.queue_id)
