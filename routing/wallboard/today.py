"""Since when it is today: the day of a queue begins at midnight where its calendar is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, bindparam, case, or_
from sqlmodel import Session, col, func, select

from routing.calendars import zone_of
from routing.hours import Calendar
from routing.queues import Queue
from tickets.moment import Moment
from tickets.ticket import Ticket

NOW: Any = bindparam("now", type_=Moment())
"""The moment as of which something is counted; `AsOf.values` says which."""
EARLIEST: Any = bindparam("earliest", type_=Moment())
"""When today began first, of all queues."""


@dataclass(frozen=True)
class Day:
    """Today, for statements that are written once and asked with each `AsOf.values`: these queues have midnights."""

    queues: tuple[int, ...]

    def holds(self, at: Any) -> ColumnElement[bool]:
        """This column lies in today of the queue that the row's ticket is in now, and not later than now."""
        at = col(at)
        latest = bindparam("latest", type_=Moment())
        # The first is a bound that an index can use; the second spares most rows a look at their queue
        return and_(at >= EARLIEST, at <= NOW, or_(at >= latest, at >= self.by_queue("utc", "midnight")))

    def by_queue(self, utc: str, of_queue: str) -> ColumnElement[Any]:
        """The moment of the queue in which the row's ticket is now, by the names of the blanks that hold them."""
        otherwise = bindparam(utc, type_=Moment())
        its = {queue: bindparam(f"{of_queue}_{queue}", type_=Moment()) for queue in self.queues}
        return case(its, value=col(Ticket.queue_id), else_=otherwise) if its else otherwise


@dataclass(frozen=True)
class AsOf:
    """A moment, and since when it is today then: `midnights` by queue, `utc` for no queue and for one without hours."""

    now: datetime
    utc: datetime
    midnights: Mapping[int, datetime]
    zones: frozenset[str]  # by which today begins for any of the queues that are not archived
    queues: Mapping[int, str]  # these, by name

    @property
    def zone(self) -> str:
        """By which it begins for all of them; empty where they differ."""
        return next(iter(self.zones)) if len(self.zones) == 1 else ""

    @property
    def day(self) -> Day:
        return Day(tuple(sorted(self.midnights)))

    @property
    def values(self) -> dict[str, datetime]:
        """For the blanks of a statement."""
        began = {f"midnight_{queue}": at for queue, at in self.midnights.items()}
        all_of_them = [self.utc, *self.midnights.values()]
        return {"now": self.now, "utc": self.utc, "earliest": min(all_of_them), "latest": max(all_of_them), **began}

    def began(self, queue_id: int | None) -> datetime:
        """When today began for this queue."""
        return self.midnights.get(queue_id, self.utc) if queue_id is not None else self.utc


def as_of(session: Session, now: datetime) -> AsOf:
    """Today at `now`, by each queue's calendar; in UTC for a queue without one."""
    places = zones(session)
    midnights = {queue.id: midnight(now, zone) for queue, zone in places}
    return AsOf(now, midnight(now, UTC), midnights, *shown(places))


def zones(session: Session) -> Sequence[tuple[Queue, ZoneInfo]]:
    """Where each queue has its midnights, archived ones too, by name."""
    found = select(Queue, Calendar).join(Calendar, col(Calendar.id) == Queue.calendar_id, isouter=True)
    return [(queue, _zone(calendar)) for queue, calendar in session.exec(found.order_by(func.lower(Queue.name)))]


def shown(places: Sequence[tuple[Queue, ZoneInfo]]) -> tuple[frozenset[str], Mapping[int, str]]:
    """The zones and the names of the queues that are not archived."""
    here = [(queue, zone) for queue, zone in places if not queue.archived]
    return frozenset(zone.key for _, zone in here), {queue.id: queue.name for queue, _ in here}


def midnight(now: datetime, zone: tzinfo) -> datetime:
    """The instant at which the local day of `now` began; its first one where the clocks jump over midnight."""
    return midnight_of(now.astimezone(zone).date(), zone)


def midnight_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _zone(calendar: Calendar | None) -> ZoneInfo:
    return ZoneInfo("UTC") if calendar is None else zone_of(calendar.hours)
