"""People who talk at several processes of one desk, as long as something happens to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from tests.faults.checker import End
from tests.faults.desk import until_not
from tests.faults.history import History
from tests.faults.visitors import Visitor
from tests.running import RunningDesk
from tests.servers.several import Floor

SECONDS = 90.0  # that anything of this may take on a busy machine
PAUSE = 0.1  # seconds: those at one process talk on for as long as the other one needs to start, again and again


class People:
    """Two at each of these processes; one of them asks for what is refused, too."""

    def __init__(self, desks: Sequence[RunningDesk], history: History, seed: int) -> None:
        self.all = [
            Visitor(desk.url, f"{seed}.{n}.{m}", history, nervous=m == 1, pause=PAUSE)
            for n, desk in enumerate(desks)
            for m in (0, 1)
        ]
        self.history = history
        self.tasks: list[asyncio.Task[None]] = []

    def at(self, desk: RunningDesk) -> list[Visitor]:
        return [visitor for visitor in self.all if visitor.url == desk.url]

    @contextlib.asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """As long as the block lasts, and until everything was answered."""
        await asyncio.gather(*(visitor.arrive() for visitor in self.all))
        self.tasks = [asyncio.create_task(visitor.talk()) for visitor in self.all]
        try:
            yield
            await self.are_answered()
            for visitor in self.all:
                visitor.stop()
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(*self.tasks)
        finally:
            for person in self.tasks:
                person.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def are_answered(self, desk: RunningDesk | None = None, *, seconds: float = SECONDS) -> None:
        """Each of them from now on, or of those at this process."""
        people = self.at(desk) if desk else self.all
        before = [visitor.acknowledged for visitor in people]

        def silent() -> list[str]:
            return [one.author for one, then in zip(people, before, strict=True) if one.acknowledged <= then]

        await until_not(silent, "was not answered", seconds=seconds, every=0.02, people=self.tasks)

    async def somebody_is_refused(self, desk: RunningDesk, *, seconds: float = SECONDS) -> None:
        """From now on, at this process."""
        ours = {visitor.author for visitor in self.at(desk)}
        before = self._refusals(ours)
        await until_not(
            lambda: self._refusals(ours) <= before,
            "nobody was refused",
            seconds=seconds,
            every=0.05,
            people=self.tasks,
        )

    def waits(self) -> list[tuple[float, float]]:
        """When each word was confirmed, and how many seconds that took."""
        said: dict[tuple[str, str], float] = {}
        found = []
        for line in self.history.lines():
            if "call" in line.about:
                said.setdefault((line.client, line.key), line.t)
            elif line.result == End.ACKNOWLEDGED.value and (line.client, line.key) in said:
                found.append((line.t, line.t - said.pop((line.client, line.key))))
        return found

    async def are_told(self, desk: RunningDesk, *, seconds: float) -> None:
        """Each of those at this process, from now on: that it is refused, or by the end of their line."""
        before = {visitor: self._told(visitor) for visitor in self.at(desk)}

        def waiting() -> list[str]:
            return [visitor.author for visitor, then in before.items() if self._told(visitor) <= then]

        await until_not(waiting, "was not told", seconds=seconds, every=0.05, people=self.tasks)

    def _told(self, visitor: Visitor) -> int:
        return visitor.breaks + self._refusals({visitor.author})

    def _refusals(self, authors: set[str]) -> int:
        told = (line for line in self.history.lines() if line.result == End.REFUSED.value)
        return sum(line.client in authors for line in told)


@contextlib.asynccontextmanager
async def at_two(
    floor: Floor, folder: Path, seed: int, *, outage: bool = True, of_one: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[tuple[People, list[RunningDesk]]]:
    """People at two processes of this desk; judged at the end. `of_one`: settings of the first alone."""
    one = RunningDesk(folder / "one", demo=False, settings={**floor.settings, **of_one})
    desks = [one, RunningDesk(folder / "two", demo=False, settings=floor.settings)]
    async with judged(floor, desks, folder, seed, outage=outage) as people:
        yield people, desks


@contextlib.asynccontextmanager
async def judged(
    floor: Floor, desks: Sequence[RunningDesk], folder: Path, seed: int, *, outage: bool = True
) -> AsyncIterator[People]:
    history = History(folder / "history.jsonl")
    try:
        await asyncio.gather(*(asyncio.to_thread(desk.start) for desk in desks))
        people = People(desks, history, seed)
        async with people.talking():
            yield people
    finally:
        await asyncio.gather(*(asyncio.to_thread(desk.stop) for desk in desks))
        history.close()
    ends = floor.judge(people.all, history, seed=seed, outage=outage)
    print(f"seed {seed}: {dict(ends)}")
