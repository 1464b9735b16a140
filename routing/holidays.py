"""Reads days off from an .ics file, as every calendar exports them. Nothing is fetched: the file is what counts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from routing.calendars import Yearly
from tickets.errors import Refused
from tickets.text import one_line

MOST_BYTES = 256 * 1024
MOST_EVENTS = 2000
MOST_DAYS = 1000  # of one file
LONGEST = 60  # days of one holiday
PAST, FUTURE = timedelta(days=366), timedelta(days=5 * 366)  # what lies farther away is left out
YEAR = timedelta(days=365)
# China moves working days around its holidays: the same calendars also name the weekends that are worked.
_WORKED = re.compile(r"补班|上班|[(（]班[)）]|make-?up", re.IGNORECASE)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBER = re.compile(r"[1-9]\d{0,3}", re.ASCII)
FOR_GOOD: Collection[date] = frozenset()
_NOT_ICS = "This is not a calendar file. Choose one that ends in .ics."

Event = Mapping[str, Sequence[str]]
"""Its properties by name, each as often as it is there; RANGE where it stands for later days as well."""
Moved = Mapping[str, Collection[date]]
"""By the id of an event that repeats: the days on which another entry of the file says what became of it."""


@dataclass
class Found:
    """Days off by date or of every year, days that are worked though others rest, each with its name."""

    closed: dict[date, str] = field(default_factory=dict)
    yearly: dict[Yearly, str] = field(default_factory=dict)
    worked: dict[date, str] = field(default_factory=dict)
    left_out: int = 0  # events that are no whole days, or repeat in a way that is not read

    def by_date(self) -> Sequence[tuple[date, str]]:
        """Days off and days that are worked, in their order, each with its name."""
        return sorted({**self.closed, **self.worked}.items())

    def __len__(self) -> int:
        return len(self.closed) + len(self.yearly) + len(self.worked)


def read_holidays(data: bytes, today: date) -> Found:
    """RFC 5545: the whole-day events around today, repeating ones where they come every year. Raises Refused."""
    if len(data) > MOST_BYTES:
        raise Refused("The file is too big: calendars have at most {n} KB.", n=MOST_BYTES // 1024)
    events = list(islice(_events(_lines(data)), MOST_EVENTS + 1))
    if len(events) > MOST_EVENTS:
        raise Refused("The file has too many entries: {n} are read at most.", n=MOST_EVENTS)
    found, moved = Found(), _moved(events)
    for event in events:
        _add(found, event, moved.get(_first(event, "UID"), ()), today)
    if len(found) > MOST_DAYS:
        raise Refused("The file has too many days: {n} are read at most.", n=MOST_DAYS)
    if not len(found):
        raise Refused("There is no whole day in this file from the last year on.")
    return found


def _lines(data: bytes) -> Sequence[str]:
    """Long lines are folded: what begins with a space goes on with the line before it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(_NOT_ICS) from None
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise Refused(_NOT_ICS)
    return lines


def _events(lines: Sequence[str]) -> Iterator[Event]:
    """The properties of each event, by name; those of an alarm inside of it are not its own."""
    event: dict[str, list[str]] | None = None
    inside = 0
    for line in lines:
        head, _, value = line.partition(":")
        name, _, told = head.upper().partition(";")
        name = name.strip()
        if name == "BEGIN" and value.strip().upper() == "VEVENT":
            event, inside = {}, 0
        elif event is not None and name == "BEGIN":
            inside += 1
        elif event is not None and name == "END" and inside:
            inside -= 1
        elif event is not None and name == "END":
            yield event
            event = None
        elif event is not None and not inside:
            event.setdefault(name, []).append(value.strip())
            if "RANGE=" in told:
                event["RANGE"] = [told]


def _first(event: Event, name: str, usual: str = "") -> str:
    return event.get(name, [usual])[0]


def _moved(events: Sequence[Event]) -> Moved:
    """RFC 5545 3.8.4.4: such an entry stands for one day of the event that it names, and says where it is instead."""
    found: dict[str, set[date]] = defaultdict(set)
    for event in events:
        day, of = _day_of(_first(event, "RECURRENCE-ID")), _first(event, "UID")
        if day is not None and of:
            found[of].add(day)
    return found


def _add(found: Found, event: Event, moved: Collection[date], today: date) -> None:
    if _first(event, "STATUS").upper() == "CANCELLED":
        return
    first = _day(_first(event, "DTSTART"))
    days = _days(event, first) if first else 0
    starts = _starts(event, first, moved, today) if first and days and "RANGE" not in event else None
    if first is None or starts is None:
        found.left_out += 1
        return
    name = one_line(_first(event, "SUMMARY").replace("\\,", ","), 80)
    if starts is FOR_GOOD:
        for n in range(days):
            day = first + timedelta(days=n)
            found.yearly.setdefault((day.month, day.day), name)
        return
    into = found.worked if _WORKED.search(name) else found.closed
    for start in (one for one in starts if one <= today + FUTURE):
        for n in range(days):
            day = start + timedelta(days=n)
            if today - PAST <= day <= today + FUTURE:
                into.setdefault(day, name)


