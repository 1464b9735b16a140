"""Times at which we ring, as a customer's page and mail tell them: a day, two hours of it, and whose clock that is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel import dates

from routing.calendars import zone_named
from widgets.words import translate


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


def told(language: str, start: datetime | str, end: datetime | str, zone: str) -> str:
    """Monday, November 23, 10:00-12:00 (Berlin time). Times may be ISO text, as the facts of a mail are."""
    start, end = _moment(start), _moment(end)
    facts = {"day": _date(language, start.astimezone(zone_named(zone))), "hours": hours(language, start, end, zone)}
    return translate(language, "{day}, {hours} ({zone})", **facts, zone=clock_of(language, zone))


def hours(language: str, start: datetime, end: datetime, zone: str) -> str:
    """10:00-12:00, with the dash that belongs between them."""
    return f"{_clock(language, start, zone)}\u2013{_clock(language, end, zone)}"


def at(language: str, moment: datetime, zone: str, now: datetime) -> str:
    """14:05 today, else with its day: Monday, November 23, 14:05."""
    clock, local = _clock(language, moment, zone), moment.astimezone(zone_named(zone))
    if local.date() == now.astimezone(zone_named(zone)).date():
        return clock
    return translate(language, "{day}, {time}", day=_date(language, local), time=clock)


def day(language: str, moment: datetime, zone: str, now: datetime) -> str:
    """Today, Tomorrow, Monday, November 23."""
    local, today = moment.astimezone(zone_named(zone)), now.astimezone(zone_named(zone)).date()
    names: dict[date, str] = {today: _("Today"), today + timedelta(days=1): _("Tomorrow")}
    name = names.get(local.date())
    return translate(language, name) if name else _date(language, local)


def clock_of(language: str, zone: str) -> str:
    """Whose clock it is: Berlin time, UTC."""
    known = zone_named(zone)
    if known.key in {"UTC", "Etc/UTC", "Etc/GMT", "GMT"}:
        return "UTC"
    city = dates.get_timezone_location(known, locale=language, return_city=True)
    return translate(language, "{city} time", city=city)


def _date(language: str, local: datetime) -> str:
    return dates.format_skeleton("MMMMEEEEd", local, locale=language)


def _clock(language: str, moment: datetime, zone: str) -> str:
    return dates.format_time(moment, "HH:mm", tzinfo=zone_named(zone), locale=language)


def _moment(told: datetime | str) -> datetime:
    return datetime.fromisoformat(told) if isinstance(told, str) else told
