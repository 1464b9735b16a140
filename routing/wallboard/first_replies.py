"""How long customers waited for the first word of a person, around the clock and in the hours of their queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from statistics import fmean, median
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from routing.hours import Calendar
from routing.queues import Queue
from routing.sla.timing import EVERY_HOUR, Time, timetable
from routing.wallboard.days import Days
from routing.wallboard.outcomes import Place, first_replies
from routing.wallboard.today import Day
from tickets.ticket import Ticket

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Waited:
    """The seconds of each ticket: of every hour, and of those in which the queue that it is in now was open then."""

    around_the_clock: list[float] = field(default_factory=list)
    while_open: list[float] = field(default_factory=list)

    @property
    def n(self) -> int:
        return len(self.around_the_clock)

    def __add__(self, other: Waited) -> Waited:
        return Waited(self.around_the_clock + other.around_the_clock, self.while_open + other.while_open)


def mean(seconds: list[float]) -> int | None:
    return round(fmean(seconds)) if seconds else None


def half(seconds: list[float]) -> int | None:
    """So long half of them waited at most."""
    return round(median(seconds)) if seconds else None


def waited(session: Session, days: Days) -> Mapping[Place, Waited]:
    """Of all who were answered for the first time in these days, by queue and channel."""
    times, found = _times(session), defaultdict[Place, Waited](Waited)
    for queue_id, channel, opened, replied in session.connection().execute(_asked(days.day), days.values):
        one = found[queue_id, channel]
        one.around_the_clock.append((replied - opened).total_seconds())
        one.while_open.append(times.get(queue_id, EVERY_HOUR).between(opened, replied).total_seconds())
    return found


@lru_cache(maxsize=16)  # writing a statement takes longer than asking it
def _asked(day: Day) -> Select[Any]:
    facts: list[Any] = [col(Ticket.queue_id), col(Ticket.channel), col(Ticket.opened_at), col(Ticket.first_reply_at)]
    return first_replies(day).with_only_columns(*facts)


def _times(session: Session) -> Mapping[int | None, Time]:
    """By queue, where it is not always open. Time that has passed is measured by the hours of its day."""
    found = select(Queue, Calendar).join(Calendar, col(Calendar.id) == col(Queue.calendar_id))
    return {
        queue.id: timetable(calendar.hours, calendar.hours_before(since=_EVER))
        for queue, calendar in session.execute(found)
    }
