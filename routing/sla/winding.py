"""What a clock holds by what was promised and when it ran: worked out at once, for one starts with many messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from routing.hours import Calendar
from routing.sla import timing
from routing.sla.choosing import Promise
from routing.sla.clock import SlaClock
from routing.sla.metrics import State
from routing.sla.recall import recall
from routing.sla.slices import Slices
from routing.sla.timing import EVERY_HOUR, Sliced, Stretch, Time, timetable
from tickets.change import Change

Columns = dict[str, Any]  # of a clock


class Source(NamedTuple):
    """Who made the promise: a policy in the version it had, or nobody but ourselves."""

    policy_id: int | None = None
    version: int = 0
    steps: Sequence[Mapping[str, Any]] = ()  # what is to be done while the clock runs


def wound(
    change: Change, promise: Promise, stretches: Sequence[Stretch], source: Source, time: Time
) -> tuple[Columns, timing.Reading]:
    """What a clock holds that has run like this and counts this time, and what it shows."""
    began, runs = stretches[0].start, stretches[-1].end is None
    reading = timing.read(time, stretches, timedelta(seconds=promise.seconds))
    columns: Columns = {
        "policy_id": source.policy_id,
        "policy_version": source.version,
        "steps": [dict(one) for one in source.steps],
        "started_at": began,
        "state": (State.RUNNING if runs else State.PAUSED).value,
        **counting(change, promise),
        **showing(reading, runs=runs),
    }
    return columns, reading


def counting(change: Change, promise: Promise) -> Columns:
    """How long, and in which hours."""
    calendar = calendar_of(change, promise.calendar_id) if promise.business else None
    return {
        "target_seconds": promise.seconds,
        "calendar_id": promise.calendar_id,
        "calendar_version": 0 if calendar is None else calendar.version,
        "business": promise.business,
    }


def showing(reading: timing.Reading, *, runs: bool) -> Columns:
    return {
        "elapsed_seconds": reading.elapsed.total_seconds(),
        "since": reading.since,
        "due_at": reading.due if runs else None,
        "warn_at": reading.warn if runs else None,
    }


def time_of(change: Change, slices: Slices, *, business: bool, since: datetime) -> Time:
    """What a promise counts, from then on: each part of its time in the hours that held then."""
    if not business:
        return EVERY_HOUR
    times = [_hours_of(calendar_of(change, one), since) for _, one in slices]
    until = [began for began, _ in slices[1:]]
    return times[0] if not until else Sliced(times[-1], list(zip(until, times[:-1], strict=True)))


def time_ahead(change: Change, clock: SlaClock) -> Time:
    """What it counts since it last went on, or since the hours of now hold for it."""
    since = clock.since
    return time_of(change, ((since, clock.calendar_id),), business=clock.business, since=since)


def calendar_of(change: Change, calendar_id: int | None) -> Calendar | None:
    """Also one that is gone by now: what passed in its hours still counts in them."""
    if calendar_id is None:
        return None
    return change.find(Calendar, calendar_id) or recall(change).calendar_that_was(calendar_id)


def _hours_of(calendar: Calendar | None, since: datetime) -> Time:
    return EVERY_HOUR if calendar is None else timetable(calendar.hours, calendar.hours_before(since=since))