def _day(text: str) -> date | None:
    """20261225, or midnight of it: some programs write whole days so. None for a time of day."""
    found = re.fullmatch(r"(\d{8})(?:T000000Z?)?", text, re.ASCII)
    with suppress(ValueError):
        return datetime.strptime(found[1], "%Y%m%d").date() if found else None  # noqa: DTZ007
    return None


def _day_of(text: str) -> date | None:
    """The day of a date or of any time on it."""
    return _day(text.partition("T")[0])


def _each_day(event: Event, name: str) -> set[date]:
    """Of a property that is a list, and may be there several times."""
    days = (_day_of(one.strip()) for text in event.get(name, ()) for one in text.split(","))
    return {day for day in days if day is not None}


def _days(event: Event, first: date) -> int:
    """How many days it lasts; 0 for none that can be meant. The end is the day after the last."""
    if "DTEND" in event:
        end = _day(_first(event, "DTEND"))
        days = (end - first).days if end else 0
        return max(days, 1) if end and days <= LONGEST else 0
    length = re.fullmatch(r"P(\d{1,2})([DW])", _first(event, "DURATION", "P1D"), re.ASCII)
    days = int(length[1]) * (7 if length[2] == "W" else 1) if length else 0
    return days if days <= LONGEST else 0


def _starts(event: Event, first: date, moved: Collection[date], today: date) -> Collection[date] | None:
    """When it begins, without the days that it leaves out; None for a way of repeating that is not read.

    FOR_GOOD: on this day of every year. That is so where it has begun, or does the next time that the day comes.
    """
    without, besides = _each_day(event, "EXDATE") | {*moved}, _each_day(event, "RDATE")
    if "RECURRENCE-ID" in event:
        return [first]
    if "RRULE" not in event:
        return sorted({first, *besides} - without)
    rule = _rule(_first(event, "RRULE"), first)
    if rule is None:
        return None
    begun = first <= today + YEAR - timedelta(days=_days(event, first))
    if rule.for_good and begun and not besides and max(without, default=date.min) < today - PAST:
        return FOR_GOOD
    found = list(rule.days(first, today + FUTURE))
    return sorted({*found, *besides} - without) if found else None


@dataclass(frozen=True)
class Rule:
    """Every `step` years on the same day, or on a weekday of its month; until a day, or so often, or for good."""

    step: int
    weekday: str
    until: date | None
    count: int | None

    @property
    def for_good(self) -> bool:
        return self.step == 1 and not self.weekday and self.until is None and self.count is None

    def days(self, first: date, last: date) -> Iterator[date]:
        years = range(first.year, last.year + 1, self.step)
        found = (day for year in years if (day := _in_year(first, year, self.weekday)) and day >= first)
        return (day for day in islice(found, self.count) if day <= (self.until or last))


def _rule(text: str, first: date) -> Rule | None:
    """RFC 5545 3.3.10, as far as days of a year go. None for what says anything else."""
    rule = dict(part.partition("=")[::2] for part in text.upper().split(";") if part)
    step, count, until = rule.pop("INTERVAL", "1"), rule.pop("COUNT", ""), rule.pop("UNTIL", "")
    rule.pop("WKST", "")
    weekday, month, same = rule.pop("BYDAY", ""), rule.pop("BYMONTH", ""), rule.pop("BYMONTHDAY", "")
    known = rule.pop("FREQ", "") == "YEARLY" and not rule
    known = known and month in {"", str(first.month)} and same in {"", str(first.day)}
    known = known and _NUMBER.fullmatch(step) is not None and (not count or _NUMBER.fullmatch(count) is not None)
    last = _day_of(until)
    if not known or (until and last is None):
        return None
    return Rule(int(step), weekday, last, int(count) if count else None)


def _in_year(first: date, year: int, weekday: str) -> date | None:
    """The same day of that year, or its "4TH" (fourth Thursday), "-1MO" (last Monday) of the month."""
    with suppress(ValueError):
        if not weekday:
            return first.replace(year=year)
        found = re.fullmatch(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)", weekday)
        return _nth(year, first.month, int(found[1]), _WEEKDAYS.index(found[2])) if found else None
    return None


def _nth(year: int, month: int, nth: int, weekday: int) -> date:
    """Raises ValueError where the month has no fifth one."""
    if nth > 0:
        first = date(year, month, 1)
        return first.replace(day=1 + (weekday - first.weekday()) % 7 + (nth - 1) * 7)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last.replace(day=last.day - (last.weekday() - weekday) % 7 + (nth + 1) * 7)
