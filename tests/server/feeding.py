"""A feed without a house around it: a desk, a bus, screens, and a renderer whose frames are positions."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from server.bus.bus import LocalBus
from server.database import Database
from server.feed import Feed
from tests.cast import MovedClock, a_database
from tickets import log
from tickets.change import Change
from tickets.desk import Desk
from tickets.events import SubjectChanged
from tickets.live import Outbox, Topic

EPOCH = "first"


@dataclass(frozen=True)
class Told:
    topic: Topic
    frame: bytes


class Teller:
    """A renderer that says each event's position to whoever follows its ticket; some it cannot say."""

    def __init__(self) -> None:
        self.unsayable: set[int] = set()
        self.drew: list[tuple[str, int]] = []  # the thread and the position
        self.size = 0  # bytes of a frame, with blanks

    def __call__(
        self, session: Session, rows: Sequence[log.LogRow], topics: Collection[Topic], now: datetime
    ) -> Iterator[Told]:
        for row in rows:
            self.drew.append((threading.current_thread().name, row.pos))
            if row.pos in self.unsayable or row.event.ticket != row.ticket_id:
                raise ZeroDivisionError
            for topic in topics:
                if topic.name in {f"ticket:{row.ticket_id}", f"chat:{row.ticket_id}"}:
                    yield Told(topic, (b"%d" % row.pos).rjust(self.size))


class House:
    """A desk, a bus that may be deaf, and a feed that the test steps by hand."""

    def __init__(self, database: Database, *, deaf: bool = False) -> None:
        self.bus = LocalBus()
        self.desk = Desk(database.writes, database.reads, clock=MovedClock(), bell=self._ring)
        self._deaf = deaf
        self.drawing = False  # whether what happens is drawn before it rings, as the writer does it
        self.teller = Teller()
        self.feed = Feed(self.desk, self.bus, epoch=EPOCH, render=self.teller)

    async def happens(self, *tickets: int) -> None:
        """Something on each of these tickets, at most 50 to a change."""
        for start in range(0, len(tickets), 50):
            await self.desk.change(_happen, tickets[start : start + 50], by="system")

    def draws(self) -> None:
        """As the writer does it after a commit."""
        self.feed._draw(self.desk.look(log.newest))

    def _ring(self) -> None:
        if self.drawing:
            self.draws()
        if not self._deaf:
            self.bus.ring()

    async def steps(self) -> None:
        while await self.feed._step():
            pass


def _happen(change: Change, tickets: Sequence[int]) -> None:
    for ticket in tickets:
        change.record(SubjectChanged(ticket=ticket))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with contextlib.closing(a_database(tmp_path)) as database:
        house = House(database)
        async with house.desk:
            yield house


def following(*tickets: int, language: str = "en") -> frozenset[Topic]:
    return frozenset(Topic(f"ticket:{ticket}", language) for ticket in tickets)


def held_by(outbox: Outbox) -> list[int]:
    return [int(frame) for frame in outbox._frames]
