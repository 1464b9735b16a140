"""A line to the database that one thread keeps from one transaction to the next, with what is known of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from tickets import turns
from tickets.outage import LostError


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
            with session:
                yield session
        except BaseException as error:
            if isinstance(error, LostError) or isinstance(error.__cause__ or error, SQLAlchemyError):
                self.close()
            raise

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
        self._session = new_session(self._kept)
        return self._session


def new_session(where: Engine | Connection) -> Session:
    return Session(where, autoflush=False, expire_on_commit=False)
