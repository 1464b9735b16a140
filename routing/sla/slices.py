"""Whose opening hours held for a promise since when: each part of its time counts in those that held then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from routing.sla.timing import Stretch

Slices = tuple[tuple[datetime, int | None], ...]
"""Calendars by id, oldest first, each with the time since when it holds, the first since ever. None: always open."""


def turned(slices: Slices, at: datetime, calendar_id: int | None) -> Slices:
    """Since then these hours hold. What held for no time at all is as if it had not been."""
    before = tuple(one for one in slices if one[0] < at)
    return before if before and before[-1][1] == calendar_id else (*before, (at, calendar_id))


def again(slices: Slices, ended_at: datetime | None, began: datetime, calendar_id: int | None) -> Slices:
    """A promise is made once more: what ran before it was cancelled keeps its hours."""
    return ((began, calendar_id),) if ended_at is None else turned(slices, ended_at, calendar_id)


def cut(stretches: Sequence[Stretch], slices: Slices) -> list[Stretch]:
    """What still runs begins where the hours of now do, so that all before counts as having passed."""
    *before, last = stretches
    since = slices[-1][0]
    runs_on = len(slices) > 1 and last.end is None and last.start < since
    return [*before, Stretch(last.start, since), Stretch(since)] if runs_on else list(stretches)
