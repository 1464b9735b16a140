"""Since when it is today: the day of a queue begins at midnight where its calendar is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, literal
from sqlmodel import Session, col, select

from routing.calendars import zone_of
from routing.hours import Calendar
from routing.queues import Queue
from tickets.moment import Moment
from tickets.ticket import Ticket


@dataclass(frozen=True)
class AsOf:
    """A moment, and since when it is today then: `midnights` by queue, `utc` for no queue and for one without hours."""

    now: datetime
    utc: datetime
    midnights: Mapping[int, datetime]
    zones: frozenset[str]  # by which today begins for any of the queues that are not archived

    @property
    def zone(self) -> str:
        """By which it begins for all of them; empty where they differ."""
        return next(iter(self.zones)) if len(self.zones) == 1 else ""

    def began(self, queue_id: int | None) -> datetime:
        """When today began for this queue."""
        return self.midnights.get(queue_id, self.utc) if queue_id is not None else self.utc

    def today(self, at: Any) -> ColumnElement[bool]:
        """This column lies in today of the queue that the row's ticket is in now, and not later than now."""
        at = col(at)
        earliest = min([self.utc, *self.midnights.values()])  # a bound that an index can use
        return and_(at >= earliest, at <= self.now, at >= self._began())

    def _began(self) -> ColumnElement[Any]:
        if not self.midnights:
            return literal(self.utc, Moment())
        begins = {queue_id: literal(at, Moment()) for queue_id, at in self.midnights.items()}
        return case(begins, value=col(Ticket.queue_id), else_=literal(self.utc, Moment()))


def as_of(session: Session, now: datetime) -> AsOf:
    """Today at `now`, by each queue's calendar; in UTC for a queue without one."""
    found = session.exec(select(Queue, Calendar).join(Calendar, col(Calendar.id) == Queue.calendar_id, isouter=True))
    zones = [(queue, _zone(calendar)) for queue, calendar in found]
    midnights = {queue.id: midnight(now, zone) for queue, zone in zones}
    shown = frozenset(zone.key for queue, zone in zones if not queue.archived)
    return AsOf(now, midnight(now, UTC), midnights, shown)


def midnight(now: datetime, zone: tzinfo) -> datetime:
    """The instant at which the local day of `now` began; its first one where the clocks jump over midnight."""
    day = now.astimezone(zone).date()
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _zone(calendar: Calendar | None) -> ZoneInfo:
    return ZoneInfo("UTC") if calendar is None else zone_of(calendar.hours)
