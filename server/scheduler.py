"""Keeps time for the whole house: asks each chore what is due, and has the desk do it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session

from tickets.chores import Chore
from tickets.desk import Desk
from tickets.errors import Unavailable
from tickets.failpoint import reached
from tickets.hearing import try_to_write
from tickets.live import alongside
from tickets.outage import is_away

TICK = 0.5  # seconds between two looks

_log = structlog.get_logger("frontdesk.scheduler")


class Scheduler:
    """Safe in any number of processes: a chore's verb claims its row, and whoever comes second changes nothing."""

    def __init__(self, desk: Desk, chores: Sequence[Chore]) -> None:
        self._desk = desk
        self._chores = chores
        self.ticked_at: float | None = None  # loop time of the last finished look, for readiness
        self._rests: dict[Chore, float] = {}  # until this loop time there is no need to look for it

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Scheduler]:
        async with contextlib.AsyncExitStack() as all_of_it:
            await all_of_it.enter_async_context(alongside(self._run(), name="scheduler"))
            for chore in self._chores:
                if chore.prepares is not None:
                    await all_of_it.enter_async_context(alongside(self._step_by_step(chore), name=chore.name))
            yield self

    async def look(self, chores: Sequence[Chore] | None = None) -> int:
        """Do what is due now, of these chores or of all; how many things were done.

        A chore that fails does not keep the others waiting.
        """
        chores = self._chores if chores is None else chores
        if self._desk.hearing.fails:
            await self._try_to_write()
        done, due = 0, await self._due(chores)
        for place, chore in enumerate(chores, start=1):
            did = await self._do(chore, due.get(chore))
            if did:
                due = await self._due(chores[place:])
            done += did
        return done

    async def _do(self, chore: Chore, keys: Sequence[Any] | None) -> int:
        did = 0
        try:
            if self._may_be_due(chore):
                did = await self._work_off(chore, keys)
            self._rests[chore] = 0.0 if did else asyncio.get_running_loop().time() + chore.every
        except Unavailable:
            pass  # the writer has said so
        except Exception:
            _log.exception("chore failed", chore=chore.name)
        return did

    async def _try_to_write(self) -> None:
        """So that it is known when it goes on, though nobody else writes."""
        with contextlib.suppress(Unavailable):
            await self._desk.change(try_to_write, by="system")

    def _may_be_due(self, chore: Chore) -> bool:
        """Nobody is counted as silent for what could not be written down, while we were closed or the database away."""
        desk = self._desk
        return chore.grace is None or desk.hearing.lasts(desk.clock.now(), chore.grace(desk.rules))

    async def _due(self, chores: Sequence[Chore]) -> dict[Chore, Sequence[Any]]:
        """What they find due, all in one look: most of the time there is nothing, and that should cost little to see.

        It holds until something is done, which may make more of it due. Who could not tell is asked again, alone.
        """
        if not chores:
            return {}
        try:
            return await self._desk.read(_found, chores, self._desk.clock.now())
        except Exception:
            return {}

    async def _work_off(self, chore: Chore, keys: Sequence[Any] | None) -> int:
        """`keys`: what is known to be due."""
        if keys is None:
            keys = await self._desk.read(chore.due, self._desk.clock.now())
        if keys:
            reached("scheduler.looked")
        if chore.prepares is None:
            await asyncio.gather(*(self._do_one(chore, key) for key in keys))
        else:
            for key in keys:
                await self._do_one(chore, key)
        return len(keys)

    async def _do_one(self, chore: Chore, key: Any) -> None:
        try:
            ready = key if chore.prepares is None else await self._desk.read(chore.prepares, key)
            await self._desk.change(chore.act, ready, by="system")
        except Unavailable:
            pass  # the writer has said so
        except Exception as error:
            _log.error("chore failed", chore=chore.name, key=str(key), exc_info=error)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        chores = [chore for chore in self._chores if chore.prepares is None]
        while True:
            await self.look([chore for chore in chores if self._rests.get(chore, 0.0) <= loop.time()])
            self.ticked_at = loop.time()
            await asyncio.sleep(TICK * random.uniform(0.8, 1.2))  # many processes should not look in step

    async def _step_by_step(self, chore: Chore) -> None:
        """The more there is, the less time between two steps; but time there is, so that nobody waits for two of them.

        All of them at once, twice a second, were thirty milliseconds in which every message came late.
        """
        while True:
            keys = (await self._due([chore])).get(chore, ())
            if keys:
                await self._do(chore, keys[:1])
            await asyncio.sleep(TICK * random.uniform(0.8, 1.2) / max(len(keys), 1))


def _found(session: Session, chores: Sequence[Chore], now: datetime) -> dict[Chore, Sequence[Any]]:
    """What each of them finds due. Where the line is lost all of it is: each of the others would wait for a new one."""
    found = {}
    for chore in chores:
        try:
            found[chore] = chore.due(session, now)
        except Exception as error:
            if is_away(error):
                raise
    return found
