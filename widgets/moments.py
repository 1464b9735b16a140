"""Times as a page says them; the browser then tells them in the reader's own time zone and keeps them ticking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from widgets.words import translate

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def iso(at: datetime) -> str:
    """For the `datetime` of a `time`: "2026-11-22T00:20:00.123Z"."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def clock(at: datetime) -> str:
    """14:02, in UTC."""
    return at.astimezone(UTC).strftime("%H:%M")


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
