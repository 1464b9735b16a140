"""When the desk is open: a week as people write it, days off, and days with hours of their own."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import Response

from routing.calendars import DAY, BusinessCalendar, Span
from routing.hours import LONGEST_NAME, Calendar, add_calendar, calendars
from server.admin.pages import HOME, Entry, Subject, change, editing, listing, read, row
from server.forms import Field, Form, as_lines, go, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.errors import Refused

HOURS = Subject(
    "Opening hours",
    "When customers can expect an answer. Queues and sites point to one of these.",
    "Add opening hours",
    f"{HOME}/hours",
    "No opening hours yet: everything counts as always open.",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})")


def read_spans(text: str) -> tuple[Span, ...]:
    """ "09:00-12:30, 13:30-18:00" as minutes since midnight; nothing written means closed. Raises Refused."""
    parts = [part.strip() for part in re.split(r"[,;，；、]", text) if part.strip()]
    spans = sorted(_span(part) for part in parts)
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise Refused("These hours overlap.")
    return tuple(spans)


def written(spans: tuple[Span, ...]) -> str:
    """The way back."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def read_days(text: str) -> dict[date, tuple[Span, ...]]:
    """A day a line: "2026-12-25" is closed, "2026-12-24 09:00-12:00" has hours of its own. Raises Refused."""
    days: dict[date, tuple[Span, ...]] = {}
    for line in as_lines(text):
        day, _, spans = line.partition(" ")
        try:
            days[date.fromisoformat(day)] = read_spans(spans)
        except ValueError:
            raise Refused('Each line begins with a day like 2026-12-25, but one is "{line}".', line=line[:40]) from None
    return days


def _fields() -> list[Field]:
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/")))
    return [
        Field("name", "Name", longest=LONGEST_NAME),
        Field("zone", "Time zone", "choice", choices=[(zone, zone) for zone in ("UTC", *zones)], names=True),
        *(
            Field(
                f"day{number}",
                day,
                read=read_spans,
                needed=False,
                group="Every week" if number == 0 else "",
                hint="For example 09:00-12:30, 13:30-18:00. Empty: closed." if number == 0 else "",
                beside=True,
            )
            for number, day in enumerate(DAYS)
        ),
        Field(
            "days",
            "Days that are different",
            "long",
            read_days,
            needed=False,
            rows=5,
            longest=10_000,
            hint="One a line: 2026-12-25 for a day off, 2026-12-24 09:00-12:00 for a day with hours of its own.",
        ),
    ]


async def all_hours(request: Request) -> Response:
    entries = [
        Entry(f"{HOURS.path}/{calendar.id}", calendar.name, calendar.zone)
        for calendar in await read(request, calendars)
    ]
    return listing(request, HOURS, entries)


async def add(request: Request) -> Response:
    form = Form(_fields(), {"zone": "UTC", **{f"day{number}": "09:00-18:00" for number in range(5)}})
    if await posted(request, form):
        with form.noting():
            await change(request, _save, None, **form.values())
            return go(f"{HOURS.path}?done=added")
    return editing(request, HOURS, form, name="")


async def edit(request: Request) -> Response:
    calendar: Calendar = await read(request, row, Calendar, request.path_params["id"])
    form = Form(_fields(), _texts(calendar))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, calendar.id, **form.values())
            return go(f"{HOURS.path}?done=saved")
    return editing(request, HOURS, form, name=calendar.name)


def _texts(calendar: Calendar) -> dict[str, Any]:
    hours = calendar.hours
    different = {**dict.fromkeys(hours.closed, ()), **hours.special}
    days = (f"{day.isoformat()} {written(spans)}".strip() for day, spans in sorted(different.items()))
    week = {f"day{number}": written(spans) for number, spans in enumerate(hours.week)}
    return {"name": calendar.name, "zone": calendar.zone, **week, "days": "\n".join(days)}


def _save(
    change: Change,
    calendar_id: int | None,
    *,
    name: str,
    zone: str,
    days: dict[date, tuple[Span, ...]],
    **week: tuple[Span, ...],
) -> None:
    hours = BusinessCalendar(
        zone,
        tuple(week[f"day{number}"] for number in range(7)),
        closed=frozenset(day for day, spans in days.items() if not spans),
        special={day: spans for day, spans in days.items() if spans},
    )
    calendar = add_calendar(change, name, hours) if calendar_id is None else change.take(Calendar, calendar_id)
    calendar.rename(change, name)
    calendar.set_hours(change, hours)


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


DOORS = [
    door(HOURS.path, all_hours, who=Who.ADMIN),
    door(f"{HOURS.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{HOURS.path}/{{id:int}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
]
