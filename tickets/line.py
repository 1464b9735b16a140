"""A line to the database that one thread keeps from one transaction to the next, with what is known of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from tickets import turns
from tickets.outage import LostError
from tickets.statement import told


class Line:
    """Of the thread that uses it. On SQLite, to put line and session together anew costs more than most transactions.

    A line on which the database failed is not kept. To PostgreSQL each transaction has a line from the pool, which
    knows those that broke meanwhile.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._keeps = not turns.is_shared(engine)
        self._kept: Connection | None = None
        self._session: Session | None = None

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """Whoever does not commit, leaves nothing behind."""
        session = self._session or self._opened()
        try:
            line = self._going_on()
            if line is not None:
                line.dispatch.begin(line)
            yield session
            self._leave(session)
        except BaseException as error:
            self._break_off(session, error)
            raise

    def commit(self, session: Session) -> None:
        """What the session has written is kept."""
        line = self._going_on()
        if line is None:
            session.commit()
        else:
            session.flush()
            line.dispatch.commit(line)
            told(line, "commit")

    def _leave(self, session: Session) -> None:
        line = self._going_on()
        if line is None:
            session.close()
        else:
            line.connection.rollback()  # nothing, where it was committed
            session.expunge_all()

    def _break_off(self, session: Session, error: BaseException) -> None:
        try:
            session.close()
        except BaseException:
            self.close()
            raise
        if isinstance(error, LostError) or isinstance(error.__cause__ or error, SQLAlchemyError):
            self.close()

    def _going_on(self) -> Connection | None:
        """The line whose session is in a transaction of SQLAlchemy's, which may go on for ever.

        Only SQLite's own begins and ends with each use then: to put SQLAlchemy's together and apart costs ten times
        what SQLite needs for its own.
        """
        return self._kept if self._kept is not None and self._kept.in_transaction() else None

    def close(self) -> None:
        kept, self._kept, self._session = self._kept, None, None
        if kept is not None:
            with contextlib.suppress(SQLAlchemyError):  # what went wrong is on its way up already
                kept.close()

    def _opened(self) -> Session:
        if not self._keeps:
            return new_session(self.engine)
        self._kept = self.engine.connect()
        self._kept.detach()  # the pool is for those who come and go
        self._session = _OneLine(self._kept)
        return self._session


def new_session(where: Engine) -> Session:
    return Session(where, autoflush=False, expire_on_commit=False)


class _OneLine(Session):
    """Asked for its connection many times in each transaction, which SQLAlchemy would look up anew each time."""

    def __init__(self, line: Connection) -> None:
        super().__init__(line, autoflush=False, expire_on_commit=False)
        self._line = line

    def connection(self, *args: Any, **kwargs: Any) -> Connection:
        if self._line.in_transaction() and not self.in_nested_transaction():  # a savepoint begins when it is asked for
            return self._line
        return super().connection(*args, **kwargs)
