"""A question to the database as its driver takes it: what is asked for every page is spelled once, not every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, CompoundSelect, Connection, Dialect, Select
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from tickets.moment import Moment, from_micros
from tickets.outage import LostError
from tickets.turns import is_shared

Convert = Callable[[Any], Any]
Query = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


class Statement:
    """A question, put together once and asked all the time.

    On its usual way SQLAlchemy looks up how the question is spelled, and wraps its answer, each time: that costs ten
    times what SQLite does. From the second time on SQLite is asked directly. PostgreSQL, where the way there is what
    costs, is asked as usual; so is SQLite while somebody listens to what is asked, and where it fails, for SQLAlchemy
    knows what an error means.
    """

    def __init__(self, query: Query) -> None:
        self._query = query
        self._is_known = False  # what is asked only once is not worth a spelling of its own
        self._spelled: _Spelled | None = None

    def rows(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """The answer, column by column as the question names them; with these values for what it leaves open."""
        found = self._directly(connection, values) if self._is_known and goes_directly(connection) else None
        if found is None:
            found = connection.execute(self._query, values).all()
            self._is_known = True
        return found

    def _directly(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any] | None:
        """None where it has to be asked as usual. Raises LostError where the transaction is no more."""
        spelled = self._spelled = self._spelled or _Spelled.of(self._query, connection.dialect)
        if spelled.more:
            return None
        line: Any = connection.connection
        try:
            return spelled.asked(line, values)
        except connection.dialect.loaded_dbapi.Error as error:
            if not line.in_transaction:  # a disk that fails made SQLite undo all of it: nothing more belongs to it
                raise LostError from error
            return None


def write_all(connection: Connection, words: str, rows: Sequence[Sequence[Any]]) -> int:
    """Run a statement of ours on SQLite once for each of these rows; how many rows it changed."""
    if not goes_directly(connection):
        return connection.exec_driver_sql(words, [tuple(row) for row in rows]).rowcount
    with _cursor(connection, words) as cursor:
        cursor.executemany(words, rows)
        return cursor.rowcount


def told(connection: Connection, words: str) -> Any:
    """The first row that SQLite answers to words of ours, if any. Also for those that begin a transaction."""
    if connection.dispatch.before_cursor_execute:
        answer = connection.exec_driver_sql(words)
        return answer.first() if answer.returns_rows else None
    with _cursor(connection, words) as cursor:
        cursor.execute(words)
        return cursor.fetchone()


@contextmanager
def _cursor(connection: Connection, words: str) -> Iterator[DBAPICursor]:
    """The driver's own. What it raises is said as SQLAlchemy says it."""
    line, driver = connection.connection, connection.dialect.loaded_dbapi
    cursor = line.cursor()
    try:
        yield cursor
    except driver.Error as error:
        lost = connection.dialect.is_disconnect(error, line, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            words, None, error, driver.Error, hide_parameters=True, connection_invalidated=lost
        ) from error
    finally:
        cursor.close()


def goes_directly(connection: Connection) -> bool:
    """Whether SQLite's driver may be asked in SQLAlchemy's place."""
    return not (is_shared(connection) or connection.dispatch.before_cursor_execute) and connection.in_transaction()


class _Given(NamedTuple):
    """What stands for one question mark: always the same, or what is given under a name."""

    name: str
    constant: Any
    convert: Convert | None

    def value(self, values: Mapping[str, Any]) -> Any:
        value = values[self.name] if self.name else self.constant
        return value if self.convert is None else self.convert(value)


class _Spelled(NamedTuple):
    """The question in SQLite's words."""

    words: str
    given: Sequence[_Given]
    converts: Sequence[tuple[int, Convert]]  # by column, for those that are stored as something else
    more: bool  # the words depend on the values

    @classmethod
    def of(cls, query: Query, dialect: Dialect) -> _Spelled:
        compiled = query.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        each = [_from_there(column.type, dialect) for column in query.selected_columns]
        converts = [(place, convert) for place, convert in enumerate(each) if convert is not None]
        lists = compiled.post_compile_params | compiled.literal_execute_params
        if any(one.required for one in lists):
            return cls(compiled.string, (), converts, more=True)
        # Lists that are always the same are written out once; what is open needs no value for that.
        whole = compiled.construct_expanded_state({one.key: None for one in compiled.binds.values() if one.required})
        given = [
            _given(compiled.binds[name], dialect)
            if name in compiled.binds
            else _Given("", whole.parameters[name], whole.processors.get(name))
            for name in whole.positiontup or ()
        ]
        return cls(whole.statement, given, converts, more=False)

    def asked(self, line: DBAPIConnection, values: Mapping[str, Any]) -> Sequence[Any]:
        cursor = line.cursor()
        cursor.execute(self.words, [one.value(values) for one in self.given])
        found = cursor.fetchall()
        cursor.close()
        return [self._converted(row) for row in found] if self.converts else found

    def _converted(self, row: tuple[Any, ...]) -> list[Any]:
        values = list(row)
        for place, convert in self.converts:
            values[place] = convert(values[place])
        return values


def _given(bound: BindParameter[Any], dialect: Dialect) -> _Given:
    named = bound.key if bound.required else ""
    return _Given(named, bound.effective_value, bound.type.dialect_impl(dialect).bind_processor(dialect))


def _from_there(type_: Any, dialect: Dialect) -> Convert | None:
    if isinstance(type_, Moment):
        return _moment
    convert: Convert | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return convert


def _moment(micros: int | None) -> Any:
    return None if micros is None else from_micros(micros)
