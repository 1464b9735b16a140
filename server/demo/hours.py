"""When the demo's shop is open, and where it stands: in a town where it is afternoon while its story is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from routing.calendars import DAY, BusinessCalendar, Span, zone_named

# Whoever starts the demo at night should meet a day that is well under way. The first that fits is taken.
ZONES = (
    "Europe/Copenhagen",
    "America/New_York",
    "Asia/Shanghai",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Asia/Karachi",
    "America/Sao_Paulo",
    "Pacific/Honolulu",
    "Atlantic/Azores",
    "Asia/Tokyo",
)
EARLIEST, LATEST = 13.5, 17.5  # hours of the local day between which the story is told
OPENS = 8 * 60
_SHOP: tuple[Span, ...] = ((OPENS, 22 * 60),)
_OFFICE: tuple[Span, ...] = ((9 * 60, 12 * 60 + 30), (13 * 60, 17 * 60 + 30))  # between them is lunch
_CHRISTMAS: tuple[Span, ...] = ((9 * 60, 12 * 60 + 30),)


def zone_for(now: datetime) -> str:
    """A zone in which it is afternoon now."""
    return next(zone for zone in ZONES if EARLIEST <= _hour(now, zone) < LATEST)


def always(zone: str) -> BusinessCalendar:
    return BusinessCalendar(zone, (((0, DAY),),) * 7)


def shop_hours(zone: str, today: date) -> BusinessCalendar:
    """Every day, but for one on which everything is counted."""
    return BusinessCalendar(zone, (_SHOP,) * 7, closed=frozenset({today + timedelta(days=12)}))


def office_hours(zone: str) -> BusinessCalendar:
    """Weekdays, with a break for lunch; closed over Christmas and on New Year's Day, half a day on Christmas Eve."""
    yearly: dict[tuple[int, int], tuple[Span, ...]] = {(12, 24): _CHRISTMAS, (12, 25): (), (12, 26): (), (1, 1): ()}
    return BusinessCalendar(zone, (_OFFICE,) * 5 + ((), ()), yearly=yearly)


def _hour(now: datetime, zone: str) -> float:
    local = now.astimezone(zone_named(zone))
    return local.hour + local.minute / 60
