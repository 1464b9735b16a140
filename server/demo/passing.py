"""The time of the story: it passes from scene to scene, and what falls due in between is done when it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from tickets.chores import Chore
from tickets.desk import Desk

NEAR = timedelta(seconds=10)  # how exactly the moment is found at which something falls due


class StoryClock:
    """Tells the time at which the story is."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Passing:
    """Lets time pass on the story's clock, and plays the scheduler's part."""

    def __init__(self, desk: Desk, clock: StoryClock, chores: Sequence[Chore]) -> None:
        self._desk = desk
        self._clock = clock
        self._chores = chores

    async def until(self, at: datetime) -> None:
        """Afterwards it is `at`, and everything that fell due before has been done, each at its time.

        What recurs is done whenever time stops: a story of days has no time to look through every line each minute.
        """
        moments = [chore for chore in self._chores if not chore.recurs]
        while waiting := await self._desk.read(_due, moments, at):
            self._clock.at = await self._desk.read(_when, [chore for chore, _ in waiting], self._clock.at, at)
            for chore, keys in await self._desk.read(_due, self._chores, self._clock.at):
                for key in keys:
                    await self._desk.change(chore.act, key, by="system")
            if self._clock.at >= at:
                break
        self._clock.at = at


def _due(session: Session, chores: Sequence[Chore], now: datetime) -> list[tuple[Chore, Sequence[Any]]]:
    """What is due by then, by chore."""
    return [(chore, keys) for chore in chores if (keys := chore.due(session, now))]


def _when(session: Session, chores: Sequence[Chore], after: datetime, by: datetime) -> datetime:
    """The moment at which the first of these chores falls due, which it has by `by`."""
    if any(chore.due(session, after) for chore in chores):
        return after
    while by - after > NEAR:
        middle = after + (by - after) / 2
        due = any(chore.due(session, middle) for chore in chores)
        after, by = (after, middle) if due else (middle, by)
    return by
