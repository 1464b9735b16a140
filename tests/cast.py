"""The people of every story, a clock that is moved, and the smallest desk and change that a test can have."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

from server.database import Database
from tests.engine import database_url, in_postgres, scaled
from tickets.batch import Batch
from tickets.change import Change
from tickets.desk import Desk
from tickets.events import Event
from tickets.ids import Ids
from tickets.opening import open_ticket
from tickets.people import Agent, Customer, Role, new_customer
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.status import Channel
from tickets.ticket import Ticket

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a working morning


class MovedClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def moves(self, **by: float) -> datetime:
        """Go on by so many seconds, minutes, hours or days."""
        self.at += timedelta(**by)
        return self.at


class UnitChange(Change):
    """A change on a database of its own that is never committed: for the laws of verbs."""

    def __init__(self, *, by: str, clock: MovedClock | None = None, rules: Rules | None = None) -> None:
        self.clock = clock or MovedClock()
        self.began = self.clock.now()
        ids = Ids()
        ids.refill(1, 1_000_000)
        bind, give_back = in_postgres() if scaled() else _in_memory()
        self.session = Session(bind, autoflush=False, expire_on_commit=False)
        weakref.finalize(self.session, give_back)
        super().__init__(Batch(self.session, ids), by=by, now=self.began, rules=rules or Rules())

    def moves(self, **by: float) -> None:
        self.now = self.clock.moves(**by)

    def settle(self, reactions: Reactions) -> None:
        reactions.settle(self)

    @property
    def recorded(self) -> list[Event]:
        """What happened, without who did it."""
        return [event for _, event in self.events]

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.recorded]


def _in_memory() -> tuple[Engine, Callable[[], None]]:
    """A copy of one that has the tables; what was compiled for another is at hand for this one too."""
    first, tables = _with_tables()
    memory: Any = sqlite3.connect(":memory:", check_same_thread=False)
    tables.backup(memory)
    return Engine(StaticPool(lambda: memory, reset_on_return=None), first.dialect, first.url), memory.close


@cache
def _with_tables() -> tuple[Engine, sqlite3.Connection]:
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    engine = create_engine("sqlite://", poolclass=StaticPool, creator=lambda: memory, pool_reset_on_return=None)
    SQLModel.metadata.create_all(engine)
    return engine, memory


def a_change(*, by: str = "system", rules: Rules | None = None) -> UnitChange:
    return UnitChange(by=by, rules=rules)


def an_agent(change: Change, name: str = "Ada", role: Role = Role.AGENT) -> Agent:
    """Ada and Bo answer, Grace supervises."""
    return change.add(
        Agent(
            id=change.new_id(),
            name=name,
            email=f"{name.lower()}@frontdesk.example",
            role=role.value,
            created_at=change.now,
        )
    )


def a_customer(change: Change, name: str = "Sam Okafor") -> Customer:
    """Sam and 李静 ask; Priya waits for a third party; Mallory is the outsider who must get nothing."""
    return new_customer(change, name)


def a_ticket(
    change: Change, customer: Customer | None = None, *, live: bool = False, queue_id: int | None = None
) -> Ticket:
    """Where Sam's parcel is."""
    return open_ticket(
        change,
        customer or a_customer(change),
        channel=Channel.CHAT,
        subject="Where is my parcel?",
        live=live,
        queue_id=queue_id,
    )


def a_database(folder: Path) -> Database:
    """A database with today's tables, and nothing in them."""
    return Database(database_url(folder))


def a_desk(
    database: Database, *, clock: MovedClock | None = None, reactions: Sequence[tuple[type[Event], object]] = ()
) -> Desk:
    """A real desk on a real file, on a moved clock. Open it with `async with`."""
    return Desk(database.writes, database.reads, clock=clock or MovedClock(), reactions=Reactions(reactions))  # type: ignore[arg-type]
