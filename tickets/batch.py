"""What the changes of one transaction share: the rows at hand, and those that are written once, at its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from sqlalchemy import Delete, Insert, Update, bindparam, insert, inspect
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from tickets import grouped
from tickets.grouped import table_of
from tickets.ids import Ids
from tickets.kept import Kept
from tickets.precedence import follows, parent_of, parents_first
from tickets.remembered import Remembered
from tickets.selected import selecting
from tickets.table import AppendOnly, Swift, row_like
from tickets.turns import ReachesFurtherError, check_within

if TYPE_CHECKING:
    from tickets.message import Message
    from tickets.ticket import Ticket

Row = TypeVar("Row", bound=SQLModel)
Value = TypeVar("Value")
_UNSEEN = object()


class Batch:
    """What changes of one transaction share: a session, and the rows that are written once, at its end.

    `within`: it holds these tickets and may write nothing else. None: it has the house for itself.
    """

    def __init__(
        self,
        session: Session,
        ids: Ids,
        *,
        within: frozenset[int] | None = None,
        remembered: Remembered | None = None,
    ) -> None:
        self.session = session
        self.ids = ids
        self.within = within
        self.wrote_rows = False  # whether a commit would bring any to the disk
        self._remembered = remembered or Remembered(most=0)
        self.said: dict[tuple[str, str], Message | None] = {}  # what is known of (author, client id)
        self._known: dict[tuple[type[SQLModel], Any], SQLModel | None] = {}  # the session forgets what nobody holds
        self._kept = Kept()  # of these, the rows of swift tables
        self._named: Sequence[Ticket] = ()
        self._beside: set[type[SQLModel]] = set()  # kinds of rows that were read for all named tickets
        self._added: dict[type[SQLModel], dict[Any, SQLModel]] = {}  # by key; the database does not know them yet
        self._appended: dict[type[SQLModel], list[SQLModel]] = {}
        self._asked: dict[type[SQLModel], dict[Any, Sequence[Any]]] = {}  # what was found there, by what was asked

    def name(self, model: type[Ticket], tickets: Collection[int]) -> None:
        """The changes of this batch are about these tickets."""
        unknown = self._recall(model, tickets)
        if unknown:  # where others write too, nobody else changes them until this batch ends
            self._know_read(grouped.read(self.session.connection(), model, unknown, hold=self.within is not None))
        self._named = [row for row in (self._known.get((model, id)) for id in tickets) if row is not None]  # type: ignore[misc]

    def find(self, model: type[Row], id: Any) -> Row | None:
        """The row; what stands beside a ticket is read for all named ones when the first of them is asked for."""
        row = self._known.get((model, id), _UNSEEN)
        if row is _UNSEEN:
            if self.stands_on_new(model, id):
                return None
            self._look_for(model, [id])
            row = self._known.get((model, id))
        return row  # type: ignore[return-value]

    def find_all(self, model: type[Row], ids: Collection[Any]) -> list[Row]:
        """Those of these ids that there are."""
        missing = [id for id in ids if (model, id) not in self._known]
        if missing:
            self._look_for(model, missing)
        found = [self._known.get((model, id)) for id in ids]
        return [row for row in found if row is not None]  # type: ignore[misc]

    def append(self, row: SQLModel) -> None:
        self._appended.setdefault(type(row), []).append(row)

    def add(self, row: SQLModel) -> None:
        model, key = type(row), _key(row)
        self._added.setdefault(model, {})[key] = row
        self._known[model, key] = row

    def remove(self, row: SQLModel) -> None:
        if _key(row) in self._added.get(type(row), {}):
            self.flush()
        self._known.pop((type(row), _key(row)), None)
        self._asked.pop(type(row), None)
        self._remembered.forget(type(row), _key(row))
        if _is_plain(row):
            self._kept.drop(row)
            grouped.delete(self.session.connection(), type(row), _key(row))
        else:
            self.session.delete(row)
        self.wrote_rows = True

    def found(self, rows: Sequence[Value]) -> Sequence[Value]:
        """What a query selected: of a row that is at hand already, the one image that this batch has of it."""
        return [self._image(row) if isinstance(row, Swift) else row for row in rows]  # type: ignore[misc]

    def ask_once(
        self, model: type[SQLModel], query: SelectOfScalar[Value], values: Mapping[str, Any]
    ) -> Sequence[Value]:
        """What `query` of this table selects; when it is asked again, what it did then, unless somebody wrote there."""
        if self.touches(model):
            self.flush()
        known, asked = self._asked.setdefault(model, {}), (query, *values.values())
        if asked not in known:
            known[asked] = self.selected(query, values)
        return known[asked]

    def selected(self, query: SelectOfScalar[Value], values: Mapping[str, Any]) -> Sequence[Value]:
        """What `query` selects. Whole rows of a busy table are kept by the batch, and by no session."""
        return self.found(selecting(query).values(self.session, values))

    def wrote(self, statement: Update | Delete, rows: int) -> None:
        """A statement changed or removed so many rows, and not known which: those at hand are looked at again."""
        self.wrote_rows |= rows > 0
        self._kept.look_again(self.session.connection(), statement.entity_description["table"])
        self._remembered.forget_all(statement.entity_description["entity"])
        self._asked.pop(statement.entity_description["entity"], None)
        if isinstance(statement, Delete):
            self._known = {key: row for key, row in self._known.items() if row is None or self._stands(row)}

    def stands_on_new(self, model: type[SQLModel], id: Any) -> bool:
        """Its key is that of a row of another table, as a complaint's is its ticket's, and that row is not written."""
        if not self._added:
            return False
        parent = parent_of(table_of(model))
        return parent is not None and any(table_of(new) is parent and id in rows for new, rows in self._added.items())

    def touches(self, model: type[SQLModel]) -> bool:
        """Whether something about a row of this kind is still to be written."""
        if self._added.get(model) or self._kept.touches(model):
            return True
        return any(type(row) is model for row in (*self.session.dirty, *self.session.deleted))

    def flush(self) -> None:
        """Write what has been changed, added and appended so far, the new rows of each table in one statement.

        A row comes after those that it names by a foreign key. What an older row holds and gives up, a new one of its
        table may take: there the older ones come first, else the new ones do.
        """
        waiting, older = self._waiting(), self._changed()
        self.wrote_rows |= bool(waiting or older)
        if self.within is not None:
            check_within(self.within, (row for rows in waiting.values() for row in rows))
            check_within(self.within, older)
        for model in {*waiting, *map(type, older)}:
            self._asked.pop(model, None)
        changed = {table_of(type(row)) for row in older}
        for model in [model for model in waiting if not follows(model, changed)]:
            self._insert(model, waiting.pop(model))
        self._kept.write(self.session.connection(), (row for row in older if _is_plain(row)))
        self.session.flush()
        for model, rows in waiting.items():
            self._insert(model, rows)

    def reaches_further(self, statement: object) -> None:
        """A statement is about to write what nobody can name beforehand."""
        if self.within is not None:
            raise ReachesFurtherError(type(statement).__name__)

    def learned(self) -> None:
        """All of it was committed: so the rows at hand stand in their tables, for the batches to come."""
        for (model, key), row in self._known.items():
            if row is None:
                self._remembered.learn(model, key, None)
            elif "_sa_instance_state" in row.__dict__:  # a session kept account of it
                self._remembered.forget(model, key)
        for row, stood in self._kept.news():
            self._remembered.learn(type(row), _key(row), stood)

    def _look_for(self, model: type[SQLModel], ids: Collection[Any]) -> None:
        """Rows that are not at hand: those that are not remembered are read, and what stands beside tickets with them.

        Where there is none, that is known too: nobody else makes one while this batch lasts.
        """
        unknown = self._recall(model, ids) if issubclass(model, Swift) else ids
        if unknown:
            self._read_beside(model)
            missing = [id for id in unknown if (model, id) not in self._known]
            if missing:
                self._known.update({(model, id): None for id in missing})
                self._read(model, missing)

    def _recall(self, model: type[Swift], ids: Collection[Any]) -> Collection[Any]:
        """Take what is remembered of these; returns those of which nothing is."""
        known, unknown = self._remembered.recall(model, ids)
        for key, stood in known:
            row = self._known[model, key] = None if stood is None else row_like(model, stood)
            if row is not None and stood is not None:
                self._kept.keep_as(row, stood)
        return unknown

    def _read_beside(self, model: type[SQLModel]) -> None:
        """What of this kind stands beside the named tickets, in one query; none of it is asked for again."""
        beside: Callable[[Ticket], Iterable[Any]] | None = getattr(model, "beside", None)
        if beside is not None and model not in self._beside:
            self._beside.add(model)
            ids = {id for ticket in self._named for id in beside(ticket)}
            wanted = [id for id in ids if not (self._is_in_sight(model, id) or self.stands_on_new(model, id))]
            if wanted:
                self._known.update({(model, id): None for id in wanted})
                self._read(model, wanted)

    def _read(self, model: type[SQLModel], ids: Collection[Any]) -> None:
        if issubclass(model, Swift):
            self._know_read(grouped.read(self.session.connection(), model, ids))
        elif len(ids) == 1:
            found = [self.session.get(model, id) for id in ids]
            self._know(row for row in found if row is not None)
        else:
            self._know(self.session.exec(_by_key(model), params={"keys": sorted(ids)}).all())

    def _is_in_sight(self, model: type[SQLModel], id: Any) -> bool:
        """At hand, or remembered, for whoever asks for it."""
        return (model, id) in self._known or self._remembered.knows(model, id)

    def _know_read(self, rows: Sequence[Swift]) -> None:
        self._kept.keep(rows)
        self._know(rows)

    def _image(self, row: Swift) -> SQLModel:
        known = self._known.get((type(row), _key(row)))
        if known is None:
            known = self._known[type(row), _key(row)] = row
            if _is_plain(row) and not isinstance(row, AppendOnly):
                self._kept.keep([row])
        return known

    def _changed(self) -> list[SQLModel]:
        """Older rows that are to be written."""
        return [*self._kept.changed(), *self.session.dirty, *self.session.deleted]

    def _stands(self, row: SQLModel) -> bool:
        """Whether it is in its table, or will be."""
        if _is_plain(row):
            return row in self._kept or _key(row) in self._added.get(type(row), {})
        return row in self.session

    def _know(self, rows: Iterable[SQLModel]) -> None:
        self._known.update({(type(row), _key(row)): row for row in rows})

    def _waiting(self) -> dict[type[SQLModel], list[SQLModel]]:
        added, self._added = self._added, {}
        appended, self._appended = self._appended, {}
        models = parents_first(frozenset({*added, *appended}))
        return {model: [*added.get(model, {}).values(), *appended.get(model, ())] for model in models}

    def _insert(self, model: type[SQLModel], rows: list[SQLModel]) -> None:
        if issubclass(model, Swift):
            grouped.insert(self.session.connection(), table_of(model), [row.__dict__ for row in rows])
            if not issubclass(model, AppendOnly):
                self._kept.keep(rows)  # type: ignore[arg-type]
        else:
            self.session.connection().execute(_insertion(model), [_columns(row) for row in rows])
            for row in rows:  # from here on the session follows what becomes of it
                make_transient_to_detached(row)
            self.session.add_all(rows)


def _key(row: SQLModel) -> Any:
    names = _keys(type(row))
    return getattr(row, names[0]) if len(names) == 1 else tuple(getattr(row, name) for name in names)


@cache
def _keys(model: type[SQLModel]) -> tuple[str, ...]:
    return tuple(table_of(model).primary_key.columns.keys())


def _is_plain(row: object) -> TypeGuard[Swift]:
    """Whether the batch keeps account of it, and no session does."""
    return isinstance(row, Swift) and "_sa_instance_state" not in row.__dict__


def _columns(row: SQLModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _names(type(row))}


@cache
def _names(model: type[SQLModel]) -> tuple[str, ...]:
    return tuple(model.model_fields)


@cache
def _by_key(model: type[Row]) -> SelectOfScalar[Row]:
    return select(model).where(inspect(model).primary_key[0].in_(bindparam("keys", expanding=True)))


@cache
def _insertion(model: type[SQLModel]) -> Insert:
    return insert(table_of(model))
