"""Nobody waits for ever on a line to a server that stands still: paused, or with a disk or a replica that hangs.

A machine that is gone is noticed by the lines themselves (server/postgres.py). Where only the server stands, its
machine, or a proxy, still gives the signs of life that lines ask for; and the server's own limits stand with it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any
from weakref import WeakSet

from sqlalchemy import Engine, event
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

LONG = 0.75  # seconds that somebody waits; then it is tried whether the server answers anybody
ANSWERS_WITHIN = 3.0  # seconds, on a line of its own
COMMITS_WITHIN = 5.0  # seconds: while a server waits for its disk or a replica to commit, no limit of its own runs
CUT = "frontdesk.cut"
"""In the notes of each line (`info`): what ends it from another thread, which may not use it otherwise."""
TICK, REST = 0.25, 1.0  # seconds between two looks, and after one that found the server alive


class Vigil:
    """Knows who waits since when, and every line to the server that is open: one that is cut ends the wait on it.

    `silent` is called, on a thread of ours, when the server was found to answer nobody.
    """

    def __init__(self, silent: Callable[[], None], *engines: Engine) -> None:
        self._silent = silent
        self._probes = engines[0].pool.recreate()  # as many lines as are wanted, whoever holds those of the pool
        self._lines: WeakSet[ConnectionPoolEntry] = WeakSet()
        self._changing = threading.Lock()
        self._asking: dict[int, float] = {}  # by thread: since when
        self._committing: dict[int, tuple[float, dict[Any, Any]]] = {}  # and the notes of its line
        self._over = threading.Event()
        for engine in engines:
            event.listen(engine, "connect", self._known, insert=True)  # before anything else is asked on it
            event.listen(engine, "checkout", self._known)  # it may be older than we are

    def open(self) -> None:
        threading.Thread(target=self._watch, name="frontdesk-vigil", daemon=True).start()

    def close(self) -> None:
        """Once nobody asks any more."""
        self._over.set()

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """This thread waits for the server, as long as the block lasts."""
        self._asking[threading.get_ident()] = monotonic()
        try:
            yield
        finally:
            self._asking.pop(threading.get_ident(), None)

    @contextlib.contextmanager
    def committing(self, session: Session) -> Iterator[None]:
        """This thread waits for a commit."""
        self._committing[threading.get_ident()] = monotonic(), session.connection().connection.info
        try:
            yield
        finally:
            del self._committing[threading.get_ident()]

    def _known(self, _: object, line: ConnectionPoolEntry, *__: object) -> None:
        with self._changing:
            self._lines.add(line)

    def _watch(self) -> None:
        while not self._over.wait(TICK):
            for began, line in list(self._committing.values()):
                if monotonic() - began > COMMITS_WITHIN:
                    _cut(line)
            if any(monotonic() - began > LONG for began in list(self._asking.values())):
                self._try_the_server()

    def _try_the_server(self) -> None:
        answered = threading.Event()
        threading.Thread(target=self._probe, args=[answered], name="frontdesk-probe", daemon=True).start()
        if answered.wait(ANSWERS_WITHIN):
            self._over.wait(REST)
            return
        self._silent()
        with self._changing:
            lines = list(self._lines)
        for line in lines:
            _cut(line.info)

    def _probe(self, answered: threading.Event) -> None:
        """A server that says no is no silent one, and what it cannot be reached by breaks by itself."""
        with contextlib.suppress(Exception):
            line = self._probes.connect()
            try:
                line.cursor().execute("select 1")
            finally:
                line.invalidate()
        answered.set()


def _cut(line: dict[Any, Any]) -> None:
    """Whoever waits on it finds that it broke."""
    with contextlib.suppress(Exception):  # it may be closed by now
        line[CUT]()
