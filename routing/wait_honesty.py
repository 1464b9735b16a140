"""How often what we said of a wait, or of when we ring, was true: week by week, for each queue and channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from routing.callbacks.callback import Callback
from routing.told_waits import Held, WaitPromise
from routing.wait import WEEK
from routing.wallboard.sums import Sums, percent
from tickets.status import Channel

WEEKS = 6  # that are looked back on, this one included
JUDGED = (Held.SOONER, Held.WITHIN, Held.LATER)


@dataclass(frozen=True)
class Honesty(Sums):
    """How many promises of a time were kept: sooner than was said, within it, or later."""

    sooner: int = 0
    within: int = 0
    later: int = 0

    @property
    def n(self) -> int:
        return self.sooner + self.within + self.later

    @property
    def share(self) -> int | None:
        """Percent that waited no longer than was said; four in five are honest. None where nothing was promised."""
        return percent(self.n - self.later, self.n)


@dataclass(frozen=True)
class Kept:
    """One queue and channel: the weeks, the newest first, and all of them together."""

    queue_id: int
    channel: str
    weeks: Sequence[Honesty] = field(default_factory=list)

    @property
    def together(self) -> Honesty:
        return sum(self.weeks, Honesty())


def week_of(now: datetime) -> datetime:
    """When this week began: Monday at midnight, UTC."""
    return datetime.combine(now.date() - timedelta(days=now.weekday()), time(), tzinfo=now.tzinfo)


def honesty(session: Session, now: datetime) -> list[Kept]:
    """Every queue and channel in which something was promised in these weeks."""
    this = week_of(now)
    weeks = [_week(session, this - n * WEEK) | _calls(session, this - n * WEEK, now) for n in range(WEEKS)]
    rows = sorted({key for week in weeks for key in week})
    return [Kept(*key, weeks=[week.get(key, Honesty()) for week in weeks]) for key in rows]


def _week(session: Session, began: datetime) -> dict[tuple[int, str], Honesty]:
    ended, held = col(WaitPromise.ended_at), col(WaitPromise.held)
    query: Any = select(WaitPromise.queue_id, WaitPromise.channel, WaitPromise.held, func.count())
    query = query.where(ended >= began, ended < began + WEEK, held.in_([one.value for one in JUDGED]))
    counts: dict[tuple[int, str], Counter[str]] = {}
    for queue_id, channel, how, n in session.exec(query.group_by(WaitPromise.queue_id, WaitPromise.channel, held)):
        counts.setdefault((queue_id, channel), Counter())[how] += n
    return {key: Honesty(*(found[one] for one in JUDGED)) for key, found in counts.items()}


def _calls(session: Session, began: datetime, now: datetime) -> dict[tuple[int, str], Honesty]:
    """A window to be rung in is a promise too: kept when we first dial, broken when it ends before that.

    Who called it off before its end says nothing.
    """
    dialled, end = col(Callback.dialled_at), col(Callback.end)
    kept: Any = select(Callback.queue_id, Callback.dialled_at, Callback.start)
    kept = kept.where(dialled >= began, dialled < began + WEEK, dialled < end)
    late: Any = select(Callback.queue_id).where(end >= began, end < began + WEEK, end <= now)
    late = late.where(or_(dialled.is_(None), dialled >= end))
    late = late.where(or_(col(Callback.ended_at).is_(None), col(Callback.ended_at) >= end))
    counts: dict[int, Honesty] = {}
    for queue_id, at, start in session.exec(kept):
        one = Honesty(sooner=1) if at < start else Honesty(within=1)
        counts[queue_id] = counts.get(queue_id, Honesty()) + one
    for queue_id in session.exec(late):
        counts[queue_id] = counts.get(queue_id, Honesty()) + Honesty(later=1)
    return {(queue_id, Channel.CALLBACK.value): found for queue_id, found in counts.items()}
