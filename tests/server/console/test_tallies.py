"""Of the numbers beside the lists a screen is told those that are another, however many there are."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from routing.queues import Queue
from server.bus.bus import LocalBus
from server.console import tallies as counting
from server.console.tallies import Tallies
from server.database import Database
from server.feed import Feed
from tests.cast import MovedClock, a_customer, a_database, a_ticket, an_agent
from tests.routing.floor import a_queue
from tickets.change import Change
from tickets.desk import Desk
from tickets.live import Outbox, Topic
from widgets import fragments
from widgets.deliveries import as_of
from widgets.tallies import Beside, news

WITHIN = 30.0  # seconds
QUEUES = 3


class Floor:
    """A desk with queues, a feed, and the numbers that it tells."""

    def __init__(self, database: Database) -> None:
        bus = LocalBus()
        self.desk = Desk(database.writes, database.reads, clock=MovedClock(), bell=bus.ring)
        self.feed = Feed(self.desk, bus, epoch="e1", render=fragments.render)
        self.tallies = Tallies(self.desk, self.feed)
        self.feed.hears(self.tallies.heard)
        self.feed.greets(self.tallies.joined)
        self.ada = 0

    async def looks(self, *, counted: int | None = None) -> Console:
        """Ada opens another window, or one comes back that knows the numbers as of `counted`."""
        console = Console()
        topics = frozenset({Topic(f"agent:{self.ada}"), Topic(f"view:open:{self.ada}")})
        await self.feed.follow(console.outbox, topics, cursor=self.feed.cursor, counted=counted)
        return console


class Console:
    """The numbers that one window was told, frame by frame."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        self.told: list[set[str]] = []
        self.counted = 0
        self._came = asyncio.Event()
        self._pump = asyncio.create_task(self.outbox.pump(self._take))

    async def _take(self, frame: bytes) -> None:
        said = json.loads(frame)
        if "counted" in said:
            self.told.append({swap["id"] for swap in said["swaps"]})
            self.counted = said["counted"]
            self._came.set()

    async def hears(self, frames: int) -> None:
        async with asyncio.timeout(WITHIN):
            while len(self.told) < frames:
                self._came.clear()
                await self._came.wait()


@pytest.fixture
async def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Floor]:
    monkeypatch.setattr(counting, "PAUSE", 0.01)
    with closing(a_database(tmp_path)) as database:
        floor = Floor(database)
        async with floor.desk:
            floor.ada = await floor.desk.change(_furnish, by="system")
            async with floor.feed.running(), floor.tallies.running():
                yield floor


def _furnish(change: Change) -> int:
    ada = an_agent(change)
    change.write()
    for number in range(QUEUES):
        a_queue(change, f"Queue {number}")
    return ada.id


def _first_queue(session: Session) -> int:
    return session.exec(select(Queue.id).order_by(Queue.id)).first() or 0  # type: ignore[arg-type]


def opens(change: Change, queue_id: int) -> None:
    customer = a_customer(change)
    change.write()
    a_ticket(change, customer).queue_id = queue_id


async def test_what_did_not_change_is_not_told_again(floor: Floor) -> None:
    """Each window used to be told all of it, whichever number it was: with thousands of queues that cut it off."""
    console = await floor.looks()
    await console.hears(1)
    assert QUEUES == sum(name.startswith("count-queue-") for name in console.told[0])

    queue_id = await floor.desk.read(_first_queue)
    await floor.desk.change(opens, queue_id, by="system")

    await console.hears(2)
    changed = {f"count-{name}" for name in ("open", "unassigned", f"queue-{queue_id}")}
    assert {*changed, "total-open"} == console.told[1]


@pytest.mark.parametrize("since", [None, 0, 10**6])
async def test_whoever_comes_is_told_all_that_may_be_another(floor: Floor, since: int | None) -> None:
    """Also who was told by a process that had come further: what it counted is not known here."""
    first = await floor.looks()
    await first.hears(1)
    await floor.looks(counted=since)
    await floor.desk.change(opens, await floor.desk.read(_first_queue), by="system")
    await first.hears(2)
    assert first.told[0] == first.told[1]


async def test_whoever_comes_back_to_the_same_numbers_is_told_the_next_that_changes(floor: Floor) -> None:
    first = await floor.looks()
    await first.hears(1)
    await floor.looks(counted=first.counted)
    await floor.desk.change(opens, await floor.desk.read(_first_queue), by="system")
    await first.hears(2)
    assert first.told[1] < first.told[0]


async def test_whoever_comes_while_it_is_counted_is_told_all_of_it(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted and drawn where nobody waits for it, with what was told before they came."""
    begun, goes_on, counted = threading.Event(), threading.Event(), floor.tallies._counted

    def slowly(*question: Any) -> Any:
        begun.set()
        goes_on.wait(WITHIN)
        return counted(*question)

    first = await floor.looks()
    await first.hears(1)
    monkeypatch.setattr(floor.tallies, "_counted", slowly)
    await floor.desk.change(opens, await floor.desk.read(_first_queue), by="system")
    assert await asyncio.to_thread(begun.wait, WITHIN)
    late = await floor.looks()
    goes_on.set()
    await late.hears(1)
    assert late.told == first.told[:1], "and of nothing before that, which would say up to where it knows them"


def test_thousands_of_numbers_of_which_one_is_another_are_a_short_frame() -> None:
    ada, li = Topic("agent:7"), Topic("agent:9", "zh")
    before = {f"queue-{number}": 0 for number in range(6_000)}
    now = {**before, "queue-17": 1}
    shown = frozenset({"mine", "queue-16", "queue-17"})
    told = {topic: Beside(topic, before, {"mine": 2}) for topic in (ada, li)}

    frames = as_of(131, news([Beside(ada, now, {"mine": 2}, shown), Beside(li, now, {"mine": 3})], told))

    ids = [[swap["id"] for swap in json.loads(one.frame)["swaps"]] for one in frames]
    assert [["count-queue-17", "total-queue-17"], ["count-mine", "count-queue-17"]] == ids
    assert [] == list(news(told.values(), told))
