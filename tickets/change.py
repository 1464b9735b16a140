"""One visit to the desk: what a verb is given to change rows, record what happened, and know the time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Executable, Insert, Table, insert, inspect
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.schema import sort_tables
from sqlalchemy.sql.dml import Delete, Update
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from tickets.errors import NotFound
from tickets.events import Event
from tickets.ids import Ids
from tickets.rules import Rules
from tickets.table import AppendOnly
from tickets.turns import ReachesFurtherError, check_within

if TYPE_CHECKING:
    from tickets.message import Message

Row = TypeVar("Row", bound=SQLModel)
Value = TypeVar("Value")


class Batch:
    """What changes of one transaction share: a session, and the rows that are written once, at its end.

    `within`: it holds these tickets and may write nothing else. None: it has the house for itself.
    """

    def __init__(self, session: Session, ids: Ids, *, within: frozenset[int] | None = None) -> None:
        self.session = session
        self.ids = ids
        self.within = within
        self.said: dict[tuple[str, str], Message | None] = {}  # what is known of (author, client id)
        self.kept: list[SQLModel] = []  # the session forgets a row that nobody holds
        self._added: dict[type[SQLModel], dict[Any, SQLModel]] = {}  # by key; the database does not know them yet
        self._appended: dict[type[SQLModel], list[SQLModel]] = {}
        self._written: list[SQLModel] = []

    def append(self, row: SQLModel) -> None:
        self._appended.setdefault(type(row), []).append(row)

    def add(self, row: SQLModel) -> None:
        self._added.setdefault(type(row), {})[_key(row)] = row
        self.kept.append(row)

    def remove(self, row: SQLModel) -> None:
        if _key(row) in self.added(type(row)):
            self.flush()
        self.session.delete(row)

    def added(self, model: type[Row]) -> dict[Any, Row]:
        """New rows of this kind that are not written yet, by key."""
        return self._added.get(model, {})  # type: ignore[return-value]

    def stands_on_new(self, model: type[SQLModel], id: Any) -> bool:
        """Its key is that of a row of another table, as a complaint's is its ticket's, and that row is not written."""
        if not self._added:
            return False
        parent = _parent(_table(model))
        return parent is not None and any(_table(new) is parent and id in rows for new, rows in self._added.items())

    def touches(self, model: type[SQLModel]) -> bool:
        """Whether something about a row of this kind is still to be written."""
        return bool(self._added.get(model)) or any(
            type(row) is model for row in (*self.session.dirty, *self.session.deleted)
        )

    def flush(self) -> None:
        """Write what has been changed, added and appended so far, the new rows of each table in one statement.

        A row comes after those that it names by a foreign key. What an older row holds and gives up, a new one of its
        table may take: there the older ones come first, else the new ones do.
        """
        waiting = self._waiting()
        if self.within is not None:
            check_within(self.within, (row for rows in waiting.values() for row in rows))
            check_within(self.within, (*self.session.dirty, *self.session.deleted))
        changed = {_table(type(row)) for row in (*self.session.dirty, *self.session.deleted)}
        for model in [model for model in waiting if not _follows(model, changed)]:
            self._insert(model, waiting.pop(model))
        self.session.flush()
        for model, rows in waiting.items():
            self._insert(model, rows)

    def reaches_further(self, statement: object) -> None:
        """A statement is about to write what nobody can name beforehand."""
        if self.within is not None:
            raise ReachesFurtherError(type(statement).__name__)

    def forget(self) -> None:
        """All of it was undone: what was new is no row any more."""
        for row in self._written:
            self.session.expunge(row)

    def _waiting(self) -> dict[type[SQLModel], list[SQLModel]]:
        added, self._added = self._added, {}
        appended, self._appended = self._appended, {}
        models = _parents_first(frozenset({*added, *appended}))
        return {model: [*added.get(model, {}).values(), *appended.get(model, ())] for model in models}

    def _insert(self, model: type[SQLModel], rows: list[SQLModel]) -> None:
        self.session.connection().execute(_insertion(model), [_columns(row) for row in rows])
        if not issubclass(model, AppendOnly):
            for row in rows:  # from here on the session follows what becomes of it
                make_transient_to_detached(row)
            self.session.add_all(rows)
            self._written += rows


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
        row = self._batch.added(model).get(id)
        if row is None and not self._batch.stands_on_new(model, id):
            row = self._batch.session.get(model, id)
        if row is not None:
            self._batch.kept.append(row)  # whoever asks next in this batch finds it at hand
        return row

    def find_all(self, model: type[Row], ids: Collection[int]) -> list[Row]:
        """The rows of these ids that there are, to change them: in one query, or none if the batch has them all."""
        session, fresh = self._batch.session, self._batch.added(model)
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
        return self._batch.session.exec(query).all()

    def peek(self, model: type[SQLModel], query: SelectOfScalar[Value], **values: object) -> Sequence[Value]:
        """As `rows`, of one table: pending work is written first only if some of it is there.

        A `query` that is made once and given its `values` each time costs a third.
        """
        if self._batch.touches(model):
            self._batch.flush()
        return self._batch.session.exec(query, params=values).all()

    def one(self, query: SelectOfScalar[Value]) -> Value | None:
        """The first row of `query`, or None."""
        return next(iter(self.rows(query.limit(1))), None)

    def claim(self, statement: Update | Delete) -> int:
        """Run a conditional statement; how many rows it changed. A claim that changed none was won by somebody else."""
        self._batch.reaches_further(statement)
        self._batch.flush()
        result = self._batch.session.execute(statement, execution_options={"synchronize_session": "fetch"})
        assert isinstance(result, CursorResult)
        return result.rowcount

    def execute(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Run one statement for many rows: for tables that no model describes."""
        if rows:
            self._batch.reaches_further(statement)
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


def _key(row: SQLModel) -> Any:
    keys = inspect(type(row)).primary_key_from_instance(row)
    return keys[0] if len(keys) == 1 else tuple(keys)


def _columns(row: SQLModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}


def _table(model: type[SQLModel]) -> Table:
    return model.__table__  # type: ignore[attr-defined,no-any-return]


@cache
def _insertion(model: type[SQLModel]) -> Insert:
    return insert(_table(model))


@cache
def _parent(table: Table) -> Table | None:
    """The table whose keys this one's are."""
    keys = list(table.primary_key.columns)
    return next((key.column.table for key in keys[0].foreign_keys), None) if len(keys) == 1 else None


@cache
def _parents_first(models: frozenset[type[SQLModel]]) -> list[type[SQLModel]]:
    """In an order in which none of them names a later one by a foreign key."""
    known = {_table(model): model for model in models}
    return [known[table] for table in sort_tables(known)]


def _follows(model: type[SQLModel], changed: set[Table]) -> bool:
    """Whether new rows of this kind come after what is changed; those that name them do so, too."""
    table = _table(model)
    follows = not changed.isdisjoint(_named(table))
    if follows:
        changed.add(table)
    return follows


@cache
def _named(table: Table) -> frozenset[Table]:
    """A table, and those that it names by a foreign key."""
    return frozenset({table, *(key.column.table for key in table.foreign_keys)})
