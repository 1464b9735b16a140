"""What can be counted on the wallboard and is no list of its own: each figure is said once, as the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from routing.wallboard.today import AsOf
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
class Count:
    """How many rows, and how many of them are good."""

    n: int = 0
    good: int = 0

    @property
    def bad(self) -> int:
        return self.n - self.good

    @property
    def share(self) -> int | None:
        """Whole percent of good ones, rounded down, so that 100 % means all; None where there is nothing to judge."""
        return self.good * 100 // self.n if self.n else None

    def __add__(self, other: Count) -> Count:
        return Count(self.n + other.n, self.good + other.good)


@dataclass(frozen=True)
class Figure:
    """`rows` selects ticket_id, queue_id, at, what and good; `what` keeps those rows only that say so."""

    rows: Callable[[AsOf], Select[Any]]
    what: str = ""
    newest_first: bool = True


@dataclass(frozen=True)
class Counted:
    """A figure counted once, by queue and by what."""

    parts: Mapping[tuple[int | None, str], Count]

    def all(self, what: str = "") -> Count:
        return _sum(count for (_, told), count in self.parts.items() if not what or told == what)

    def of(self, queue_id: int | None) -> Count:
        return _sum(count for (queue, _), count in self.parts.items() if queue == queue_id)


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
    rows = figure.rows(as_of).subquery()
    sums = select(rows.c.queue_id, rows.c.what, func.count(), func.sum(rows.c.good)).group_by(
        rows.c.queue_id, rows.c.what
    )
    found = session.execute(sums)
    return Counted({(queue_id, what): Count(n, int(good)) for queue_id, what, n, good in found})


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
    n, good = session.execute(select(func.count(), func.coalesce(func.sum(rows.c.good), 0)).select_from(rows)).one()
    return Count(n, int(good))


def page(
    session: Session, figures: Mapping[str, Figure], asked: Asked, as_of: AsOf, *, skip: int = 0, limit: int = PAGE
) -> Sequence[Entry]:
    """Those rows themselves: what went wrong first. Raises NotFound."""
    figure = _figure(figures, asked)
    rows = _narrowed(figure, asked, as_of).subquery()
    at = rows.c.at.desc() if figure.newest_first else rows.c.at
    found = select(rows).order_by(rows.c.good, at, rows.c.ticket_id, rows.c.what).offset(skip).limit(limit)
    return [Entry(one.ticket_id, one.queue_id, one.at, one.what, bool(one.good)) for one in session.execute(found)]


def _figure(figures: Mapping[str, Figure], asked: Asked) -> Figure:
    found = figures.get(asked.name)
    if found is None:
        raise NotFound("There is no such list.")
    return found


def _narrowed(figure: Figure, asked: Asked, as_of: AsOf) -> Select[Any]:
    rows = figure.rows(as_of).subquery()
    found = select(rows)
    if figure.what:
        found = found.where(rows.c.what == figure.what)
    return found if asked.queue_id is None else found.where(rows.c.queue_id == asked.queue_id)


def _sum(counts: Iterable[Count]) -> Count:
    return sum(counts, Count())
