"""Opening hours as people write them: "09:00-12:30, 13:30-18:00", and a line for each day that is different."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from routing.calendars import DAY, Span, Yearly, next_date
from routing.holidays import Found
from server.forms import as_lines
from tickets.errors import Refused

Days = dict[date | Yearly, tuple[Span, ...]]
_SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})", re.ASCII)
_YEARLY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_ANY_YEAR = date(2000, 1, 1)  # as good as another: it is a leap year


def read_spans(text: str) -> tuple[Span, ...]:
    """ "09:00-12:30, 13:30-18:00" as minutes since midnight; nothing written means closed. Raises Refused."""
    parts = [part.strip() for part in re.split(r"[,;，；、]", text) if part.strip()]
    spans = sorted(_span(part) for part in parts)
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise Refused("These hours overlap.")
    return tuple(spans)


def written(spans: Sequence[Span]) -> str:
    """The way back."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def read_days(text: str) -> Days:
    """A day a line: "2026-12-25" is closed, "2026-12-24 09:00-12:00" has hours of its own, and "12-25" comes every
    year, the 29th of February in those that have it. Raises Refused.
    """
    days: Days = {}
    for line in as_lines(text):
        day, _, spans = line.partition(" ")
        found = _day(day)
        if found is None:
            raise Refused('Each line begins with a day like 2026-12-25 or 12-25, but one is "{line}".', line=line[:40])
        if found in days:
            raise Refused("{day} is there twice.", day=day)
        days[found] = read_spans(spans)
    return days


def written_days(days: Mapping[date | Yearly, tuple[Span, ...]]) -> str:
    """Days of every year first, then by date."""
    lines = ((_name(day), written(spans)) for day, spans in days.items())
    return "\n".join(f"{name} {spans}".strip() for name, spans in sorted(lines, key=lambda one: (len(one[0]), one)))


def with_days(text: str, found: Found, hours: tuple[Span, ...]) -> str:
    """The days that stand there and those that a file brought; what stands there already is left as it is."""
    brought: Days = {**dict.fromkeys(found.yearly, ()), **dict.fromkeys(found.closed, ())}
    brought |= dict.fromkeys(found.worked, hours)
    return written_days(brought | read_days(text))


def _day(text: str) -> date | Yearly | None:
    yearly = _YEARLY.fullmatch(text)
    try:
        if yearly is None:
            return date.fromisoformat(text)
        day = (int(yearly[1]), int(yearly[2]))
        next_date(day, _ANY_YEAR)
        return day
    except ValueError:
        return None


def _name(day: date | Yearly) -> str:
    return day.isoformat() if isinstance(day, date) else f"{day[0]:02}-{day[1]:02}"


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise Refused('Write hours like 09:00-17:30, not "{text}".', text=text[:40])
    start, end = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
    if int(found[2]) > 59 or int(found[4]) > 59 or not 0 <= start < end <= DAY:
        raise Refused("Hours begin before they end, between 00:00 and 24:00.")
    return start, end


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
