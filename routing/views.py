"""The lists of tickets an agent can look at: each is said once, for a ticket in hand and for the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, bindparam, case, func, or_, type_coerce
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from routing import line
from tickets.errors import NotFound
from tickets.moment import to_micros
from tickets.plain import Plain, plain
from tickets.statement import Statement
from tickets.status import Status
from tickets.ticket import Ticket

PAGE = 50
_NEVER = 10**17 - 1  # later than any moment, in microseconds


@dataclass(frozen=True)
class Is:
    """The field has this value."""

    field: str
    value: Any

    def clause(self) -> ColumnElement[bool]:
        column: ColumnElement[Any] = getattr(Ticket, self.field)
        return column.is_(None) if self.value is None else column == self.value

    def matches(self, ticket: Ticket) -> bool:
        return bool(getattr(ticket, self.field) == self.value)


@dataclass(frozen=True)
class IsSet:
    """The field has some value."""

    field: str

    def clause(self) -> ColumnElement[bool]:
        column: ColumnElement[Any] = getattr(Ticket, self.field)
        return column.is_not(None)

    def matches(self, ticket: Ticket) -> bool:
        return getattr(ticket, self.field) is not None


@dataclass(frozen=True)
class IsUndone:
    """Somebody still has to do something about it."""

    def clause(self) -> ColumnElement[bool]:
        return line.undone()

    def matches(self, ticket: Ticket) -> bool:
        return not ticket.done


@dataclass(frozen=True)
class HasStatus:
    """One of these; spelled out in the statement, so that SQLite sees that its partial indexes apply."""

    statuses: tuple[str, ...]

    def clause(self) -> ColumnElement[bool]:
        return col(Ticket.status).in_(bindparam(None, self.statuses, expanding=True, literal_execute=True))

    def matches(self, ticket: Ticket) -> bool:
        return ticket.status in self.statuses


@dataclass(frozen=True)
class AnyOf:
    """At least one of these holds."""

    conditions: tuple[Condition, ...]

    def clause(self) -> ColumnElement[bool]:
        return or_(*(condition.clause() for condition in self.conditions))

    def matches(self, ticket: Ticket) -> bool:
        return any(condition.matches(ticket) for condition in self.conditions)


Condition = Is | IsSet | IsUndone | HasStatus | AnyOf


@dataclass(frozen=True)
class View:
    """A list: the tickets for which all conditions hold."""

    name: str
    conditions: tuple[Condition, ...]

    def clause(self, *, but: Condition | None = None) -> ColumnElement[bool]:
        """`but`: what needs no saying, since all that is looked at has it."""
        return and_(*(condition.clause() for condition in self.conditions if condition is not but))

    def matches(self, ticket: Ticket) -> bool:
        return all(condition.matches(ticket) for condition in self.conditions)


@dataclass(frozen=True)
class Part:
    """A list that is a part of another: what it is of ("queue" or "agent"), whose, and which list."""

    of: str
    id: int
    kind: str


UNDONE = IsUndone()
DONE = HasStatus((Status.RESOLVED.value, Status.CLOSED.value))
_SHOWN = (UNDONE, Is("snoozed_until", None))
_COMMON: dict[str, tuple[Condition, ...]] = {
    "waiting": (*_SHOWN, IsSet("waiting_since")),
    # What was promised is late or nearly so, even if it sleeps: a snooze stops no clock. Late is warned of, too
    "at_risk": (UNDONE, Is("sla_warned", True), Is("sla_breached", False)),
    "breached": (UNDONE, Is("sla_warned", True), Is("sla_breached", True)),
    "unassigned": (*_SHOWN, Is("agent_id", None)),
    "snoozed": (UNDONE, IsSet("snoozed_until")),
    "open": _SHOWN,
    "resolved": (DONE,),
}
NAMES = ("mine", *_COMMON)
_NARROWER: dict[str, tuple[Condition, ...]] = {  # opened from the wallboard; not among an agent's own lists
    "in_line": (
        *_SHOWN,
        Is("agent_id", None),
        IsSet("queue_id"),
        AnyOf((Is("live", True), HasStatus(tuple(line.NEEDS_US)))),
    ),
    "live": (*_SHOWN, Is("live", True)),
}
_OF = {"queue": "queue_id", "agent": "agent_id"}


def view_of(name: str, agent_id: int) -> View:
    """The list of that name as this agent sees it: mine, waiting, unassigned, snoozed, open, in_line and so on.

    Those of one queue or agent are named queue-3, agent-7 (what is open there), queue-3-in_line, agent-7-live.
    """
    if name == "mine":
        return View(name, (*_SHOWN, Is("agent_id", agent_id)))
    part = part_of(name)
    if part is None:
        return View(name, _conditions(name))
    return View(name, (*_conditions(part.kind), Is(_OF[part.of], part.id)))


def part_of(name: str) -> Part | None:
    """What queue-3-in_line means; None for a list of everything."""
    of, _, rest = name.partition("-")
    number, dash, kind = rest.partition("-")
    if of in _OF and number.isascii() and number.isdigit() and len(number) < 18 and bool(dash) == bool(kind):
        return Part(of, int(number), kind or "open")
    return None


def _conditions(name: str) -> tuple[Condition, ...]:
    found = _COMMON.get(name) or _NARROWER.get(name)
    if found is None:
        raise NotFound("There is no such list.")
    return found


def names_for(ticket: Ticket, agent_id: int) -> Sequence[str]:
    """Every list of this agent that the ticket is on."""
    names = [*NAMES, *([f"queue-{ticket.queue_id}"] if ticket.queue_id is not None else [])]
    return [name for name in names if view_of(name, agent_id).matches(ticket)]


def order_of(ticket: Ticket) -> str:
    """A string that sorts as the lists do: what is due first, the late on top; who waits longest; what moved last.

    Nothing is due of what is done: there the last moved comes first.
    """
    hurries = (None, None) if DONE.matches(ticket) else (ticket.sla_due_at, ticket.waiting_since)
    due, waiting = (_NEVER if at is None else to_micros(at) for at in hurries)
    return f"{due:017d}-{waiting:017d}-{_NEVER - to_micros(ticket.updated_at):017d}-{ticket.id:018d}"


def rows(
    session: Session, name: str, agent_id: int, *, after: str | None = None, limit: int = PAGE
) -> Sequence[Ticket]:
    """The first tickets of a list, or those that come after the one whose `order_of` is given."""
    found = _first_of(name, agent_id) if after is None else _page_of(name, agent_id, after)
    return found.all(session, most=limit)


@lru_cache(maxsize=1000)
def _first_of(name: str, agent_id: int) -> Plain[Ticket]:
    """What every page with a list begins with."""
    return _page_of(name, agent_id)


def _page_of(name: str, agent_id: int, after: str | None = None) -> Plain[Ticket]:
    view = view_of(name, agent_id)
    hurries = () if DONE in view.conditions else (_or_never(Ticket.sla_due_at), _or_never(Ticket.waiting_since))
    query = plain(Ticket).where(view.clause())
    if after is not None:
        query = query.where(_comes_after(after, hurries))
    query = query.order_by(*hurries, col(Ticket.updated_at).desc(), col(Ticket.id))
    return Plain(Ticket, query.limit(bindparam("most", type_=Integer)))


def count(session: Session, view: View) -> int:
    """How many tickets are on this list."""
    return session.exec(select(func.count()).select_from(Ticket).where(view.clause())).one()


def counts(session: Session, agent_id: int) -> dict[str, int]:
    """How many tickets are on each list, by name, in one query. Resolved ones are not counted."""
    found = _sums().rows(session.connection(), agent=agent_id)
    counted = dict.fromkeys(_COUNTED, 0)
    for queue_id, *numbers in found:
        by_name = dict(zip(_COUNTED, numbers, strict=True))
        for name, number in by_name.items():
            counted[name] += number
        if queue_id is not None:
            counted[f"queue-{queue_id}"] = by_name["open"]
    return counted


_COUNTED = tuple(name for name in NAMES if name != "resolved")


@cache
def _sums() -> Statement:
    """For each queue the number of its tickets that are on each list."""
    views = [View("mine", (*_SHOWN, Is("agent_id", bindparam("agent"))))]
    views += [view_of(name, 0) for name in _COUNTED if name != "mine"]
    sums = [func.sum(case((view.clause(), 1), else_=0)) for view in views]
    columns: list[Any] = [col(Ticket.queue_id), *sums]
    return Statement(core_select(*columns).where(UNDONE.clause()).group_by(col(Ticket.queue_id)))


def _or_never(moment: datetime | None) -> ColumnElement[int]:
    return func.coalesce(type_coerce(col(moment), BigInteger), _NEVER)


def _comes_after(order: str, hurries: Sequence[ColumnElement[int]]) -> ColumnElement[bool]:
    parts = order.split("-")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        raise NotFound("There is no such place in the list.")
    due, waiting, updated, ticket_id = int(parts[0]), int(parts[1]), _NEVER - int(parts[2]), int(parts[3])
    touched = type_coerce(col(Ticket.updated_at), BigInteger)
    later = or_(touched < updated, and_(touched == updated, col(Ticket.id) > ticket_id))
    for found, value in reversed([*zip(hurries, (due, waiting), strict=False)]):
        later = or_(found > value, and_(found == value, later))
    return later
