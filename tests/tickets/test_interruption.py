"""An operator reads once that the database is away, every few seconds that it still is, and once that it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import OperationalError as Locked

import pytest
import structlog
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError
from structlog.typing import EventDict

from tests.cast import a_database, a_desk, a_ticket
from tickets.change import Change
from tickets.errors import Unavailable
from tickets.interruption import EVERY, Interruption

GONE = "connection refused"


class Seconds:
    """A clock that is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def lines() -> Iterator[list[EventDict]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


def test_hundreds_of_refused_batches_a_second_are_a_line_every_few(lines: list[EventDict]) -> None:
    seconds = Seconds()
    interruption = Interruption(seconds)
    for n in range(1200):
        seconds.now = 1000.0 + n / 100
        interruption.goes_on(GONE, changes=2)

    assert [2, 1000, 1000] == [line["changes"] for line in lines]
    assert {"database unavailable"} == {line["event"] for line in lines}


def test_another_reason_is_told_at_once(lines: list[EventDict]) -> None:
    interruption = Interruption(Seconds())
    for reason in (GONE, "the disk is full", GONE, *(f"number {n}" for n in range(100))):
        interruption.goes_on(reason, changes=1)

    assert [GONE, "the disk is full", "number 0"] == [line["error"] for line in lines][:3]
    assert 10 == len(lines), "though a reason holds a number that is always another one"


def test_its_end_is_told_once_when_nothing_has_failed_for_a_while(lines: list[EventDict]) -> None:
    """Some things still fit on a full disk."""
    seconds = Seconds()
    interruption = Interruption(seconds)
    interruption.goes_on(GONE, changes=1)
    seconds.now += 3
    interruption.goes_on(GONE, changes=4)
    interruption.may_be_over()
    assert 1 == len(lines)
    seconds.now += EVERY
    interruption.may_be_over()
    interruption.may_be_over()

    assert not interruption.lasts
    assert [("database available again", 3.0, 4)] == [
        (line["event"], line["lasted"], line["changes"]) for line in lines[1:]
    ]


def opened(change: Change) -> int:
    return a_ticket(change).id


def lost(_: Connection) -> None:
    raise OperationalError("begin", {}, Locked("database is locked"))


async def test_a_desk_tells_it_of_all_that_it_refuses(tmp_path: Path, lines: list[EventDict]) -> None:
    database = a_database(tmp_path)
    async with a_desk(database) as desk:
        event.listen(database.writes, "begin", lost)
        for _ in range(20):
            with pytest.raises(Unavailable):
                await desk.change(opened, by="system")
        event.remove(database.writes, "begin", lost)
        assert await desk.change(opened, by="system")
    database.close()

    assert [("database unavailable", 1)] == [(line["event"], line["changes"]) for line in lines]
