"""Looks at the database: each is a snapshot of what is committed, on a line that its thread may keep for the next."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from tickets import turns

P = ParamSpec("P")
T = TypeVar("T")


class Looks:
    """Where looks are taken one after another, a thread keeps its line to SQLite, and what is known of it.

    To put both together anew cost more than most looks ask. A line on which the database failed is not kept. To
    PostgreSQL each look has a line from the pool, which knows those that broke meanwhile.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._mine = threading.local()
        self._kept: list[Connection] = []

    def keep(self) -> None:
        """The thread that calls this takes many looks, until `close`."""
        self._mine.keeps = not turns.is_shared(self.engine)

    def close(self) -> None:
        """Once all who keep lines have taken their last look."""
        while self._kept:
            self._kept.pop().close()

    def look(self, query: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        session = self._session() if getattr(self._mine, "keeps", False) else self._new(self.engine)
        try:
            with session:
                return query(session, *args, **kwargs)
        except SQLAlchemyError:
            self._drop(session)
            raise

    def _session(self) -> Session:
        """This thread's."""
        session: Session | None = getattr(self._mine, "session", None)
        if session is None:
            line = self.engine.connect()
            line.detach()  # the pool is for those who come and go
            session = self._mine.session = self._new(line)
            self._kept.append(line)
        return session

    def _new(self, line: Engine | Connection) -> Session:
        return Session(line, autoflush=False, expire_on_commit=False)

    def _drop(self, session: Session) -> None:
        if isinstance(line := session.bind, Connection):
            self._mine.session = None
            self._kept.remove(line)
            with contextlib.suppress(SQLAlchemyError):  # what went wrong is on its way up already
                line.close()
