"""Times as a page says them; the browser then tells them in the reader's own time zone and keeps them ticking."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from babel.dates import format_date, format_skeleton

from widgets.words import translate

_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_LOCALES = {"zh": "zh_Hans_CN"}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def iso(at: datetime) -> str:
    """For the `datetime` of a `time`: "2026-11-22T00:20:00.123Z"."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def clock(at: datetime) -> str:
    """14:02, in UTC."""
    return at.astimezone(UTC).isoformat()[11:16]


def day(language: str, on: date, *, year: bool = False) -> str:
    """Mon, 23 Nov; with the year where that goes without saying for nobody."""
    return str(format_skeleton("yMMMEd" if year else "MMMEd", on, locale=_LOCALES.get(language, "en_GB")))


def long_day(language: str, at: datetime) -> str:
    """23 November 2026, in UTC: what a page without scripts says of a day."""
    return str(format_date(at.astimezone(UTC), "long", locale=_LOCALES.get(language, "en_GB")))


def long_moment(language: str, at: datetime) -> str:
    """23 November 2026, 14:02 UTC."""
    return f"{long_day(language, at)}, {clock(at)} UTC"


def ago(language: str, at: datetime, now: datetime) -> str:
    """How long ago, in one unit: now, 26 m, 2 h, 3 d. `times.js` says it the same way."""
    passed = now - at
    if passed < _MINUTE:
        return translate(language, "now")
    if passed < _HOUR:
        return translate(language, "{n} m", n=passed // _MINUTE)
    if passed < _DAY:
        return translate(language, "{n} h", n=passed // _HOUR)
    return translate(language, "{n} d", n=passed // _DAY)


def span(language: str, seconds: int) -> str:
    """How long something lasted: 48 s, 9 m, 2 h."""
    if seconds < 60:
        return translate(language, "{n} s", n=seconds)
    if seconds < 3600:
        return translate(language, "{n} m", n=seconds // 60)
    return translate(language, "{n} h", n=seconds // 3600)


def lasted(language: str, seconds: int) -> str:
    """The same, to the second or the minute: 48 s, 5 m 30 s, 2 h 10 m."""
    if seconds < 60:
        return translate(language, "{n} s", n=seconds)
    if seconds < 3600:
        return translate(language, "{m} m {s} s", m=seconds // 60, s=f"{seconds % 60:02}")
    return translate(language, "{h} h {m} m", h=seconds // 3600, m=f"{seconds % 3600 // 60:02}")


def left(language: str, time: timedelta) -> str:
    """What is left of a time: 40 s, 1 m 40 s, 12 m, 3 h 10 m, 30 h, 4 d. `sla.js` says it the same way."""
    seconds = max(0, time // _SECOND)
    if seconds < 60:
        return translate(language, "{n} s", n=seconds)
    if seconds < 120:
        return translate(language, "{m} m {s} s", m=1, s=f"{seconds - 60:02}")
    if seconds < 3600:
        return translate(language, "{n} m", n=seconds // 60)
    if seconds < 5 * 3600:
        return translate(language, "{h} h {m} m", h=seconds // 3600, m=seconds % 3600 // 60)
    if seconds < 48 * 3600:
        return translate(language, "{n} h", n=seconds // 3600)
    return translate(language, "{n} d", n=seconds // 86400)


def length(language: str, seconds: int, *, days: bool = True) -> str:
    """How long something may take: 45 s, 30 m, 4 h, 1 h 30 m, 2 d. Without `days` where a day is not 24 hours."""
    if seconds < 60:
        return translate(language, "{n} s", n=seconds)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if days and hours and hours % 24 == 0 and minutes == 0:
        return translate(language, "{n} d", n=hours // 24)
    if hours and minutes:
        return translate(language, "{h} h {m} m", h=hours, m=minutes)
    return translate(language, "{n} h", n=hours) if hours else translate(language, "{n} m", n=minutes)
