"""Reads days off from an .ics file, as every calendar exports them. Nothing is fetched: the file is what counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from routing.calendars import Yearly
from tickets.errors import Refused
from tickets.text import one_line

MOST_BYTES = 256 * 1024
MOST_EVENTS = 2000
MOST_DAYS = 1000  # of one file
LONGEST = 60  # days of one holiday
PAST, FUTURE = timedelta(days=366), timedelta(days=5 * 366)  # what lies farther away is left out
# China moves working days around its holidays: the same calendars also name the weekends that are worked.
_WORKED = re.compile(r"补班|上班|[(（]班[)）]|make-?up", re.IGNORECASE)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NOT_ICS = "This is not a calendar file. Choose one that ends in .ics."

Event = Mapping[str, str]


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
    found = Found()
    for number, event in enumerate(_events(_lines(data))):
        if number >= MOST_EVENTS:
            raise Refused("The file has too many entries: {n} are read at most.", n=MOST_EVENTS)
        _add(found, event, today)
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
    event: dict[str, str] | None = None
    inside = 0
    for line in lines:
        head, _, value = line.partition(":")
        name = head.partition(";")[0].strip().upper()
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
            event.setdefault(name, value.strip())


def _add(found: Found, event: Event, today: date) -> None:
    if event.get("STATUS", "").upper() == "CANCELLED":
        return
    first = _day(event.get("DTSTART", ""))
    days = _days(event, first) if first else 0
    starts = _starts(event, first, today) if first and days else None
    if first is None or starts is None:
        found.left_out += 1
        return
    name = one_line(event.get("SUMMARY", "").replace("\\,", ","), 80)
    if not starts:
        for n in range(days):
            day = first + timedelta(days=n)
            found.yearly.setdefault((day.month, day.day), name)
        return
    into = found.worked if _WORKED.search(name) else found.closed
    for start in starts:
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


def _days(event: Event, first: date) -> int:
    """How many days it lasts; 0 for none that can be meant. The end is the day after the last."""
    if "DTEND" in event:
        end = _day(event["DTEND"])
        days = (end - first).days if end else 0
        return max(days, 1) if end and days <= LONGEST else 0
    length = re.fullmatch(r"P(\d{1,2})([DW])", event.get("DURATION", "P1D"), re.ASCII)
    days = int(length[1]) * (7 if length[2] == "W" else 1) if length else 0
    return days if days <= LONGEST else 0


def _starts(event: Event, first: date, today: date) -> list[date] | None:
    """When it begins; an empty list: on this day of every year for good. None for another way of repeating."""
    if "RRULE" not in event:
        return [first]
    rule = dict(part.partition("=")[::2] for part in event["RRULE"].upper().split(";"))
    if rule.pop("FREQ", "") != "YEARLY" or rule.pop("INTERVAL", "1") != "1":
        return None
    until, count = _day(rule.pop("UNTIL", "")[:8]), rule.pop("COUNT", "")
    rule.pop("WKST", "")
    weekday = rule.pop("BYDAY", "")
    month = rule.pop("BYMONTH", str(first.month))
    same_day = rule.pop("BYMONTHDAY", str(first.day)) == str(first.day)
    if rule or month != str(first.month) or not same_day:
        return None
    if not weekday and until is None and not count:
        return []
    last = (today + FUTURE).year if not count.isdigit() else first.year + min(int(count), 100) - 1
    years = range(first.year, min(last, (today + FUTURE).year) + 1)
    found = [day for year in years if (day := _in_year(first, year, weekday)) and (until is None or day <= until)]
    return found or None


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
