"""When a customer can be rung: windows of time within the opening hours, and the soonest there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from routing.calendars import DAY, BusinessCalendar, closes_at, hours_on, is_open, next_open, zone_of
from tickets.errors import Refused

LENGTH = timedelta(hours=2)
SHORTEST = LENGTH / 2  # a rest of the day that is shorter belongs to the window before it
LEAST = timedelta(minutes=30)  # so long before closing "as soon as possible" is no promise any more
DAYS = 5  # days with windows that are offered
FARTHEST = 366  # days that are searched for them
MOST_NEAR = 3
ALWAYS = BusinessCalendar("UTC", (((0, DAY),),) * 7)  # the hours of a queue that has no calendar


@dataclass(frozen=True, order=True)
class Window:
    """From `start` until just before `end`."""

    start: datetime
    end: datetime


class NotOffered(Refused):
    """Nobody is rung then. `nearest` can be had instead, the earliest first."""

    def __init__(self, nearest: Sequence[Window]) -> None:
        refused = Refused("This time is over or taken, or we are closed then. Choose one of the times nearest to it.")
        super().__init__(refused.says, field="window")
        self.nearest = nearest


def windows(
    calendar: BusinessCalendar, now: datetime, *, days: int = DAYS, full: Collection[datetime] = ()
) -> list[list[Window]]:
    """What is offered, day by day of the calendar: windows that have not begun, on the next `days` that have any.

    A window lasts two hours of real time, also on a day on which the clocks change; together they fill the opening.
    `full`: when those begin for which no more calls are promised.
    """
    return list(islice(_days(calendar, now, full), days))


def soonest(calendar: BusinessCalendar, now: datetime, *, full: Collection[datetime] = ()) -> Window | None:
    """From now on while open, else from the next opening; None where there is none within two years.

    Where the window in which that lies is `full`: the first after it that is not.
    """
    closing = closes_at(calendar, now)
    now_on = is_open(calendar, now) and (closing is None or closing - now >= LEAST)
    start = now if now_on else next_open(calendar, closing or now)
    if start is None:
        return None
    window = window_at(calendar, start)
    if window is None or window.start not in full:
        return _until_closing(calendar, start)
    return next((window for day in _days(calendar, start, full) for window in day), None)


def window_at(calendar: BusinessCalendar, at: datetime) -> Window | None:
    """In which this moment lies; None where it is closed."""
    day = _of_day(calendar, at.astimezone(zone_of(calendar)).date())
    return next((window for window in day if window.start <= at < window.end), None)


def chosen(calendar: BusinessCalendar, now: datetime, start: datetime, *, full: Collection[datetime] = ()) -> Window:
    """The window that begins then, as offered. Raises NotOffered for one that is over, closed, full or not offered."""
    offered = [window for day in windows(calendar, now, full=full) for window in day]
    found = next((window for window in offered if window.start == start), None)
    if found is None:
        nearest = sorted(offered, key=lambda window: (abs(window.start - start), window.start))[:MOST_NEAR]
        raise NotOffered(sorted(nearest))
    return found


def split(start: datetime, end: datetime) -> list[Window]:
    """One opening, cut into windows: each of the full length, but the last, which takes a short rest with it."""
    cuts = [start]
    while end - cuts[-1] >= LENGTH + SHORTEST:
        cuts.append(cuts[-1] + LENGTH)
    return [Window(a, b) for a, b in zip(cuts, [*cuts[1:], end], strict=True)]


def _days(calendar: BusinessCalendar, now: datetime, full: Collection[datetime]) -> Iterator[list[Window]]:
    first = now.astimezone(zone_of(calendar)).date()
    for n in range(FARTHEST):
        coming = [window for window in _of_day(calendar, first + timedelta(days=n)) if window.start > now]
        coming = [window for window in coming if window.start not in full]
        if coming:
            yield coming


def _of_day(calendar: BusinessCalendar, day: date) -> Iterator[Window]:
    for start, end in hours_on(calendar, day):
        yield from split(start, end)


def _until_closing(calendar: BusinessCalendar, start: datetime) -> Window:
    closing = closes_at(calendar, start)
    return Window(start, start + LENGTH if closing is None else min(closing, start + LENGTH))
