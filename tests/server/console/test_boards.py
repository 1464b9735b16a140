"""Wallboards are told what is new, soon and not too often; only supervisors are, and watching is not being there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from starlette.datastructures import State

from routing import presence
from routing.presence import Intent
from server.bus.bus import Bus
from server.console import boards
from server.console.boards import Boards
from server.console.consoles import REVOKED, Consoles
from server.console.line import ConsoleLine, Open
from server.database import Database
from server.feed import Feed
from tests.cast import MovedClock, a_customer, a_database, a_ticket, an_agent
from tests.engine import a_bus
from tests.routing.floor import a_queue
from tests.server.console.test_socket import NoWire
from tickets.change import Change
from tickets.desk import Desk
from tickets.edge import SignedIn
from tickets.events import AgentRevoked
from tickets.live import Outbox, Topic
from tickets.log import LogRow, row
from tickets.people import Role
from widgets import fragments
from widgets.wallboard import PARTS

ENGLISH, CHINESE = Topic("wallboard", "en"), Topic("wallboard", "zh")
WITHIN = 30.0  # seconds
EVERYTHING = {f"board-{part}" for part in PARTS}


class Floor:
    """A desk with a queue and Ada, a feed, and the boards that listen to it."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self.clock = MovedClock()
        self.desk = Desk(database.writes, database.reads, clock=self.clock, bell=bus.ring)
        self.feed = Feed(self.desk, bus, epoch="e1", render=fragments.render)
        self.boards = Boards(self.desk, self.feed)
        self.feed.hears(self.boards.heard)
        self.feed.greets(self.boards.joined)
        self.ada = 0

    async def watches(self, topic: Topic) -> Screen:
        screen = Screen()
        await self.feed.follow(screen.outbox, frozenset({topic}), cursor=self.feed.cursor)
        return screen


class Screen:
    """What arrived at one board."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        self.frames: list[dict[str, str]] = []
        self._came = asyncio.Event()
        self._pump = asyncio.create_task(self.outbox.pump(self._take))

    async def _take(self, frame: bytes) -> None:
        swaps = json.loads(frame).get("swaps")
        if swaps:
            self.frames.append({swap["id"]: swap["html"] for swap in swaps})
            self._came.set()

    async def shows(self, wanted: Callable[[list[dict[str, str]]], bool]) -> None:
        async with asyncio.timeout(WITHIN):
            while not wanted(self.frames):
                self._came.clear()
                await self._came.wait()


@pytest.fixture
async def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Floor]:
    monkeypatch.setattr(boards, "PAUSE", 0.01)
    monkeypatch.setattr(boards, "LONGEST", 0.1)
    with closing(a_database(tmp_path)) as database:
        async with a_bus(str(tmp_path)) as bus:
            floor = Floor(database, bus)
            async with floor.desk:
                floor.ada = await floor.desk.change(_furnish, by="system")
                async with floor.feed.running(), floor.boards.running():
                    yield floor


def _furnish(change: Change) -> int:
    ada = an_agent(change)
    change.write()
    a_queue(change, "Support")
    return ada.id


def opens(change: Change) -> int:
    customer = a_customer(change)
    change.write()
    return a_ticket(change, customer).id


async def test_whoever_joins_is_told_everything(floor: Floor) -> None:
    """Each in their own language, once counted for all."""
    english, chinese = await floor.watches(ENGLISH), await floor.watches(CHINESE)
    for screen in (english, chinese):
        await screen.shows(lambda frames: bool(frames) and set(frames[0]) == EVERYTHING)
    assert "In line" in english.frames[0]["board-tiles"]
    assert "排队中" in chinese.frames[0]["board-tiles"]


async def test_what_happened_is_shown_and_nothing_else(floor: Floor) -> None:
    """Ada comes: her part is drawn anew, with the time, and the others stay."""
    screen = await floor.watches(ENGLISH)
    await screen.shows(lambda frames: bool(frames))
    await floor.desk.change(presence.came, floor.ada, by=f"agent:{floor.ada}")
    await floor.desk.change(presence.set_intent, floor.ada, Intent.AWAY, "lunch", by=f"agent:{floor.ada}")
    await floor.desk.change(opens, by="system")

    await screen.shows(lambda frames: any("board-more" in frame for frame in frames[1:]))
    assert not any("board-tiles" in frame for frame in screen.frames[1:])


async def test_the_time_goes_on_though_nothing_happens(floor: Floor) -> None:
    """Whoever watches sees that the figures are of now."""
    screen = await floor.watches(ENGLISH)
    await screen.shows(lambda frames: bool(frames))
    floor.clock.moves(minutes=1)
    await screen.shows(lambda frames: any(set(frame) == {"board-asof"} for frame in frames[1:]))
    assert {"board-asof"} in [set(frame) for frame in screen.frames[1:]]


async def test_nobody_watches_and_nothing_is_asked(floor: Floor) -> None:
    asked: list[str] = []
    engine = floor.desk._looks.engine

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        await floor.desk.change(opens, by="system")
        await floor.feed._step()
        for _ in range(5):
            await asyncio.sleep(0)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert not [statement for statement in asked if "sla_warned" in statement]


@pytest.mark.parametrize("role", Role)
def test_only_supervisors_are_told(role: Role) -> None:
    """Its page is not for agents, and neither is what its line says."""
    line = ConsoleLine(NoWire(), State({"language": "en", "agent": somebody(role)}))

    assert ({ENGLISH} if role is not Role.AGENT else set()) == line._topics(Open(board=True))


async def test_a_screen_that_only_watches_makes_nobody_present(floor: Floor) -> None:
    """Nobody rings at a screen on the wall; yet it closes when its watcher's session ends."""
    consoles, wall, desktop = Consoles(floor.desk), Outbox(), Outbox()
    ada = somebody(Role.SUPERVISOR, floor.ada)
    async with consoles.present(ada, wall, at_work=False):
        assert await floor.desk.read(presence.presence_of, floor.ada) is None
        async with consoles.present(ada, desktop):
            here = await floor.desk.read(presence.presence_of, floor.ada)
            assert here is not None
            assert here.connected
            consoles.heard([LogRow(**row(floor.clock.now(), "system", AgentRevoked(agent=floor.ada)), pos=1)])
            assert [REVOKED, REVOKED] == [wall.code, desktop.code]


def somebody(role: Role, id: int = 7) -> SignedIn:
    return SignedIn(id, "Grace", role, "", 1)
