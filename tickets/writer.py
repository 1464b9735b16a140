"""The one writer: a thread that takes every change that is waiting into one transaction."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable

import structlog
from sqlalchemy import Engine, inspect
from sqlmodel import Session

from tickets import grouped, log, turns
from tickets.asked import Asked, reported
from tickets.batch import Batch
from tickets.change import Change
from tickets.errors import unsure
from tickets.failpoint import reached
from tickets.grouped import table_of
from tickets.ids import Ids, OutOfIds, end_of_fresh_block
from tickets.line import Line
from tickets.message import is_client_id, messages_sent
from tickets.moment import Clock, DatabaseClock
from tickets.outage import UnknownEndError, go_back, is_away, is_contention, is_outage, nothing_kept
from tickets.reactions import Reactions
from tickets.remembered import Remembered
from tickets.rules import Rules
from tickets.showing import Showing
from tickets.silence import Silence
from tickets.ticket import Ticket
from tickets.turns import ReachesFurtherError

MOST_CHANGES, LEAST_CHANGES = 128, 8  # in one batch, where so many wait
LONGEST_BATCH = 0.015  # processor seconds of verbs in one batch: the event loop waits for the same interpreter
BLOCK = 10_000  # ids taken at a time
LOW_WATER = 2_000  # ids at hand before a batch begins
MOST_IDS = 1_000_000  # for one batch; a change that wants more is a bug

_log = structlog.get_logger("frontdesk.writer")


class Writer:
    """Runs verbs on its own thread: the only one on SQLite, one of a few lanes on PostgreSQL.

    `begin` is called there first, and `deliver` with a list of finished changes, after their commit.
    """

    def __init__(
        self,
        engine: Engine,
        silence: Silence,
        *,
        clock: Clock,
        rules: Rules,
        reactions: Reactions,
        deliver: Callable[[list[Asked]], None],
        showing: Showing,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        self._line = Line(engine)
        self._silence = silence
        self._shares = turns.is_shared(engine)
        self._clock = clock
        self._rules = rules
        self._reactions = reactions
        self._deliver = deliver
        self._showing = showing
        self._begins = begin
        self._waiting: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self._pace = LONGEST_BATCH / MOST_CHANGES  # processor seconds that a change has taken of late
        self._ids, self._ids_are_void = Ids(), False
        self._remembered = Remembered(most=0) if self._shares else Remembered()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="frontdesk-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, then end. Blocks until then."""
        self._waiting.put(None)
        self._thread.join()

    def forget_ids(self) -> None:
        """Those at hand may be somebody else's now: from the next batch on, others are used."""
        self._ids_are_void = True

    def ask(self, asked: Asked) -> None:
        self._waiting.put(asked)

    def _run(self) -> None:
        """Goes on whatever happens in a round: a thread that ends would leave everybody waiting for ever."""
        self._begins()
        while not self._ended:
            unanswered: list[Asked] = []
            try:
                self._gather(unanswered)
                while unanswered:
                    began = time.perf_counter()
                    done, left = self._commit(unanswered)
                    for asked in done:
                        asked.took = time.perf_counter() - began
                    self._showing.draw()
                    self._deliver(done)
                    unanswered = left
            except BaseException as error:
                self._give_up(unanswered, error)
        self._line.close()

    def _gather(self, batch: list[Asked]) -> None:
        """What is waiting, as much of it as goes together; waits for the first, and for the screens of the last few."""
        asked = self._waiting.get()
        self._showing.wait()
        with contextlib.suppress(queue.Empty):
            while asked is not None:
                batch.append(asked)
                if self._is_full(len(batch)):
                    return
                asked = self._waiting.get_nowait()
            self._ended = True

    def _is_full(self, changes: int) -> bool:
        return changes >= MOST_CHANGES or (changes >= LEAST_CHANGES and changes * self._pace >= LONGEST_BATCH)

    def _give_up(self, batch: list[Asked], error: BaseException) -> None:
        """Nobody knows what became of these: whoever asks again with the same id is told."""
        _log.critical("writer failed between changes", exc_info=error, changes=len(batch))
        for asked in batch:
            asked.end(error=unsure())
        try:
            self._deliver(batch)
        except BaseException as again:
            _log.critical("nobody can be answered", exc_info=again, changes=len(batch))

    def _commit(self, batch: list[Asked]) -> tuple[list[Asked], list[Asked]]:
        """Make a batch durable. Returns what is done and what had no time left."""
        try:
            return self._silence.written(lambda: self._tried(batch), changes=len(batch))
        except BaseException as error:  # the thread lives on, whatever a verb raises
            told = reported(error, changes=len(batch))
            for asked in batch:
                asked.end(error=told)
            return batch, []

    def _tried(self, batch: list[Asked]) -> tuple[list[Asked], list[Asked]]:
        self._refill(LOW_WATER)
        with contextlib.suppress(_BatchFailedError):
            return self._side_by_side(batch)
        return self._one_by_one(batch), []

    def _side_by_side(self, batch: list[Asked]) -> tuple[list[Asked], list[Asked]]:
        """Beside other batches where all of it stays with its tickets, else alone."""
        if self._shares and all(asked.stays for asked in batch):
            with contextlib.suppress(ReachesFurtherError):
                return self._together(batch, alone=False)
        return self._together(batch, alone=True)

    def _together(self, batch: list[Asked], *, alone: bool) -> tuple[list[Asked], list[Asked]]:
        """The fast way: no savepoints. Trouble undoes all of it and raises _BatchFailedError before any commit."""
        started = time.thread_time()
        done: list[Asked] = []
        with self._line.session() as session:
            try:
                with nothing_kept():
                    self._begin(session, alone=alone)
                    within = None if alone else _tickets(batch)
                    shared = Batch(session, self._ids, within=within, remembered=self._remembered)
                    reached("writer.begun")
                    self._prefetch(shared, batch)
                    prefetched = time.thread_time()
                    for asked in batch:
                        if done and time.thread_time() - started > LONGEST_BATCH:
                            break
                        self._perform(shared, asked)
                        done.append(asked)
                    self._pace += 0.2 * ((time.thread_time() - prefetched) / len(done) - self._pace)
                    reached("writer.performed")
                    shared.flush()
                    reached("writer.flushed")
                    if not alone:
                        turns.end(session)
                    newest = _append_to_log(session, done, newest=self._remembered.newest)
                    reached("writer.logged")
            except BaseException as error:
                session.rollback()
                if isinstance(error, ReachesFurtherError) or (is_outage(error) and not is_contention(error)):
                    raise
                raise _BatchFailedError from error
            self._keep(session)
            shared.learned()
            self._remembered.end(newest=newest)
            if newest is not None and not self._shares and len(done) < LEAST_CHANGES:
                self._showing.committed(newest)
            reached("writer.committed")
            for asked in done:
                asked.wrote = shared.wrote_rows or bool(asked.logged)
        return done, batch[len(done) :]

    def _one_by_one(self, batch: list[Asked]) -> list[Asked]:
        """The careful way, after a refusal or a failure: a savepoint for each change, so that it undoes only itself."""
        wanted = LOW_WATER
        while True:
            self._refill(wanted)
            try:
                return self._with_savepoints(batch)
            except OutOfIds:
                wanted *= 10
                if wanted > MOST_IDS:
                    raise

    def _with_savepoints(self, batch: list[Asked]) -> list[Asked]:
        with self._line.session() as session:
            with nothing_kept():
                self._begin(session, alone=True)
                for asked in batch:
                    self._in_savepoint(session, asked)
                _append_to_log(session, batch)
                reached("writer.replayed")
            self._keep(session)
            reached("writer.replay_committed")
        return batch

    def _in_savepoint(self, session: Session, asked: Asked) -> None:
        line, shared, savepoint = session.connection(), Batch(session, self._ids), session.begin_nested()
        try:
            self._perform(shared, asked)
            shared.flush()
            _reload_expired(session)
            savepoint.commit()
            asked.wrote = shared.wrote_rows or bool(asked.logged)
        except BaseException as error:
            go_back(line, savepoint)
            if isinstance(error, OutOfIds) or is_outage(error):
                raise
            verb = getattr(asked.verb, "__qualname__", str(asked.verb))
            asked.end(error=reported(error, verb=verb, by=asked.by))
        session.expunge_all()  # the next change begins with what is in the tables, and what this one returned is whole

    def _begin(self, session: Session, *, alone: bool) -> None:
        if self._shares:
            now = turns.begin(session, alone=alone)
            if isinstance(self._clock, DatabaseClock):
                self._clock.hears(now)
        self._remembered.begin(session.connection())

    def _keep(self, session: Session) -> None:
        """Commit. Where that fails, nobody knows what became of it, and its connection is not used again."""
        try:
            with self._silence.committing(session):
                self._line.commit(session)
        except BaseException as error:
            if self._shares:
                session.invalidate()
                if is_away(error):
                    raise UnknownEndError from error
            raise

    def _perform(self, shared: Batch, asked: Asked) -> None:
        change = Change(shared, by=asked.by, now=self._clock.now(), rules=self._rules)
        asked.run(change)
        self._reactions.settle(change)
        asked.logged = [log.row(change.now, by, event) for by, event in change.events]
        asked.messages = change.messages

    def _prefetch(self, shared: Batch, batch: list[Asked]) -> None:
        """One query for the tickets that the batch names, and one for the client ids that it may have seen before."""
        tickets = _tickets(batch)
        if tickets:
            shared.name(Ticket, tickets)
        named = [asked for asked in batch if is_client_id(asked.kwargs.get("client_id", ""))]
        sends = {(asked.by, asked.kwargs["client_id"]) for asked in named}
        if sends:
            shared.said = dict.fromkeys(sends)
            for message in messages_sent(shared.session, sends):
                shared.said[(message.by, message.client_id)] = message

    def _refill(self, wanted: int) -> None:
        if self._ids.left < wanted or self._ids_are_void:
            self._ids_are_void = False
            block = max(BLOCK, wanted)
            with nothing_kept(), self._line.session() as session:
                end = end_of_fresh_block(session, block)
                session.commit()
            reached("writer.ids_taken")
            self._ids.refill(end - block, end)


class _BatchFailedError(Exception):
    """A change in a batch was refused or failed; nothing of the batch was committed."""


def _tickets(batch: list[Asked]) -> frozenset[int]:
    return frozenset(asked.about for asked in batch if asked.about is not None)


def _append_to_log(session: Session, done: list[Asked], *, newest: int | None = None) -> int | None:
    """Give every event its position, last thing before the commit, so that positions appear in commit order.

    `newest` is the last position so far, where that is known; returns the same for the next.
    """
    rows = [row for asked in done for row in asked.logged]
    if rows:
        newest = log.newest(session) if newest is None else newest
        for pos, row in enumerate(rows, start=newest + 1):
            row["pos"] = pos
        grouped.insert(session.connection(), table_of(log.LogRow), rows)
        newest += len(rows)
    return newest


def _reload_expired(session: Session) -> None:
    """A statement expired the rows that it touched; the change may return one of them."""
    for row in list(session):
        if inspect(row).expired_attributes:
            session.refresh(row)
