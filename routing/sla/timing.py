"""The arithmetic of promises: how long a clock has run, and when it will have run for its target.

Time that has run is counted and what remains is added to the present (model B of semantics.md part 1). The due time is
the first instant at which the clock has run for its target; whatever happens after it does not move it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from routing.calendars import BusinessCalendar, NoWorkingTime, after_work, worked

WARN_SHARE = 4  # one part in four of the target...
LONGEST_WARNING = timedelta(minutes=15)  # ...and no more than this (screens.md part 3), in the time the clock runs in
_NOTHING = timedelta()
NEVER = datetime.max.replace(tzinfo=UTC)


class Time(Protocol):
    """What a clock counts: every hour, or those in which the desk is open."""

    def between(self, a: datetime, b: datetime) -> timedelta: ...

    def after(self, a: datetime, amount: timedelta) -> datetime:
        """The first instant by which `amount` (more than nothing) has passed since `a`. Raises NoWorkingTime."""
        ...


class AroundTheClock:
    """Every hour counts."""

    def between(self, a: datetime, b: datetime) -> timedelta:
        return max(b - a, _NOTHING)

    def after(self, a: datetime, amount: timedelta) -> datetime:
        return a + amount


EVERY_HOUR = AroundTheClock()


@dataclass(frozen=True)
class Sliced:
    """Each of the times in `past` counts until its instant, oldest first; `now` counts since."""

    now: Time
    past: Sequence[tuple[datetime, Time]] = ()

    def between(self, a: datetime, b: datetime) -> timedelta:
        total = _NOTHING
        for until, time in (*self.past, (NEVER, self.now)):
            total += time.between(a, min(b, until))
            a = max(a, until)
        return total

    def after(self, a: datetime, amount: timedelta) -> datetime:
        for until, time in self.past:
            passed = time.between(a, until)
            if amount <= passed:
                return time.after(a, amount)
            amount, a = amount - passed, max(a, until)
        return self.now.after(a, amount)


@dataclass(frozen=True)
class _Hours:
    """Working time counts."""

    hours: BusinessCalendar

    def between(self, a: datetime, b: datetime) -> timedelta:
        return worked(self.hours, a, b)

    def after(self, a: datetime, amount: timedelta) -> datetime:
        return after_work(self.hours, a, amount)


def timetable(now: BusinessCalendar, past: Iterable[tuple[datetime, BusinessCalendar]] = ()) -> Time:
    """Working time counts. Each of the hours in `past` held until its instant, oldest first; `now` holds since."""
    return Sliced(_Hours(now), [(until, _Hours(hours)) for until, hours in past])


class Stretch(NamedTuple):
    """A time during which a clock ran; `end` is None while it still does."""

    start: datetime
    end: datetime | None = None


def going_on(before: Sequence[Stretch], since: datetime, then: Iterable[Stretch]) -> list[Stretch]:
    """Stretches that had ended by `since`, and of the others what lies after it; those that touch are one."""
    found = list(before)
    for one in then:
        if one.end is None or one.end > since:
            start = max(one.start, since)
            if found and found[-1].end == start:
                start = found.pop().start
            found.append(Stretch(start, one.end))
    return found


def both(some: Iterable[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """The time that lies in both, oldest first."""
    found = []
    for one in some:
        for other in others:
            start, end = max(one.start, other.start), min(one.end or NEVER, other.end or NEVER)
            if start < end:
                found.append(Stretch(start, None if end == NEVER else end))
    return found


class Reading(NamedTuple):
    """What a clock shows: it ran for `elapsed` until `since`; None where an instant is not in sight."""

    elapsed: timedelta
    since: datetime
    due: datetime | None
    warn: datetime | None


def warning_of(target: timedelta) -> timedelta:
    """How much is left when it is time to warn: a quarter of the target, at most a quarter of an hour."""
    return min(target / WARN_SHARE, LONGEST_WARNING)


def read(time: Time, stretches: Sequence[Stretch], target: timedelta) -> Reading:
    """A clock that ran during `stretches`, oldest first, of which only the last may be without an end."""
    before = _NOTHING
    for one in stretches:
        if one.end is not None:
            before += time.between(one.start, one.end)
    last = stretches[-1]
    return Reading(
        elapsed=before,
        since=last.start if last.end is None else last.end,
        due=instant_of(time, stretches, target),
        warn=instant_of(time, stretches, target - warning_of(target)),
    )


def instant_of(time: Time, stretches: Sequence[Stretch], amount: timedelta) -> datetime | None:
    """When the clock had run, or will have run, for `amount`; None for never, as things stand."""
    for one in stretches:
        passed = None if one.end is None else time.between(one.start, one.end)
        if passed is None or amount <= passed:
            try:
                return time.after(one.start, amount)
            except NoWorkingTime:
                return None
        amount -= passed
    return None
