"""A desk in memory, on a clock that is set: the house's own verbs and reactions, and nothing that outlives the run."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

import server.tables  # noqa: F401  (the tables that are made below)
from tickets import grouped, log
from tickets.batch import Batch
from tickets.change import Change
from tickets.events import Event
from tickets.grouped import table_of
from tickets.ids import Ids
from tickets.message import Message
from tickets.reactions import Reactions
from tickets.remembered import Remembered
from tickets.rules import Rules
from tickets.table import Swift

T = TypeVar("T")
_IDS = 1 << 40
TOGETHER = 8  # changes


class MemoryDesk:
    """Changes are made as the writer makes them: verb, reactions, rows, log. Nothing is ever committed."""

    def __init__(
        self, reactions: Reactions, rules: Rules, *, heard: Callable[[Event], None] = lambda event: None
    ) -> None:
        self.now = datetime(2000, 1, 1, tzinfo=UTC)
        self.events = 0
        self.hears: Callable[[Event], None] = lambda event: None
        self._memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        engine = create_engine(
            "sqlite://", poolclass=StaticPool, creator=lambda: self._memory, pool_reset_on_return=None
        )
        SQLModel.metadata.create_all(engine)
        self._memory.execute("begin")
        self._session = _Session(engine, autoflush=False, expire_on_commit=False)
        self._reactions = reactions
        self._rules = rules
        self._ids = Ids()
        self._ids.refill(1, _IDS)
        self._batch = _OneBatch(self._session, self._ids, remembered=Remembered())
        self._changes = 0

    def __enter__(self) -> MemoryDesk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._session.close()
        self._memory.close()

    def change(self, verb: Callable[..., T], *args: Any, by: str, about: int | None = None, **kwargs: Any) -> T:
        """As the desk's own (tickets.desk), at once."""
        batch = self._begun()
        change = Change(batch, by=by, now=self.now, rules=self._rules)
        result = verb(change, *args, **kwargs)
        self._reactions.settle(change)
        batch.flush()
        self._log(change)
        for _, event in change.events:
            self.hears(event)
        return result

    def look(self, query: Callable[..., T], *args: Any) -> T:
        return query(self._session, *args)

    def _begun(self) -> Batch:
        """Several changes share what they have read, as those do that come together to a busy desk."""
        if self._changes % TOGETHER == 0:
            self._batch = self._batch.next()
        self._changes += 1
        return self._batch

    def _log(self, change: Change) -> None:
        rows = [log.row(change.now, by, event) for by, event in change.events]
        for row in rows:
            self.events += 1
            row["pos"] = self.events
        if rows:
            grouped.insert(self._session.connection(), table_of(log.LogRow), rows)


class _Session(Session):
    """Has one connection, from its beginning to its end: nobody need look for it."""

    def connection(self, *_: Any, **__: Any) -> Connection:
        if self._line is None:
            self._line = super().connection()
        return self._line

    _line: Connection | None = None


class _OneBatch(Batch):
    """One after the other, in a house in which nobody else writes."""

    def next(self) -> _OneBatch:
        """Agents, members and other rows that a session follows stay at hand, and what was asked about such."""
        self.learned()
        after = _OneBatch(self.session, self.ids, remembered=self._remembered)
        after.said = _NeverBefore()
        after._known = {key: row for key, row in self._known.items() if row and not issubclass(key[0], Swift)}
        after._asked = {model: asked for model, asked in self._asked.items() if not issubclass(model, Swift)}
        return after


class _NeverBefore(dict[tuple[str, str], Message | None]):
    """What was said before, of people who say each thing once: nobody need look it up."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: tuple[str, str]) -> None:
        return None
