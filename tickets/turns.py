"""Who may write beside whom: changes that stay with one ticket side by side, all others one at a time in the house.

SQLite has one writer, so there everything is one at a time by itself. On PostgreSQL a batch that stays with its tickets
shares the house with others of its kind and holds the rows of its tickets, in sorted order; any other batch has the
house for itself. So a verb that reads a line, counts an agent's work or looks whether something exists, and then
writes, finds the world as still as on SQLite, whatever other processes do. Locks are always taken in this order:
the house, tickets by id, the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlmodel import Session, SQLModel

from tickets.moment import from_micros

Verb = TypeVar("Verb", bound=Callable[..., Any])

OF_ONE_TICKET = frozenset({"ticket", "message", "sla_clock", "sla_entry"})
"""Tables whose rows belong to one ticket and are looked at by nobody who decides about another."""
HOUSE, LOG = 0x66_64_68, 0x66_64_6C  # keys of advisory locks; they end with their transaction
_NOW = "cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)"
_SHARE = text(f"select pg_advisory_xact_lock_shared({HOUSE}), {_NOW}")
_ALONE = text(f"select pg_advisory_xact_lock({HOUSE}), {_NOW}")
_LOG = text(f"select pg_advisory_xact_lock({LOG})")


class ReachesFurtherError(Exception):
    """A change that shares the house wants to write what does not belong to its ticket: it is run again, alone."""


def within_ticket(verb: Verb) -> Verb:
    """Marks a verb that usually writes nothing but its ticket (`about`) and what belongs to it."""
    verb.within_ticket = True  # type: ignore[attr-defined]
    return verb


def stays(verb: Callable[..., Any], about: int | None) -> bool:
    """Whether a change may share the house. If it reaches further after all, it is run again, alone."""
    return about is not None and getattr(verb, "within_ticket", False)


def is_shared(database: Engine | Connection) -> bool:
    """Whether others write to this database at the same time."""
    return database.dialect.name == "postgresql"


def begin(session: Session, *, alone: bool) -> datetime:
    """Wait for this batch's turn. Returns the database's time at its beginning."""
    _, micros = session.connection().execute(_ALONE if alone else _SHARE).one()
    return from_micros(micros)


def end(session: Session) -> None:
    """The last lock before the commit, for those who share: positions in the log appear in the order of commits."""
    session.connection().execute(_LOG)


def check_within(tickets: frozenset[int], rows: Iterable[SQLModel]) -> None:
    """Raises ReachesFurtherError where a row belongs to none of these tickets."""
    for row in rows:
        table = str(row.__tablename__)
        if table not in OF_ONE_TICKET or getattr(row, "id" if table == "ticket" else "ticket_id") not in tickets:
            raise ReachesFurtherError(table)
