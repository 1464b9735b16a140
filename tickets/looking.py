"""Looks at the database: each is a snapshot of what is committed, on a line that its thread may keep for the next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from tickets.line import Line, new_session

P = ParamSpec("P")
T = TypeVar("T")


class Looks:
    """Where looks are taken one after another, a thread keeps its line."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._mine = threading.local()
        self._lines: list[Line] = []

    def keep(self) -> None:
        """The thread that calls this takes many looks, until `close`."""
        self._mine.line = Line(self.engine)
        self._lines.append(self._mine.line)

    def close(self) -> None:
        """Once all who keep lines have taken their last look."""
        while self._lines:
            self._lines.pop().close()

    def look(self, query: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        line: Line | None = getattr(self._mine, "line", None)
        with line.session() if line is not None else new_session(self.engine) as session:
            return query(session, *args, **kwargs)
