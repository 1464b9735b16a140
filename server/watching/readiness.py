"""Whether this process can do its work: it writes, keeps time, tells what happened, has room, and is not leaving."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from sqlmodel import Session

from server.feed import Feed
from server.scheduler import Scheduler
from server.watching import gauges
from server.watching.metrics import Metrics
from tickets.closing.live import Closing
from tickets.desk import Desk
from tickets.hearing import try_to_write

OLDEST_WRITE = 5.0  # seconds; who asks after that has something written
OLDEST_TICK = 5.0  # seconds since the scheduler last looked
OLDEST_EVENT = 10.0  # seconds that something may have happened without being told
OLDEST_MAIL = 300.0  # seconds that a mail may lie unread
LEAST_SPACE = 200 * 1024 * 1024  # bytes
PATIENCE = 2.0  # seconds


@dataclass(frozen=True)
class Verdict:
    """`troubles` keep the process from its work. `late` is what somebody should look at while the work goes on."""

    troubles: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


class Readiness:
    """Asked as often as somebody likes: it writes only where nothing was written lately, and once at a time."""

    def __init__(
        self,
        desk: Desk,
        feed: Feed,
        scheduler: Scheduler,
        metrics: Metrics,
        folders: Collection[Path],
        closing: Closing,
    ) -> None:
        """`folders`: in which the desk keeps what it has, perhaps on several disks."""
        self.desk = desk
        self.feed = feed
        self._scheduler = scheduler
        self.metrics = metrics
        self._folders = folders
        self._closing = closing
        self._trial: asyncio.Task[None] | None = None

    async def verdict(self) -> Verdict:
        (reads, lag, late), writes = await asyncio.gather(self._looked(), self.writes())  # one patience for both
        fine = {
            "leaving": not self._closing.begun,
            "writing": writes,
            "reading": reads,
            "timers": (tick := self.tick_age) is not None and tick <= OLDEST_TICK,
            "feed": lag <= OLDEST_EVENT,
            "disk": self.disk_free >= LEAST_SPACE,
        }
        troubles = [name for name, good in fine.items() if not good]
        return Verdict(troubles, late)

    def keeps_up(self) -> bool:
        """As far as it is known without asking anybody: whether mail, which comes again by itself, is to be taken."""
        tick = self.tick_age
        return not self._closing.begun and (tick is None or tick <= OLDEST_TICK) and self.disk_free >= LEAST_SPACE

    @property
    def tick_age(self) -> float | None:
        """Seconds since the scheduler finished its last look; None before the first."""
        ticked_at = self._scheduler.ticked_at
        return None if ticked_at is None else asyncio.get_running_loop().time() - ticked_at

    @property
    def write_age(self) -> float | None:
        wrote_at = self.metrics.wrote_at
        return None if wrote_at is None else monotonic() - wrote_at

    @property
    def disk_free(self) -> int:
        """Bytes, on the disk that has least."""
        return min(shutil.disk_usage(folder).free for folder in self._folders)

    async def _looked(self) -> tuple[bool, float, list[str]]:
        """Whether the database can be read; how late the feed is, and what else is late."""
        try:
            async with asyncio.timeout(PATIENCE):
                lag, late = await self.desk.read(_lateness, self.desk, self.feed.cursor)
        except Exception:
            return False, 0.0, []
        return True, lag, late

    async def writes(self) -> bool:
        """Whether something was written lately; if not, it is tried.

        A trial that hangs is waited for again by whoever asks next, rather than begun anew.
        """
        if self._wrote_lately():
            return True
        if self._trial is None or self._trial.done():
            self._trial = asyncio.create_task(self._try())
        await asyncio.wait({self._trial}, timeout=PATIENCE)
        return self._wrote_lately()

    def _wrote_lately(self) -> bool:
        age = self.write_age
        return not self.metrics.fails and age is not None and age <= OLDEST_WRITE

    async def _try(self) -> None:
        with contextlib.suppress(Exception):
            await self.desk.change(try_to_write, by="system")


def _lateness(session: Session, desk: Desk, cursor: int) -> tuple[float, list[str]]:
    now = desk.clock.now()
    late = {
        "mail": gauges.oldest_unread(session, now) > OLDEST_MAIL,
        "mailboxes": gauges.not_fetched(session, now) > 0,
    }
    return gauges.feed_lag(session, now, cursor)[1], [name for name, is_late in late.items() if is_late]
