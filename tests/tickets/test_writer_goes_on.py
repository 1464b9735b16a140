"""A writer outlives whatever happens between two batches: who waits is told, and who comes next is served."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import structlog

from tests.cast import MovedClock, a_database, a_ticket
from tickets.asked import Asked
from tickets.change import Change
from tickets.errors import Unsure
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.showing import Showing
from tickets.silence import Silence
from tickets.writer import Writer

PATIENCE = 30


class Porter:
    """Hands finished changes back, but for the first few times, when the way is barred."""

    def __init__(self, barred: int) -> None:
        self.brought: list[Asked] = []
        self._barred = barred
        self._tried = threading.Semaphore(0)

    def deliver(self, done: list[Asked]) -> None:
        self._tried.release()
        if self._barred:
            self._barred -= 1
            raise RuntimeError("the way is barred")
        self.brought += done

    def has_tried(self, times: int) -> None:
        for _ in range(times):
            assert self._tried.acquire(timeout=PATIENCE)


def opened(change: Change) -> int:
    return a_ticket(change).number


def asked() -> Asked:
    return Asked(opened, (), {}, by="system", about=None, reply=None)


@pytest.mark.parametrize(("barred", "told"), [(1, [Unsure, type(None)]), (2, [type(None)])])
def test_a_failure_between_batches_is_said_and_work_goes_on(tmp_path: Path, barred: int, told: list[type]) -> None:
    """What was committed and could not be told has no known outcome, as where a commit breaks."""
    database, porter = a_database(tmp_path), Porter(barred)
    writer = Writer(
        database.writes,
        Silence(database.writes),
        clock=MovedClock(),
        rules=Rules(),
        reactions=Reactions(),
        deliver=porter.deliver,
        showing=Showing(),
    )
    with structlog.testing.capture_logs() as said:
        writer.start()
        writer.ask(asked())
        porter.has_tried(2)
        writer.ask(asked())
        porter.has_tried(1)
        writer.stop()
    database.close()

    assert told == [type(one.error) for one in porter.brought]
    assert ["critical"] * barred == [line["log_level"] for line in said]
