"""A process is cut off from the database, from Redis or from its people, and nobody is told (F9)."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.database import Database, migrate
from server.postgres import IDLE_SECONDS
from tests.faults.judging import hands_that_disagree
from tests.faults.scaled.people import People, judged
from tests.faults.visitors import a_stranger_is_told
from tests.running import RunningDesk
from tests.servers.links import LINES, Valve, a_namespace, may_have_namespaces
from tests.servers.postgres import PostgresServer, name_of
from tests.servers.several import Floor, a_floor

SEED = 20261122
TOLD_WITHIN = 5.0  # seconds, whatever is cut off: yes where it can be, else no (reliability.md F9)
BACK_WITHIN = 10.0
HELD_WITHIN = IDLE_SECONDS + TOLD_WITHIN  # proxies confirm what they swallow: the server ends what stands still so long


@dataclass
class Far:
    """A process at the other end of three lines, and what it takes to cut them."""

    desk: RunningDesk
    cut: Callable[[str], None]
    mend: Callable[[str], None]
    how: str


@contextlib.contextmanager
def a_server(*, at: str = "") -> Iterator[tuple[PostgresServer, str]]:
    """A PostgreSQL of its own, with a desk's tables: reached by its socket, and at this address."""
    server = PostgresServer.in_new_folder()
    if at:
        server.listens(at)
    server.start()
    url = server.new_database()
    with contextlib.closing(Database(url)) as database:
        migrate(database)
    yield server, url
    server.discard()


@contextlib.asynccontextmanager
async def in_a_namespace(folder: Path) -> AsyncIterator[tuple[Floor, Far]]:
    with a_namespace() as machine:
        database, bus = machine.near("database"), machine.near("bus")
        with a_server(at=database) as (_, url), a_floor(folder, at=url, bus=bus) as floor:
            ends = f"postgresql://frontdesk@{database}/{name_of(url)}", f"redis://{bus}:{floor.redis.port}"
            desk = _far_desk(floor, folder, *ends, host=machine.far("people"), starter=machine.starter)
            desk.url = f"http://{machine.far('people')}:{desk.port}"
            yield floor, Far(desk, machine.cut, machine.mend, machine.how)


@contextlib.asynccontextmanager
async def behind_proxies(folder: Path) -> AsyncIterator[tuple[Floor, Far]]:
    with a_server() as (server, url), a_floor(folder, at=url) as floor:
        valves = {line: Valve(0) for line in LINES}
        valves["database"].to, valves["bus"].to = server.folder / ".s.PGSQL.5432", floor.redis.socket
        async with contextlib.AsyncExitStack() as stack:
            for valve in valves.values():
                await stack.enter_async_context(valve.running())
            ends = (
                f"postgresql://frontdesk@127.0.0.1:{valves['database'].port}/{name_of(url)}",
                f"redis://127.0.0.1:{valves['bus'].port}",
            )
            desk = _far_desk(floor, folder, *ends, host="127.0.0.1")
            valves["people"].to = desk.port
            desk.url = f"http://127.0.0.1:{valves['people'].port}"
            yield floor, Far(desk, lambda line: valves[line].shut(), lambda line: valves[line].open(), "proxies")


def _far_desk(floor: Floor, folder: Path, url: str, bus: str, *, host: str, starter: Any = ()) -> RunningDesk:
    settings = {
        **floor.settings,
        "FRONTDESK_DATABASE_URL": url,
        "FRONTDESK_BUS_URL": bus,
        "FRONTDESK_SERVER_HOST": host,
    }
    return FarDesk(folder / "far", demo=False, settings=settings, before=starter)


class FarDesk(RunningDesk):
    """Its people know it under another address than it has."""

    def __init__(self, folder: Path, *, before: tuple[str, ...], **more: Any) -> None:
        super().__init__(folder, **more)
        self._starter = [*before, *self._starter]

    @property
    def _door(self) -> dict[str, str]:
        return {**super()._door, "FRONTDESK_SERVER_PUBLIC_URL": self.url}


async def cut_off(floor: Floor, far: Far, folder: Path, *, seed: int, rounds: int, refused: bool) -> None:
    """One line after the other falls silent and comes back, while people talk here and there."""
    dice = random.Random(seed)
    near = RunningDesk(folder / "near", demo=False, settings=floor.settings)
    async with judged(floor, [near, far.desk], folder, seed) as people:
        for _ in range(rounds):
            for line in LINES:
                await people.are_answered()
                far.cut(line)
                began = time.monotonic()
                if line == "database" and refused:
                    await _everybody_is_told(people, far.desk)
                await asyncio.sleep(dice.uniform(0.5, 6.0))  # how long it lasts, drawn from the seed
                if line == "bus":
                    await people.are_answered(far.desk, seconds=TOLD_WITHIN)
                await people.are_answered(near, seconds=TOLD_WITHIN if refused or line != "database" else HELD_WITHIN)
                lasted = time.monotonic() - began
                far.mend(line)
                mended = time.monotonic()
                await people.are_answered(far.desk, seconds=BACK_WITHIN)
                print(f"{far.how}, {line}: for {lasted:.1f} s, and back {time.monotonic() - mended:.1f} s after it")

    assert [] == hands_that_disagree(floor.database)


async def _everybody_is_told(people: People, desk: RunningDesk) -> None:
    """While the line falls silent, and again while there is none; and so are strangers, and when to come again."""
    for _ in range(2):
        began = time.monotonic()
        await people.are_told(desk, seconds=TOLD_WITHIN)
        print(f"told after {time.monotonic() - began:.1f} s")
    began = time.monotonic()
    assert (503, True) == await a_stranger_is_told(desk.url)
    print(f"a stranger after {time.monotonic() - began:.1f} s")
    assert time.monotonic() - began < TOLD_WITHIN


@pytest.mark.faults
async def test_whoever_is_cut_off_says_so_and_comes_back_with_nothing_lost(tmp_path: Path) -> None:
    """By network namespaces where they are permitted; what is printed says how."""
    permitted = may_have_namespaces()
    place = in_a_namespace if permitted else behind_proxies
    async with place(tmp_path) as (floor, far):
        await cut_off(floor, far, tmp_path, seed=SEED, rounds=3, refused=permitted)


@pytest.mark.faults
async def test_behind_proxies_that_swallow_everything_nothing_is_lost(tmp_path: Path) -> None:
    async with behind_proxies(tmp_path) as (floor, far):
        await cut_off(floor, far, tmp_path, seed=SEED, rounds=2, refused=False)
