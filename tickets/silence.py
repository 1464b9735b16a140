"""The database's server does not answer at all: people are told at once, and a thread of ours waits for it instead."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from tickets.interruption import Interruption
from tickets.outage import LostError, UnknownEndError, is_away, is_outage, said_by
from tickets.turns import is_shared
from tickets.vigil import Vigil

T = TypeVar("T")

LONG = 1.0  # seconds: whoever waited so long for a line that fell silent is not kept waiting for another one
PAUSE = 0.2  # seconds between two tries to reach it; each takes as long as a line may take to be made

_NOTHING = contextlib.nullcontext()
_log = structlog.get_logger("frontdesk.database")


class Silence:
    """Whether somebody waited for the database in vain, and it has not answered since. A file always answers."""

    def __init__(self, engine: Engine, *others: Engine) -> None:
        self._engine = engine
        self._vigil = Vigil(self._begins, engine, *others) if is_shared(engine) else None
        self._interruption = Interruption()
        self._changing = threading.Lock()
        self._over = threading.Event()  # the desk closes
        self.lasts = False

    def asked(self, ask: Callable[[], T]) -> T:
        """Ask the database: once more, on a fresh line, where the first was found broken at once.

        Raises what `ask` does, and LostError at once while the silence lasts.
        """
        if self.lasts:
            raise LostError("the server does not answer")
        began = time.monotonic()
        try:
            with self._waiting():
                return self._on_some_line(ask, began)
        except (DBAPIError, LostError, UnknownEndError) as error:
            if _was_long(began) and is_away(error):
                self._begins()
            raise

    def written(self, write: Callable[[], T], *, changes: int) -> T:
        """As `asked`, for a batch of so many changes: where it cannot be written, the log says so."""
        try:
            done = self.asked(write)
        except BaseException as error:
            if is_outage(error):
                self._interruption.goes_on(said_by(error), changes)
            raise
        if self._interruption.lasts:
            self._interruption.may_be_over()
        return done

    def committing(self, session: Session) -> AbstractContextManager[None]:
        """Around a commit, for which a server may wait without a limit of its own."""
        return self._vigil.committing(session) if self._vigil else _NOTHING

    def open(self) -> None:
        if self._vigil:
            self._vigil.open()

    def close(self) -> None:
        """It is not waited for any more."""
        self._over.set()

    def end(self) -> None:
        """Nobody asks any more."""
        if self._vigil:
            self._vigil.close()

    def _waiting(self) -> AbstractContextManager[None]:
        return self._vigil.asking() if self._vigil else _NOTHING

    def _on_some_line(self, ask: Callable[[], T], began: float) -> T:
        try:
            return ask()
        except LostError:
            if _was_long(began):
                raise
        return ask()

    def _begins(self) -> None:
        with self._changing:
            if self._vigil and not self.lasts:
                self.lasts = True
                threading.Thread(target=self._wait, name="frontdesk-silence", daemon=True).start()

    def _wait(self) -> None:
        """Goes on whatever happens: a thread that ended would leave everybody refused for ever."""
        _log.warning("the database does not answer")
        while not self._over.is_set():
            with contextlib.suppress(Exception), self._waiting(), self._engine.connect() as line:
                line.exec_driver_sql("select 1")
                self.lasts = False
                return
            self._over.wait(PAUSE)


def _was_long(began: float) -> bool:
    return time.monotonic() - began > LONG
