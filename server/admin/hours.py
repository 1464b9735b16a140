"""When the desk is open: a week as people write it, days off, and days with hours of their own."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import Response

from routing.calendars import BusinessCalendar, Span, checked, next_date, next_open, zone_of
from routing.holidays import MOST_BYTES, Found, read_holidays
from routing.hours import Calendar, add_calendar, calendars
from routing.names import LONGEST_NAME
from server.admin.hours_country import country_form, holidays_asked
from server.admin.hours_text import Days, read_days, read_spans, with_days, written, written_days
from server.admin.pages import HOME, SAID, Act, Entry, Subject, change, listing, read, row
from server.forms import Field, Form, go, page, posted
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
AHEAD = 7  # days that are shown before they come
_USUAL: tuple[Span, ...] = ((9 * 60, 18 * 60),)


def _fields(zone: str = "") -> list[Field]:
    """`zone` is the one that was chosen before: it can be kept, also where nobody knows it any more."""
    known = available_timezones()
    zones = sorted(one for one in known if "/" in one and not one.startswith(("Etc/", "posix/")))
    kept = [zone] if zone and zone not in {"UTC", *zones} else []
    return [
        Field("name", "Name", longest=LONGEST_NAME),
        Field("zone", "Time zone", "choice", choices=[(one, one) for one in ("UTC", *kept, *zones)], names=True),
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
            rows=8,
            longest=20_000,
            hint="One a line: 2026-12-25 for a day off, 2026-12-24 09:00-12:00 for a day with hours of its own, "
            "12-25 for a day off in every year.",
        ),
    ]


async def all_hours(request: Request) -> Response:
    entries = [
        Entry(f"{HOURS.path}/{calendar.id}", calendar.name, calendar.zone)
        for calendar in await read(request, calendars)
    ]
    return listing(request, HOURS, entries)


async def add(request: Request) -> Response:
    form = Form(_fields(), {"zone": "UTC", **{f"day{number}": written(_USUAL) for number in range(5)}})
    asked = country_form(request)
    found = None
    if await posted(request, form):
        await posted(request, asked)
        if await _asks_to(request, "read"):
            found = await _read_file(request, form)
        elif await _asks_to(request, "look"):
            found = _look_up(request, form, asked)
        else:
            with form.noting():
                calendar_id = await change(request, _save, None, **form.values())
                return go(f"{HOURS.path}/{calendar_id}?done=added")
    return _page(request, form, asked, name="", found=found)


async def edit(request: Request) -> Response:
    calendar: Calendar = await read(request, row, Calendar, request.path_params["id"])
    form = Form(_fields(calendar.zone), _texts(calendar))
    asked = country_form(request)
    found = None
    if await posted(request, form):
        await posted(request, asked)
        if await _asks_to(request, "read"):
            found = await _read_file(request, form)
        elif await _asks_to(request, "look"):
            found = _look_up(request, form, asked)
        else:
            with form.noting():
                await change(request, _save, calendar.id, **form.values())
                return go(f"{HOURS.path}/{calendar.id}?done=saved")
    return _page(request, form, asked, name=calendar.name, found=found, calendar=calendar)


async def remove(request: Request) -> Response:
    await change(
        request, lambda change, id: change.take(Calendar, id).remove(change), request.path_params["id"], says="Removed."
    )
    return go(f"{HOURS.path}?done=removed")


def _page(
    request: Request, form: Form, asked: Form, *, name: str, found: Found | None, calendar: Calendar | None = None
) -> Response:
    hours = _hours_in(form)
    now = request.state.desk.clock.now()
    today = now.astimezone(zone_of(hours)).date() if hours else now.date()
    ahead = [today + timedelta(days=n) for n in range(AHEAD)]
    facts: dict[str, Any] = {
        "name": name,
        "acts": [Act(f"{HOURS.path}/{calendar.id}/remove", "Remove", bad=True)] if calendar else [],
        "said": SAID.get(request.query_params.get("done", ""), ""),
        "found": found,
        "guessed": max((day.year for day in found.closed), default=0) if found and asked.texts["country"] else 0,
        "this_year": today.year,
        "asked": asked,
        "ahead": [(day, [written([span]) for span in hours.spans(day)]) for day in ahead] if hours else [],
        "yearly": sorted((next_date(day, today), day) for day in hours.yearly) if hours else [],
        "lost_zone": hours.zone if hours and zone_of(hours).key != hours.zone else "",
    }
    return page(request, "admin/hours.html", form, subject=HOURS, **facts)


def _hours_in(form: Form) -> BusinessCalendar | None:
    """What the fields say as they stand; None while they say nothing that can be."""
    unseen, found = Form(form.fields, form.texts), []
    with unseen.noting():
        values = unseen.values()
        found.append(checked(_calendar(values), known_zone=values["zone"]))
    return found[0] if found else None


async def _asks_to(request: Request, do: str) -> bool:
    return do in await request.form()


async def _read_file(request: Request, form: Form) -> Found | None:
    """The days of an .ics file are added to those that are typed; nothing is saved before somebody has seen them."""
    data, found = await _file(request), list[Found]()
    with form.noting("holidays"):
        if not data:
            raise Refused("Choose a file first.")
        found.append(read_holidays(data, request.state.desk.clock.now().date()))
    return _added(request, form, found[0], form, "holidays") if found else None


def _look_up(request: Request, form: Form, asked: Form) -> Found | None:
    """The same, with the days of a country."""
    found = holidays_asked(asked, request.state.language)
    return None if found is None else _added(request, form, found, asked, "country")


def _added(request: Request, form: Form, found: Found, brought: Form, field: str) -> Found | None:
    """Beside what is typed. Where nothing would be open any more with them, it is said where they came from."""
    typed, now, opened = form.texts["days"], request.state.desk.clock.now(), _hours_in(form)
    with form.noting("days"):
        form.texts["days"] = with_days(typed, found, _week_of(form))
    opens = _hours_in(form)
    if opened and opens and next_open(opened, now) and not next_open(opens, now):
        form.texts["days"] = typed
        brought.note(Refused("With these days it would never be open in the next two years."), field)
    return found if form.good and brought.good else None


async def _file(request: Request) -> bytes:
    """What was sent, and at most a byte more than can be read."""
    file = (await request.form()).get("holidays")
    if file is None or isinstance(file, str):
        return b""
    data = await file.read(MOST_BYTES + 1)
    await file.close()
    return data


def _week_of(form: Form) -> tuple[Span, ...]:
    """The hours of an ordinary day, for a weekend that is worked."""
    for number in range(7):
        with suppress(Refused):
            if spans := read_spans(form.texts[f"day{number}"]):
                return spans
    return _USUAL


def _texts(calendar: Calendar) -> dict[str, Any]:
    hours = calendar.hours
    dated: Days = {day: hours.spans(day) for day in (*hours.closed, *hours.special)}
    days: Days = {**dated, **{day: hours.yearly[day] for day in hours.yearly}}
    week = {f"day{number}": written(spans) for number, spans in enumerate(hours.week)}
    return {"name": calendar.name, "zone": calendar.zone, **week, "days": written_days(days)}


def _save(change: Change, calendar_id: int | None, *, name: str, **said: Any) -> int:
    hours = _calendar(said)
    calendar = add_calendar(change, name, hours) if calendar_id is None else change.take(Calendar, calendar_id)
    calendar.rename(change, name)
    calendar.set_hours(change, hours)
    return calendar.id


def _calendar(said: dict[str, Any]) -> BusinessCalendar:
    dated = {day: spans for day, spans in said["days"].items() if isinstance(day, date)}
    return BusinessCalendar(
        said["zone"],
        tuple(said[f"day{number}"] for number in range(7)),
        closed=frozenset(day for day, spans in dated.items() if not spans),
        special={day: spans for day, spans in dated.items() if spans},
        yearly={day: spans for day, spans in said["days"].items() if not isinstance(day, date)},
    )


LARGEST = 2 * MOST_BYTES
DOORS = [
    door(HOURS.path, all_hours, who=Who.ADMIN),
    door(f"{HOURS.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"], largest=LARGEST),
    door(f"{HOURS.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"], largest=LARGEST),
    door(f"{HOURS.path}/{{id:number}}/remove", remove, who=Who.ADMIN, methods=["POST"]),
]
