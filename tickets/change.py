"""One visit to the desk: what a verb is given to change rows, record what happened, and know the time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Executable, Select
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.dml import Delete, Update
from sqlmodel import SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from tickets.batch import Batch
from tickets.errors import NotFound
from tickets.events import Event
from tickets.rules import Rules
from tickets.selected import columns

if TYPE_CHECKING:
    from tickets.message import Message

Row = TypeVar("Row", bound=SQLModel)
Value = TypeVar("Value")


class Change:
    """Handed to a verb by the desk. `by` is the actor, `now` the one clock, `rules` the figures to go by."""

    def __init__(self, batch: Batch, *, by: str, now: datetime, rules: Rules) -> None:
        self.by = by
        self.now = now
        self.rules = rules
        self.events: list[tuple[str, Event]] = []  # (actor, event), in the order in which they were recorded
        self.messages: list[Message] = []  # that were said in it
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
        return self._batch.find(model, id)

    def find_all(self, model: type[Row], ids: Collection[int] | Collection[str]) -> list[Row]:
        """The rows of these ids that there are, to change them: in one query, or none if the batch has them all."""
        return self._batch.find_all(model, ids)

    def add(self, row: Row) -> Row:
        """A new row that may change later."""
        self._batch.add(row)
        return row

    def append(self, row: Row) -> Row:
        """A new row that never changes: written once per commit, together with others of its table."""
        self._batch.append(row)
        return row

    def remove(self, row: SQLModel) -> None:
        self._batch.remove(row)

    def write(self) -> None:
        """Write what is pending. Needed where an older row names a new one of a table of which others were changed."""
        self._batch.flush()

    def record(self, event: Event, *, by: str | None = None) -> None:
        """Say what happened. Reactions hear it before this change ends, screens after the commit."""
        self.events.append((by or self.by, event))

    def rows(self, query: SelectOfScalar[Value]) -> Sequence[Value]:
        """What `query` selects, this change's own work included. Writes first what is pending: not for the hot path."""
        self._batch.flush()
        return self._batch.found(self._batch.session.exec(query).all())

    def peek(self, model: type[SQLModel], query: SelectOfScalar[Value], **values: object) -> Sequence[Value]:
        """As `rows`, of one table: pending work is written first only if some of it is there.

        A `query` that is made once and given its `values` each time costs a third.
        """
        if self._batch.touches(model):
            self._batch.flush()
        return self._batch.selected(query, values)

    def peek_once(self, model: type[SQLModel], query: SelectOfScalar[Value], **values: object) -> Sequence[Value]:
        """As `peek`, once for all changes that are made together: for settings, which are asked for all the time.

        Only of a `query` that is made once, of this one table and no other.
        """
        return self._batch.ask_once(model, query, values)

    def tuples(self, query: Select[Any], **values: object) -> Sequence[Any]:
        """Columns of what `query` selects, this change's own work included: whole rows of busy tables cost more.

        Only of a `query` that is made once.
        """
        self._batch.flush()
        return columns(query).rows(self._batch.session.connection(), **values)

    def one(self, query: SelectOfScalar[Value]) -> Value | None:
        """The first row of `query`, or None."""
        return next(iter(self.rows(query.limit(1))), None)

    def claim(self, statement: Update | Delete) -> int:
        """Run a conditional statement; how many rows it changed. A claim that changed none was won by somebody else."""
        self._batch.reaches_further(statement)
        self._batch.flush()
        result = self._batch.session.execute(statement, execution_options={"synchronize_session": "fetch"})
        assert isinstance(result, CursorResult)
        self._batch.wrote(statement, result.rowcount)
        return result.rowcount

    def execute(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Run one statement for many rows: for tables that no model describes."""
        if rows:
            self._batch.reaches_further(statement)
            self._batch.flush()
            self._batch.session.connection().execute(statement, rows)
            self._batch.wrote_rows = True

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
        self.messages.append(message)
        return self.append(message)

    @contextmanager
    def acting_as(self, actor: str) -> Iterator[None]:
        """What happens inside is done by `actor`: a reaction acts as "system" whoever caused it."""
        before, self.by = self.by, actor
        try:
            yield
        finally:
            self.by = before
