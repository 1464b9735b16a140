"""Visitors who talk at a desk to which something happens; at the end it is judged what became of their words."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Self

from tests.faults.checker import End, faults, misread, no_beginning
from tests.faults.desk import rows, until_not
from tests.faults.history import History, sends
from tests.faults.judging import what_is_kept
from tests.faults.laws import report
from tests.faults.visitors import Visitor
from tests.running import RunningDesk

VISITORS = 4


class Talking:
    """Use as an async context manager: the demo's desk runs, and its visitors talk until the end, which judges."""

    def __init__(self, desk: RunningDesk, history: Path, *, seed: int, visitors: int = VISITORS) -> None:
        self.desk = desk
        self.history = History(history)
        self.seed = seed
        self.visitors = [Visitor(desk.url, f"{seed}.{n}", self.history, nervous=n % 2 == 1) for n in range(visitors)]
        self._people: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.desk.start)
        self._people = [asyncio.create_task(visitor.talk()) for visitor in self.visitors]
        return self

    async def __aexit__(self, failed: type[BaseException] | None, *_: object) -> None:
        try:
            if failed is None:
                await self._ends()
        finally:
            for person in self._people:
                person.cancel()
            await asyncio.gather(*self._people, return_exceptions=True)
            await asyncio.to_thread(self.desk.stop)
            self.history.close()
        if failed is None:
            self._judge()

    async def somebody_hears(self, end: End, *, seconds: float = 60.0) -> None:
        """From now on: an acknowledgement, or a refusal."""
        before = len(self._told(end))
        await until_not(
            lambda: len(self._told(end)) <= before,
            f"nobody heard {end.value}",
            seconds=seconds,
            every=0.05,
            people=self._people,
        )

    async def everybody_is_answered(self) -> None:
        before = [visitor.acknowledged for visitor in self.visitors]

        def waits() -> bool:
            return any(one.acknowledged <= then for one, then in zip(self.visitors, before, strict=True))

        await until_not(waits, "somebody is not answered any more", every=0.05, people=self._people)

    def _told(self, end: End) -> list[str]:
        return [line.key for line in self.history.lines() if line.result == end.value and "call" not in line.about]

    async def _ends(self) -> None:
        await self.everybody_is_answered()
        for visitor in self.visitors:
            visitor.stop()
        async with asyncio.timeout(60):
            await asyncio.gather(*self._people)
        self._views = [(visitor.author, await visitor.look()) for visitor in self.visitors]

    def _judge(self) -> None:
        assert [("ok",)] == rows(self.desk.database, "pragma integrity_check")
        lines = self.history.lines()
        kept, log = what_is_kept(self.desk.database, {visitor.author for visitor in self.visitors})
        found = faults(sends(lines), kept, log)
        for author, view in self._views:
            found += misread(author, view, kept)
        for visitor in self.visitors:
            found += [fault for view in visitor.seen_so_far for fault in no_beginning(visitor.author, view, kept)]
        print(f"seed {self.seed}: {len(lines)} lines, {len(kept)} kept, {len(self._told(End.REFUSED))} refusals")

        told = report(found, lines, seed=self.seed)
        assert "" == told, told
