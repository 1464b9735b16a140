"""When the desk is open: working hours by weekday, days off, days with hours of their own, in one time zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from routing.openings import Openings, instant
from routing.openings import Span as Span
from tickets.errors import Refused
from tickets.moment import from_micros, to_micros

DAY = 24 * 60  # minutes
_MICROSECOND = timedelta(microseconds=1)
_FARTHEST = timedelta(days=2 * 366)  # that are searched for working time
_FARTHEST_QUARTERS = 10  # in which they are
_LEAP_AT_LATEST = 8  # years between two 29ths of February, over a century's end
_LONGEST_OPEN = timedelta(days=14)  # after which an opening counts as endless

Yearly = tuple[int, int]  # month and day; the 29th of February comes every four years


@dataclass(frozen=True)
class BusinessCalendar:
    """`week` begins on Monday. A day in `special` has those spans whatever its weekday; one in `closed` has none.
    `yearly` is the same for a (month, day) of every year that has it, where neither of them names the day itself.

    Edges are converted in local time each day (semantics.md part 2): one that a clock change skips is the next valid
    instant, one that occurs twice is the first occurrence. So a day of 23 or 25 hours needs no rule of its own.
    """

    zone: str
    week: tuple[tuple[Span, ...], ...]
    closed: frozenset[date] = frozenset()
    special: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    yearly: Mapping[Yearly, tuple[Span, ...]] = field(default_factory=dict)

    @cached_property
    def openings(self) -> Openings:
        return Openings(zone_of(self), self.spans)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working hours of one local day."""
        if day in self.closed:
            return ()
        if day in self.special:
            return self.special[day]
        return self.yearly.get((day.month, day.day), self.week[day.weekday()])


class NoWorkingTime(Exception):
    """There is not that much working time within two years."""


def checked(calendar: BusinessCalendar, *, known_zone: str = "") -> BusinessCalendar:
    """The same calendar with its spans in order. Refuses an unknown zone, impossible or overlapping hours, and none:
    beside "zone", "days" or the day of the week, which is "day0" for Monday.

    `known_zone` was one when it was chosen: whoever keeps it is not stopped by what became of it since.
    """
    if calendar.zone != known_zone and calendar.zone not in available_timezones():
        raise Refused("{zone} is not a time zone we know.", field="zone", zone=calendar.zone)
    if len(calendar.week) != 7:
        raise Refused("A week has seven days.", field="day0")
    both = sorted(calendar.closed & set(calendar.special))
    if both:
        raise Refused("{day} is both closed and open.", field="days", day=both[0].isoformat())
    week = tuple(_in_order(spans, f"day{number}") for number, spans in enumerate(calendar.week))
    special = {day: _in_order(spans, "days") for day, spans in calendar.special.items()}
    yearly = {day: _in_order(spans, "days") for day, spans in calendar.yearly.items()}
    if not any(week) and not any(special.values()) and not any(yearly.values()):
        raise Refused("A calendar needs some working time.", field="day0")
    return BusinessCalendar(calendar.zone, week, calendar.closed, special, yearly)


def check_opens(calendar: BusinessCalendar, since: datetime) -> None:
    """Refuses hours in which nothing would be open from then on: whatever takes it away from them, be it that their
    only days are over, that each day is a day off, or that the clocks jump over them.
    """
    if next_open(calendar, since) is None:
        by_day = calendar.closed or calendar.special or calendar.yearly
        raise Refused(
            "With these hours it would never be open in the next two years.", field="days" if by_day else "day0"
        )


