"""What somebody missed while their line was broken: all of it, or word that they must load everything anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Protocol

import structlog
from sqlmodel import Session

from tickets import history, log
from tickets.desk import Desk
from tickets.live import MOST_FRAMES, Together, Topic

MOST_ROWS = 500  # of the log: who is further behind must reload. Of their own chat only, where that is all they show
MOST_MISSED = MOST_FRAMES // 2  # frames; whoever missed more reloads, which costs less
MOST_TOGETHER = 100  # who come back at the same moment, in one reading

_log = structlog.get_logger("frontdesk.feed")


class Delivery(Protocol):
    @property
    def topic(self) -> Topic: ...

    @property
    def frame(self) -> bytes: ...


Render = Callable[[Session, Sequence[log.LogRow], Collection[Topic], datetime], Iterable[Delivery]]
Frames = list[bytes] | None


@dataclass(frozen=True)
class Gap:
    """After `cursor` in the history named `epoch`, up to where live delivery goes on."""

    topics: frozenset[Topic]
    cursor: int
    upto: int
    epoch: str

    @property
    def chat(self) -> int | None:
        """The ticket whose events alone can fill it, where there is one."""
        return next(iter(self.topics)).chat if len(self.topics) == 1 else None


class Missed:
    """Answers for everyone who comes back in the same moment with one reading of the log."""

    def __init__(self, desk: Desk, render: Render, *, epoch: str) -> None:
        self.epoch = epoch
        self._desk = desk
        self._render = render
        self._ended: dict[str, int] = {}  # earlier histories, and where each ends
        self._together = Together(self._read, most=MOST_TOGETHER)

    def begins(self, epoch: str) -> None:
        """Another stretch, in which no place of an earlier one holds."""
        self.epoch = epoch
        self._ended.clear()

    async def since(self, cursor: int | None, epoch: str | None, topics: frozenset[Topic], *, upto: int) -> Frames:
        """The frames of all that was missed, in order; None where that cannot be told."""
        if cursor is None:
            return None
        gap = Gap(topics, cursor, upto, self.epoch if epoch is None else epoch)
        if (gap.epoch, cursor) == (self.epoch, upto):  # as on most pages that were just read: there is nothing to ask
            return []
        return await self._together.of(gap)

    async def _read(self, gaps: list[Gap]) -> list[Frames]:
        return await self._desk.read(self._filled, gaps)

    def _filled(self, session: Session, gaps: Sequence[Gap]) -> list[Frames]:
        found: dict[Gap, Frames] = {}
        crowd: dict[Gap, Sequence[log.LogRow]] = {}
        tickets: set[int] = set()
        for gap in gaps:
            rows = self._rows(session, gap)
            if not rows:
                found[gap] = None if rows is None else []
            elif gap.chat is None or gap.chat in tickets:
                found |= self._drawn(session, {gap: rows})
            else:
                tickets.add(gap.chat)
                crowd[gap] = rows
        found |= self._drawn(session, crowd)
        return [found[gap] for gap in gaps]

    def _rows(self, session: Session, gap: Gap) -> Sequence[log.LogRow] | None:
        """None where this log does not hold that place, or too much has happened since."""
        if not self._holds(session, gap):
            return None
        if gap.upto <= gap.cursor:  # a page may be read ahead of this feed: what it shows comes again, harmlessly
            return []
        rows = log.after(session, gap.cursor, upto=gap.upto, ticket=gap.chat, limit=MOST_ROWS + 1)
        return rows if len(rows) <= MOST_ROWS else None

    def _drawn(self, session: Session, gaps: Mapping[Gap, Sequence[log.LogRow]]) -> dict[Gap, Frames]:
        """The frames of each. No two of them have a topic in common."""
        rows = sorted(chain(*gaps.values()), key=lambda row: row.pos)
        whose = {topic: gap for gap in gaps for topic in gap.topics}
        found: dict[Gap, list[bytes]] = {gap: [] for gap in gaps}
        try:
            for delivery in self._render(session, rows, whose.keys(), self._desk.clock.now()):
                found[whose[delivery.topic]].append(delivery.frame)
        except Exception:
            if len(gaps) == 1:
                _log.exception("what was missed cannot be shown", cursor=[gap.cursor for gap in gaps])
                return dict.fromkeys(gaps)
            return {gap: self._drawn(session, {gap: theirs})[gap] for gap, theirs in gaps.items()}
        return {gap: frames if len(frames) <= MOST_MISSED else None for gap, frames in found.items()}

    def _holds(self, session: Session, gap: Gap) -> bool:
        """Whether this log holds that place of that history. Thousands may ask at once after a restart: of the same."""
        epoch, cursor = gap.epoch, gap.cursor
        if epoch != self.epoch and epoch not in self._ended:
            if epoch == history.current(session):  # another process has opened since: its name is everybody's now
                self.epoch = epoch
            elif (end := history.end_of(session, epoch)) is not None:
                self._ended[epoch] = end
            else:
                return False
        end = self._ended.get(epoch, gap.upto)
        return 0 <= cursor <= end or (epoch == self.epoch and gap.upto < cursor <= log.newest(session))
