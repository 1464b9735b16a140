"""One visit to the desk: what a verb is given to change rows, record what happened, and know the time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Executable, insert, inspect
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.dml import Delete, Update
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from tickets.errors import NotFound
from tickets.events import Event
from tickets.ids import Ids
from tickets.rules import Rules

if TYPE_CHECKING:
    from tickets.message import Message

Row = TypeVar("Row", bound=SQLModel)
Value = TypeVar("Value")


class Batch:
    """What changes of one transaction share: a session, and the rows that are written once, at its end."""

    def __init__(self, session: Session, ids: Ids) -> None:
        self.session = session
        self.ids = ids
        self.said: dict[tuple[str, str], Message | None] = {}  # what is known of (author, client id)
        self.kept: list[SQLModel] = []  # the session forgets a row that nobody holds
        self._appended: dict[type[SQLModel], list[SQLModel]] = {}
        self._unwritten: set[Any] = set()  # tables with new rows that the database does not know yet

    def append(self, row: SQLModel) -> None:
        self._appended.setdefault(type(row), []).append(row)

    def add(self, row: SQLModel) -> None:
        """A row of the session. What it names by a foreign key is written first: a flush goes by kind, not by need."""
        table = type(row).__table__  # type: ignore[attr-defined]
        if self._unwritten & {key.column.table for key in table.foreign_keys} - {table}:
            self.flush()
        self._unwritten.add(table)
        self.session.add(row)
        self.kept.append(row)

    def flush(self) -> None:
        """Write what has been changed and appended so far, each table in one statement."""
        self.session.flush()
        self._unwritten.clear()
        appended, self._appended = self._appended, {}
        for model, rows in appended.items():
            self.session.connection().execute(insert(model), [_columns(row) for row in rows])


class Change:
    """Handed to a verb by the desk. `by` is the actor, `now` the one clock, `rules` the figures to go by."""

    def __init__(self, batch: Batch, *, by: str, now: datetime, rules: Rules) -> None:
        self.by = by
        self.now = now
        self.rules = rules
        self.events: list[tuple[str, Event]] = []  # (actor, event), in the order in which they were recorded
        self._batch = batch

    def new_id(self) -> int:
        return self._batch.ids.take()

    def take(self, model: type[Row], id: int) -> Row:
        """The row, to change it. Raises NotFound."""
        row = self.find(model, id)
        if row is None:
            raise NotFound("This does not exist any more.")
        return row

    def find(self, model: type[Row], id: int | str) -> Row | None:
        """The row, to change it; None where there is none. A row added by this change is found too."""
        session = self._batch.session
        row = session.get(model, id)
        if row is None and any(type(new) is model for new in session.new):
            self._batch.flush()
            row = session.get(model, id)
        if row is not None:
            self._batch.kept.append(row)  # whoever asks next in this batch finds it at hand
        return row

    def find_all(self, model: type[Row], ids: Collection[int]) -> list[Row]:
        """The rows of these ids that there are, to change them: in one query, or none if the batch has them all."""
        session = self._batch.session
        fresh = {_key(new): new for new in session.new if type(new) is model}
        found: list[Row] = []
        for id in ids:
            row = fresh.get(id) or session.identity_map.get(session.identity_key(model, id))
            found += [row] if row is not None else []
        if len(found) < len(ids):
            wanted = set(ids) - set(fresh)
            found = [fresh[id] for id in ids if id in fresh]
            found += session.exec(select(model).where(inspect(model).primary_key[0].in_(wanted)))
        self._batch.kept.extend(found)
        return found

    def add(self, row: Row) -> Row:
        """A new row that may change later."""
        self._batch.add(row)
        return row

    def append(self, row: Row) -> Row:
        """A new row that never changes: written once per commit, together with others of its table."""
        self._batch.append(row)
        return row

    def remove(self, row: SQLModel) -> None:
        self._batch.session.delete(row)

    def write(self) -> None:
        """Write what is pending. Needed before an older row names a new one: rows are written by kind, not by need."""
        self._batch.flush()

    def record(self, event: Event, *, by: str | None = None) -> None:
        """Say what happened. Reactions hear it before this change ends, screens after the commit."""
        self.events.append((by or self.by, event))

    def rows(self, query: SelectOfScalar[Value]) -> Sequence[Value]:
        """What `query` selects, this change's own work included. Writes first what is pending: not for the hot path."""
        self._batch.flush()
        return self._batch.session.exec(query).all()

    def peek(self, model: type[SQLModel], query: SelectOfScalar[Value]) -> Sequence[Value]:
        """As `rows`, of one table that may change: pending work is written first only if some of it is there."""
        session = self._batch.session
        if any(type(row) is model for row in (*session.new, *session.dirty)):
            self._batch.flush()
        return session.exec(query).all()

    def one(self, query: SelectOfScalar[Value]) -> Value | None:
        """The first row of `query`, or None."""
        return next(iter(self.rows(query.limit(1))), None)

    def claim(self, statement: Update | Delete) -> int:
        """Run a conditional statement; how many rows it changed. A claim that changed none was won by somebody else."""
        self._batch.flush()
        result = self._batch.session.execute(statement, execution_options={"synchronize_session": "fetch"})
        assert isinstance(result, CursorResult)
        return result.rowcount

    def execute(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Run one statement for many rows: for tables that no model describes."""
        if rows:
            self._batch.flush()
            self._batch.session.connection().execute(statement, rows)

    def said(self, by: str, client_id: str) -> Message | None:
        """The message that this author already sent under this id, in this batch or long ago."""
        from tickets.message import Message

        key = (by, client_id)
        if key not in self._batch.said:
            self._batch.said[key] = self.one(select(Message).where(Message.by == by, Message.client_id == client_id))
        return self._batch.said[key]

    def say(self, message: Message) -> Message:
        """Append a message and remember its client id for the rest of the batch."""
        self._batch.said[(message.by, message.client_id)] = message
        return self.append(message)

    @contextmanager
    def acting_as(self, actor: str) -> Iterator[None]:
        """What happens inside is done by `actor`: a reaction acts as "system" whoever caused it."""
        before, self.by = self.by, actor
        try:
            yield
        finally:
            self.by = before


def _key(row: SQLModel) -> Any:
    return inspect(type(row)).primary_key_from_instance(row)[0]


def _columns(row: SQLModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}
