"""When the desk is open: working hours by weekday, days off, days with hours of their own, in one time zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tickets.errors import Refused

DAY = 24 * 60  # minutes
FARTHEST = 2 * 366  # days that are searched for the next opening
_LEAP_AT_LATEST = 8  # years between two 29ths of February, over a century's end
LONGEST_OPEN = 14  # days after which an opening counts as endless

Span = tuple[int, int]  # [start, end) in minutes since local midnight; an end of 1440 is 24:00
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
    _weeks: dict[date, _Week] = field(default_factory=dict, init=False, repr=False, compare=False)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working hours of one local day."""
        if day in self.closed:
            return ()
        if day in self.special:
            return self.special[day]
        return self.yearly.get((day.month, day.day), self.week[day.weekday()])


@dataclass(frozen=True)
class _Week:
    """The openings of seven local days as instants, and how long they are together."""

    openings: tuple[tuple[datetime, datetime], ...]
    length: timedelta


class NoWorkingTime(Exception):
    """There is not that much working time within two years."""


def checked(calendar: BusinessCalendar, *, known_zone: str = "") -> BusinessCalendar:
    """The same calendar with its spans in order. Refuses an unknown zone, impossible or overlapping hours, and none.

    `known_zone` was one when it was chosen: whoever keeps it is not stopped by what became of it since.
    """
    if calendar.zone != known_zone and calendar.zone not in available_timezones():
        raise Refused("{zone} is not a time zone we know.", field="zone", zone=calendar.zone)
    if len(calendar.week) != 7:
        raise Refused("A week has seven days.", field="week")
    both = sorted(calendar.closed & set(calendar.special))
    if both:
        raise Refused("{day} is both closed and open.", field="closed", day=both[0].isoformat())
    week = tuple(_in_order(spans, "week") for spans in calendar.week)
    special = {day: _in_order(spans, "special") for day, spans in calendar.special.items()}
    yearly = {day: _in_order(spans, "special") for day, spans in calendar.yearly.items()}
    if not any(week) and not any(special.values()) and not any(yearly.values()):
        raise Refused("A calendar needs some working time.", field="week")
    return BusinessCalendar(calendar.zone, week, calendar.closed, special, yearly)


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
    return any(start <= at < end for start, end in _openings(calendar, at, days=2))


def next_open(calendar: BusinessCalendar, at: datetime) -> datetime | None:
    """The first open instant from `at` on: `at` itself while open. None when there is none within two years."""
    return next((max(start, at) for start, end in _openings(calendar, at, days=FARTHEST) if at < end), None)


def closes_at(calendar: BusinessCalendar, at: datetime) -> datetime | None:
    """The end of the opening that `at` is in. None while closed, and when it goes on for more than two weeks."""
    openings = _openings(calendar, at, days=LONGEST_OPEN + 1)
    closing = next((end for start, end in openings if start <= at < end), None)
    return closing if closing is not None and closing - at <= timedelta(days=LONGEST_OPEN) else None


def hours_on(calendar: BusinessCalendar, day: date) -> list[tuple[datetime, datetime]]:
    """The working hours of one local day as instants, in order, without those that a clock change swallowed."""
    zone = zone_of(calendar)
    edges = ((_instant(zone, day, start), _instant(zone, day, end)) for start, end in calendar.spans(day))
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
    total, monday, last = timedelta(), _monday(calendar, a), _monday(calendar, b)
    first = monday
    while monday <= last and a < b:
        week = _week(calendar, monday)
        if first < monday < last:
            total += week.length
        else:
            total += sum((max(min(end, b) - max(start, a), timedelta()) for start, end in week.openings), timedelta())
        monday += timedelta(days=7)
    return total


def after_work(calendar: BusinessCalendar, a: datetime, work: timedelta) -> datetime:
    """As `add_working`."""
    monday, farthest = _monday(calendar, a), a + timedelta(days=FARTHEST)
    left, first = work, monday
    while monday <= first + timedelta(days=FARTHEST):
        week = _week(calendar, monday)
        if monday > first and left > week.length:
            left -= week.length
        else:
            for start, end in week.openings:
                begin = max(start, a)
                if begin < end and left <= end - begin:
                    return _not_beyond(begin + left, farthest)
                left -= max(end - begin, timedelta())
        monday += timedelta(days=7)
    raise NoWorkingTime(f"{calendar.zone}: no {work} of working time after {a}")


def _not_beyond(found: datetime, farthest: datetime) -> datetime:
    if found > farthest:
        raise NoWorkingTime(f"not before {found}")
    return found


def _monday(calendar: BusinessCalendar, at: datetime) -> date:
    day = at.astimezone(zone_of(calendar)).date()
    return day - timedelta(days=day.weekday())


def _week(calendar: BusinessCalendar, monday: date) -> _Week:
    """Reckoned once, with its clock changes, days off and days of their own hours: a year is 52 of these."""
    found = calendar._weeks.get(monday)
    if found is None:
        zone, days = zone_of(calendar), (monday + timedelta(days=n) for n in range(7))
        edges = ((_instant(zone, day, a), _instant(zone, day, b)) for day in days for a, b in calendar.spans(day))
        openings = tuple((start, end) for start, end in edges if start < end)
        length = sum((end - start for start, end in openings), timedelta())
        found = calendar._weeks[monday] = _Week(openings, length)
    return found


def _in_order(spans: Sequence[Span], field: str) -> tuple[Span, ...]:
    if any(not 0 <= start < end <= DAY for start, end in spans):
        raise Refused("Hours begin before they end, between 00:00 and 24:00.", field=field)
    ordered = tuple(sorted((start, end) for start, end in spans))
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise Refused("These hours overlap.", field=field)
    return ordered


def _openings(calendar: BusinessCalendar, at: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Openings as instants in UTC, oldest first, from the day before `at`; those that touch are one."""
    zone = zone_of(calendar)
    first = at.astimezone(zone).date() - timedelta(days=1)
    current: tuple[datetime, datetime] | None = None
    for n in range(days + 2):
        day = first + timedelta(days=n)
        for start, end in ((_instant(zone, day, a), _instant(zone, day, b)) for a, b in calendar.spans(day)):
            if current is not None and start <= current[1]:
                current = (current[0], max(current[1], end))
            else:
                if current is not None:
                    yield current
                current = (start, end) if start < end else None  # hours that a clock change swallowed
    if current is not None:
        yield current


def _instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """Local minute `minute` of `day` as an instant."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    return _end_of_gap(zone, local)


def _end_of_gap(zone: ZoneInfo, local: datetime) -> datetime:
    """The instant at which the clocks jumped over `local`, found by halving: no library says it."""
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)  # read with the later offset: too early
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, after)
    return after.replace(microsecond=0)
