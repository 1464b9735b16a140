"""Somebody's second tab, at another process than their first: how long after it was confirmed each word is there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator

from tests.faults.checker import End
from tests.faults.history import History
from tests.faults.visitors import Visitor
from tests.running import RunningDesk
from tests.servers.several import Screen, a_chat
from tickets.live import alongside


class SecondTab:
    def __init__(self, person: Visitor, history: History) -> None:
        self._person = person
        self._history = history
        self._heard: dict[int, float] = {}  # when, by the number of the message

    def waits(self) -> dict[float, float]:
        """Seconds that each word took, or has taken so far, by the time at which it was confirmed."""
        first, now = min(self._heard, default=None), time.monotonic()
        return {
            line.t: self._heard.get(line.about["seq"], now) - line.t
            for line in self._history.lines()
            if line.client == self._person.author
            and line.result == End.ACKNOWLEDGED.value
            and first is not None
            and line.about["seq"] >= first
        }

    def of_late(self, seconds: float) -> float:
        """The longest wait for what was confirmed within these seconds; without end where nothing was."""
        since = time.monotonic() - seconds
        return max((wait for at, wait in self.waits().items() if at >= since), default=float("inf"))

    async def listens(self, screen: Screen) -> None:
        while True:
            frame = await screen.hears(lambda frame: "message" in frame or "welcome" in frame)
            for message in [*frame.get("welcome", {}).get("messages", []), frame.get("message")]:
                if message is not None:
                    self._heard.setdefault(message["seq"], time.monotonic())


@contextlib.asynccontextmanager
async def second_tab(person: Visitor, desk: RunningDesk, history: History) -> AsyncIterator[SecondTab]:
    """Open as long as this lasts."""
    tab = SecondTab(person, history)
    async with a_chat(desk, person.token) as screen, alongside(tab.listens(screen), name="second tab"):
        yield tab
