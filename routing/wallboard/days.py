"""Chosen days, from one to another: each queue has its own midnights, as it has for today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_
from sqlmodel import Session, col

from routing.calendars import zone_named
from routing.wallboard.today import EARLIEST, AsOf, Day, midnight_of, shown, zones
from tickets.errors import Refused
from tickets.moment import Moment

MOST = 92  # days at once: a quarter of a year
USUAL = 7
FIRST_YEAR = 2000  # no desk has days before it
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ChosenDay(Day):
    """As `Day`, with an end: what happened at it is the next day's."""

    def holds(self, at: Any) -> ColumnElement[bool]:
        at = col(at)
        latest, soonest, over = (bindparam(name, type_=Moment()) for name in ("latest", "soonest", "over"))
        began, ended = self.by_queue("utc", "midnight"), self.by_queue("utc_end", "end")
        # The first two are bounds that an index can use; the others spare most rows a look at their queue
        return and_(at >= EARLIEST, at < over, or_(at >= latest, at >= began), or_(at < soonest, at < ended))


@dataclass(frozen=True)
class Days(AsOf):
    """From `first` to `last`, both included. `ends`: when the day after begins, by queue; `utc_end` for none."""

    first: date
    last: date
    utc_end: datetime
    ends: Mapping[int, datetime]

    @property
    def query(self) -> str:
        """As an address names them."""
        return f"first={self.first.isoformat()}&last={self.last.isoformat()}"

    @property
    def day(self) -> Day:
        return ChosenDay(tuple(sorted(self.midnights)))

    @property
    def values(self) -> dict[str, datetime]:
        ended = {f"end_{queue}": at for queue, at in self.ends.items()}
        all_of_them = [self.utc_end, *self.ends.values()]
        bounds = {"utc_end": self.utc_end, "soonest": min(all_of_them), "over": max(all_of_them)}
        return {**super().values, **bounds, **ended}


def chosen(session: Session, now: datetime, first: date, last: date) -> Days:
    """These days, as far as they have been by `now`. Raises Refused."""
    check_days(now, first, last)
    places = zones(session)
    begins = {queue.id: midnight_of(first, zone) for queue, zone in places}
    ends = {queue.id: midnight_of(last + _DAY, zone) for queue, zone in places}
    utc = [midnight_of(day, UTC) for day in (first, last + _DAY)]
    return Days(now, utc[0], begins, *shown(places), first=first, last=last, utc_end=utc[1], ends=ends)


def usual_days(session: Session, now: datetime) -> tuple[date, date]:
    """The last seven, today included: where all queues have the same midnight, by it, else by that of UTC."""
    here, _ = shown(zones(session))
    last = now.astimezone(zone_named(next(iter(here)) if len(here) == 1 else "UTC")).date()
    return last - (USUAL - 1) * _DAY, last


def check_days(now: datetime, first: date, last: date) -> None:
    """Raises Refused, beside first or last."""
    if last > now.date() + _DAY:  # somewhere it is tomorrow already
        raise Refused("Choose days that have been.", field="last")
    if first.year < FIRST_YEAR:
        raise Refused("Choose days from {year} on.", field="first", year=FIRST_YEAR)
    if first > last:
        raise Refused("The first day comes before the last.", field="first")
    if (last - first).days >= MOST:
        raise Refused("At most {n} days at once.", field="first", n=MOST)