def zone_named(name: str) -> ZoneInfo:
    """The time zone of a name that was kept; UTC where the world's list of zones has dropped it since."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def zone_of(calendar: BusinessCalendar) -> ZoneInfo:
    return zone_named(calendar.zone)


def next_date(yearly: Yearly, today: date) -> date:
    """When a (month, day) comes next, today included. Raises ValueError for one that never does."""
    for year in range(today.year, today.year + _LEAP_AT_LATEST + 1):
        with suppress(ValueError):
            if (found := date(year, *yearly)) >= today:
                return found
    raise ValueError(f"no year has a day {yearly}")


def is_open(calendar: BusinessCalendar, at: datetime) -> bool:
    moment = to_micros(at)
    quarter = calendar.openings[calendar.openings.number_at(moment)]
    number = quarter.next_opening(moment)
    return number < len(quarter.starts) and quarter.starts[number] <= moment


def next_open(calendar: BusinessCalendar, at: datetime) -> datetime | None:
    """The first open instant from `at` on: `at` itself while open. None when there is none within two years."""
    moment, openings = to_micros(at), calendar.openings
    first = openings.number_at(moment)
    for quarter in (openings[number] for number in range(first, first + _FARTHEST_QUARTERS)):
        number = quarter.next_opening(moment)
        if number < len(quarter.starts):
            found = from_micros(max(moment, quarter.starts[number]))
            return found if found - at <= _FARTHEST else None
    return None


def closes_at(calendar: BusinessCalendar, at: datetime) -> datetime | None:
    """The end of the opening that `at` is in. None while closed, and when it goes on for more than two weeks."""
    if not is_open(calendar, at):
        return None
    moment, openings = to_micros(at), calendar.openings
    number = openings.number_at(moment)
    closing = openings[number].closes[openings[number].next_opening(moment)]
    beyond = openings[number + 1]
    if closing == openings[number].ends and beyond.starts and beyond.starts[0] == closing:  # a quarter ends at midnight
        closing = beyond.closes[0]
    closing_at = from_micros(closing)
    return closing_at if closing_at - at <= _LONGEST_OPEN else None


def hours_on(calendar: BusinessCalendar, day: date) -> list[tuple[datetime, datetime]]:
    """The working hours of one local day as instants, in order, without those that a clock change swallowed."""
    zone = zone_of(calendar)
    edges = ((instant(zone, day, start), instant(zone, day, end)) for start, end in calendar.spans(day))
    return [(start, end) for start, end in edges if start < end]


def working_seconds(calendar: BusinessCalendar, a: datetime, b: datetime) -> float:
    """How much working time there is from `a` to `b`, to the microsecond; 0 where `b` is not after `a`."""
    return worked(calendar, a, b).total_seconds()


def add_working(calendar: BusinessCalendar, a: datetime, seconds: float) -> datetime:
    """The first instant by which that much working time has passed since `a`: closing time, rather than the opening
    after it. Of no time at all: `a` while open, else the next opening. Raises NoWorkingTime beyond two years.

    So `working_seconds(calendar, a, add_working(calendar, a, n)) == n`.
    """
    return after_work(calendar, a, timedelta(seconds=seconds))


def worked(calendar: BusinessCalendar, a: datetime, b: datetime) -> timedelta:
    """As `working_seconds`."""
    if b <= a:
        return timedelta()
    start, end, openings = to_micros(a), to_micros(b), calendar.openings
    first, last = openings.number_at(start), openings.number_at(end)
    total = openings[last].worked_by(end) - openings[first].worked_by(start)
    for number in range(first, last):
        total += openings[number].length
    return timedelta(microseconds=total)


def after_work(calendar: BusinessCalendar, a: datetime, work: timedelta) -> datetime:
    """As `add_working`."""
    left = work // _MICROSECOND
    found = _when_worked(calendar.openings, to_micros(a), left) if left > 0 else next_open(calendar, a)
    if found is None or found - a > _FARTHEST:
        raise NoWorkingTime(f"{calendar.zone}: no {work} of working time after {a}")
    return found


def _when_worked(openings: Openings, start: int, left: int) -> datetime | None:
    first = openings.number_at(start)
    left += openings[first].worked_by(start)
    for number in range(first, first + _FARTHEST_QUARTERS):
        quarter = openings[number]
        if left <= quarter.length:
            return from_micros(quarter.when_worked(left))
        left -= quarter.length
    return None


def _in_order(spans: Sequence[Span], field: str) -> tuple[Span, ...]:
    if any(not 0 <= start < end <= DAY for start, end in spans):
        raise Refused("Hours begin before they end, between 00:00 and 24:00.", field=field)
    ordered = tuple(sorted((start, end) for start, end in spans))
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise Refused("These hours overlap.", field=field)
    return ordered
