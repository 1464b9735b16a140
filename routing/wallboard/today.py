"""Since when it is today: the day of a queue begins at midnight where its calendar is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
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
        return and_(at >= EARLIEST, at <= NOW, or_(at >= latest, at >= self._began()))

    def _began(self) -> ColumnElement[Any]:
        utc = bindparam("utc", type_=Moment())
        begins = {queue: bindparam(f"midnight_{queue}", type_=Moment()) for queue in self.queues}
        return case(begins, value=col(Ticket.queue_id), else_=utc) if begins else utc


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
    found = select(Queue, Calendar).join(Calendar, col(Calendar.id) == Queue.calendar_id, isouter=True)
    by_name = session.exec(found.order_by(func.lower(Queue.name)))
    zones = [(queue, _zone(calendar)) for queue, calendar in by_name]
    midnights = {queue.id: midnight(now, zone) for queue, zone in zones}
    shown = frozenset(zone.key for queue, zone in zones if not queue.archived)
    names = {queue.id: queue.name for queue, _ in zones if not queue.archived}
    return AsOf(now, midnight(now, UTC), midnights, shown, names)


def midnight(now: datetime, zone: tzinfo) -> datetime:
    """The instant at which the local day of `now` began; its first one where the clocks jump over midnight."""
    day = now.astimezone(zone).date()
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _zone(calendar: Calendar | None) -> ZoneInfo:
    return ZoneInfo("UTC") if calendar is None else zone_of(calendar.hours)
