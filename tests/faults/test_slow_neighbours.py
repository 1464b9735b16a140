"""Somebody reads nothing of what they are sent: they are cut off, and nobody else is told any later (F12).

Two desks stand side by side, with the same talk on both. On one of them the deaf watch the busiest ticket, on the other
nobody does; then the other way around. So whatever else the machine does meets both.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.houses import STAFF, Chat, Colleague, a_desk, desk_pairs
from tests.bench.load import Group, Line, measure, quantile
from tests.bench.process import megabytes
from tests.faults.deaf import deaf_consoles
from tests.running import RunningDesk
from tickets.live import MOST_BYTES, alongside

WATCHERS = 20  # of the busiest ticket, where anybody is; all of them deaf
LONG, PAUSE = "Where is my order? " * 400, 0.05  # what is said there, and how many seconds apart
NEIGHBOURS = 8  # pairs of a visitor and an agent, each on a ticket of their own
RATE = 60.0  # messages a second, of all of them together
SECONDS = 8.0  # of each round
CUT_OFF_WITHIN = 60.0  # seconds after it
LEAST_ROUNDS, MOST_ROUNDS = 4, 12  # until it can be told: the slowest of a hundred are few
MOST_LATER = 1.2  # times the p99 without them (reliability.md F12)
MOST_GROWN = WATCHERS * (MOST_BYTES / 2**20 + 1)  # megabytes: a full outbox each, and as much around it


@dataclass
class Room:
    """Who comes together on one desk for a round."""

    busiest: Line
    watchers: list[Line]
    neighbours: list[Group]

    @classmethod
    def at(cls, desk: RunningDesk) -> Room:
        chat, staff = Chat(desk.url), [Colleague(desk.url, name) for name in STAFF]
        watchers = [staff[n % len(staff)].line(chat.ticket) for n in range(WATCHERS)]
        return cls(chat.line, watchers, desk_pairs(desk, NEIGHBOURS))


@dataclass
class Side:
    """One of the two desks, and how it fared."""

    desk: RunningDesk
    beside_deaf: list[float] = field(default_factory=list)
    without_them: list[float] = field(default_factory=list)
    grown: float = 0.0

    async def a_round(self, *, deaf: bool) -> None:
        room = await asyncio.to_thread(Room.at, self.desk)
        before, cut = megabytes(self.desk.pid), self._cut_off()
        watchers = room.watchers if deaf else []
        async with deaf_consoles(watchers), alongside(_talks(room.busiest), name="the busiest ticket"):
            found = await measure(room.neighbours, server=self.desk.pid, rate=RATE, seconds=SECONDS)
            async with asyncio.timeout(CUT_OFF_WITHIN):
                while deaf and self._cut_off() < cut + WATCHERS:  # noqa: ASYNC110  (no event of ours)
                    await asyncio.sleep(0.2)
        assert found.lost == 0
        (self.beside_deaf if deaf else self.without_them).extend(found.arrivals)
        self.grown = max(self.grown, megabytes(self.desk.pid) - before)

    def _cut_off(self) -> int:
        """How many were told that they do not keep up."""
        return self.desk.log.count("status=4008")


@pytest.mark.faults
async def test_neighbours_of_the_deaf_are_told_as_soon_as_ever(tmp_path: Path) -> None:
    sides = [Side(a_desk(tmp_path / name, FRONTDESK_LOG_LEVEL="info")) for name in ("one", "two")]
    try:
        for side in sides:
            await asyncio.to_thread(side.desk.start)
        async with asyncio.timeout(600):
            later = await _compared(sides)
        assert later <= MOST_LATER
        assert max(side.grown for side in sides) < MOST_GROWN
        assert not [line for side in sides for line in side.desk.log.splitlines() if " failed" in line]
    finally:
        for side in sides:
            await asyncio.to_thread(side.desk.stop)


async def _compared(sides: Sequence[Side]) -> float:
    """How many times as late the slowest of a hundred are beside the deaf."""
    later = 0.0
    for number in range(1, MOST_ROUNDS + 1):
        await asyncio.gather(*(side.a_round(deaf=(n + number) % 2 == 0) for n, side in enumerate(sides)))
        deaf = quantile([one for side in sides for one in side.beside_deaf], 0.99)
        without = quantile([one for side in sides for one in side.without_them], 0.99)
        later = deaf / without
        print(f"p99 {deaf:.1f} ms beside the deaf, {without:.1f} ms without them: {later:.2f}")
        if number >= LEAST_ROUNDS and number % 2 == 0 and later <= MOST_LATER:
            break
    return later


async def _talks(line: Line) -> None:
    """Long texts, without waiting for anything."""
    origin = line.headers["Origin"]
    async with connect(line.url, origin=origin) as wire:  # type: ignore[arg-type]
        await wire.send(line.hello)
        async with alongside(_says(wire), name="saying"):
            async for _ in wire:
                pass


async def _says(wire: ClientConnection) -> None:
    for n in count():
        await wire.send(json.dumps({"say": {"id": f"long-{n}", "text": LONG}}))
        await asyncio.sleep(PAUSE)
