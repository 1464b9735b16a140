"""What one line asks for is done in its order: nothing is done before what will be said again."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cast import a_database, a_desk, a_ticket
from tickets import desk as desks
from tickets.asked import Strand
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Overloaded, Refused, Unavailable, full

OUTSIDE = "customer:91"
PATIENCE = 30


def opened(change: Change) -> int:
    return a_ticket(change).id


def has_no_room(change: Change) -> int:
    opened(change)
    raise full()


def may_not(change: Change) -> int:
    opened(change)
    raise Refused("No.")


class Held:
    """Keeps the writer busy until it is let go, so that what comes meanwhile is one batch."""

    def __init__(self, desk: Desk) -> None:
        self._begun, self.goes_on = threading.Event(), threading.Event()
        self._desk = desk

    def __call__(self, _: Change) -> None:
        self._begun.set()
        assert self.goes_on.wait(PATIENCE)

    async def begins(self) -> None:
        self.over = self._desk.begin(self, by="system")
        assert await asyncio.to_thread(self._begun.wait, PATIENCE)


async def came(*asked: asyncio.Future[int]) -> list[type]:
    return [type(one) for one in await asyncio.gather(*asked, return_exceptions=True)]


@pytest.fixture
def lines() -> tuple[Strand, Strand]:
    return Strand(), Strand()


async def test_nothing_is_done_behind_what_could_not_be_kept_just_now(
    tmp_path: Path, lines: tuple[Strand, Strand]
) -> None:
    """In the same batch and in the next; whoever is on another line does not notice, and a plain no changes nothing."""
    database, (sams, annas) = a_database(tmp_path), lines
    async with a_desk(database) as desk:
        held = Held(desk)
        await held.begins()
        first = [desk.begin(verb, by=OUTSIDE, strand=sams) for verb in (opened, may_not, has_no_room, opened)]
        others = [desk.begin(verb, by="customer:92", strand=annas) for verb in (may_not, opened)]
        held.goes_on.set()
        assert [int, Refused, type(full()), type(full())] == await came(*first)
        assert [Refused, int] == await came(*others)
        assert [type(full()), int] == await came(
            desk.begin(opened, by=OUTSIDE, strand=sams), desk.begin(opened, by=OUTSIDE, strand=Strand())
        )
        assert 3 == await desk.read(lambda session: session.connection().exec_driver_sql(COUNT).scalar_one())
    database.close()


COUNT = "select count(*) from ticket"


async def test_what_is_turned_away_at_the_door_takes_nothing_with_it_that_was_taken(
    tmp_path: Path, lines: tuple[Strand, Strand], monkeypatch: pytest.MonkeyPatch
) -> None:
    """I19: it came after them."""
    monkeypatch.setattr(desks, "MOST_WAITING", 3)
    database, (sams, _) = a_database(tmp_path), lines
    async with a_desk(database) as desk:
        held = Held(desk)
        await held.begins()
        asked: list[Any] = [desk.begin(opened, by=OUTSIDE, strand=sams) for _ in range(3)]
        held.goes_on.set()
        assert [int, int, Overloaded] == await came(*asked)
        assert issubclass(Overloaded, Unavailable)
    database.close()
