"""The one writer: a thread that takes every change that is waiting into one transaction."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Engine, text, tuple_
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, insert, select

from tickets import log
from tickets.change import Batch, Change
from tickets.errors import Refused, Unavailable
from tickets.ids import Ids
from tickets.message import Message
from tickets.moment import Clock
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.ticket import Ticket

MOST_CHANGES = 128  # in one batch
LONGEST_BATCH = 0.015  # seconds of verbs in one batch: their Python time is also the event loop's delay
BLOCK = 10_000  # ids taken at a time
LOW_WATER = 2_000  # ids at hand before a batch begins

_log = structlog.get_logger("frontdesk.writer")


@dataclass(eq=False)
class Asked:
    """One change that somebody waits for. `about` is the ticket it will touch, where that is known beforehand."""

    verb: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    by: str
    about: int | None
    reply: Any  # whatever the desk needs to find the caller again
    result: Any = None
    error: BaseException | None = None
    events: list[tuple[str, Any]] = field(default_factory=list)


class Writer:
    """Runs verbs on its own thread. `deliver` is called there with a list of finished changes, after their commit."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        rules: Rules,
        reactions: Reactions,
        deliver: Callable[[list[Asked]], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._rules = rules
        self._reactions = reactions
        self._deliver = deliver
        self._waiting: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self._ids = Ids()
        self._thread = threading.Thread(target=self._run, name="frontdesk-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, then end. Blocks until then."""
        self._waiting.put(None)
        self._thread.join()

    def ask(self, asked: Asked) -> None:
        self._waiting.put(asked)

    def _run(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None:
                return
            ended, batch = self._drain(first)
            while batch:
                done, batch = self._commit(batch)
                self._deliver(done)
            if ended:
                return

    def _drain(self, first: Asked) -> tuple[bool, list[Asked]]:
        batch = [first]
        while len(batch) < MOST_CHANGES:
            try:
                asked = self._waiting.get_nowait()
            except queue.Empty:
                return False, batch
            if asked is None:
                return True, batch
            batch.append(asked)
        return False, batch

    def _commit(self, batch: list[Asked]) -> tuple[list[Asked], list[Asked]]:
        """Make a batch durable. Returns what is done and what had no time left."""
        try:
            self._refill()
            try:
                return self._together(batch)
            except _BatchFailedError:
                return self._one_by_one(batch), []
        except Exception as error:
            for asked in batch:
                asked.error, asked.result, asked.events = _unavailable(error), None, []
            return batch, []

    def _together(self, batch: list[Asked]) -> tuple[list[Asked], list[Asked]]:
        """The fast way: no savepoints. Trouble undoes all of it and raises _BatchFailedError before any commit."""
        started = time.monotonic()
        done: list[Asked] = []
        with Session(self._engine, autoflush=False, expire_on_commit=False) as session:
            try:
                shared = Batch(session, self._ids)
                self._prefetch(shared, batch)
                for asked in batch:
                    if done and time.monotonic() - started > LONGEST_BATCH:
                        break
                    self._perform(shared, asked)
                    done.append(asked)
                shared.flush()
                _append_to_log(session, done, self._clock)
            except OperationalError:
                raise
            except Exception as error:
                session.rollback()
                raise _BatchFailedError from error
            session.commit()
            session.expunge_all()
        return done, batch[len(done) :]

    def _one_by_one(self, batch: list[Asked]) -> list[Asked]:
        """The careful way, after a refusal or a failure: a savepoint for each change, so that it undoes only itself."""
        self._refill()
        with Session(self._engine, autoflush=False, expire_on_commit=False) as session:
            for asked in batch:
                shared = Batch(session, self._ids)
                asked.error, asked.result, asked.events = None, None, []
                try:
                    with session.begin_nested():
                        self._perform(shared, asked)
                        shared.flush()
                except Exception as error:
                    asked.error, asked.result, asked.events = _reported(asked, error), None, []
            _append_to_log(session, batch, self._clock)
            session.commit()
            session.expunge_all()
        return batch

    def _perform(self, shared: Batch, asked: Asked) -> None:
        change = Change(shared, by=asked.by, now=self._clock.now(), rules=self._rules)
        asked.result = asked.verb(change, *asked.args, **asked.kwargs)
        self._reactions.settle(change)
        asked.events = change.events

    def _prefetch(self, shared: Batch, batch: list[Asked]) -> None:
        """One query for the tickets that the batch names, and one for the client ids that it may have seen before."""
        tickets = sorted({asked.about for asked in batch if asked.about is not None})
        if tickets:
            shared.kept.extend(shared.session.exec(select(Ticket).where(col(Ticket.id).in_(tickets))).all())
        sends = {(asked.by, asked.kwargs["client_id"]) for asked in batch if "client_id" in asked.kwargs}
        if sends:
            shared.said = dict.fromkeys(sends)
            query = select(Message).where(tuple_(col(Message.by), col(Message.client_id)).in_(sorted(sends)))
            for message in shared.session.exec(query):
                shared.said[(message.by, message.client_id)] = message

    def _refill(self) -> None:
        if self._ids.left < LOW_WATER:
            with self._engine.begin() as connection:
                end = connection.execute(_TAKE_BLOCK, {"n": BLOCK}).scalar_one()
            self._ids.refill(end - BLOCK, end)


_TAKE_BLOCK = text(
    "insert into id_block (name, next) values ('id', 1 + :n) "
    "on conflict (name) do update set next = id_block.next + :n returning next"
)


class _BatchFailedError(Exception):
    """A change in a batch was refused or failed; nothing of the batch was committed."""


def _append_to_log(session: Session, done: list[Asked], clock: Clock) -> None:
    """Give every event its position, last thing before the commit, so that positions appear in commit order."""
    if not any(asked.events for asked in done):
        return
    pos, at = log.newest(session), clock.now()
    rows = []
    for asked in done:
        for by, event in asked.events:
            pos += 1
            rows.append(log.row(pos, at, by, event))
    session.connection().execute(insert(log.LogRow), rows)


def _reported(asked: Asked, error: Exception) -> Exception:
    """A refusal is an answer. Anything else is a bug: said once, here, with its trace."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, OperationalError):
        return _unavailable(error)
    _log.error("change failed", verb=getattr(asked.verb, "__qualname__", str(asked.verb)), by=asked.by, exc_info=error)
    return error


def _unavailable(error: Exception) -> Exception:
    """The database could not be reached or had no room: the caller may try again; nothing was kept."""
    if not isinstance(error, OperationalError):
        _log.error("batch failed", exc_info=error)
        return error
    _log.error("database unavailable", error=str(error.orig))
    unavailable = Unavailable("We cannot save this right now. Please try again in a moment.", retry_after=2.0)
    unavailable.__cause__ = error
    return unavailable
