"""What a clock holds by what was promised and when it ran: worked out at once, for one starts with many messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from routing.hours import Calendar
from routing.sla import timing
from routing.sla.choosing import Promise
from routing.sla.metrics import State
from routing.sla.timing import EVERY_HOUR, Stretch, Time, Timetable
from tickets.change import Change

Columns = dict[str, Any]  # of a clock


class Source(NamedTuple):
    """Who made the promise: a policy in the version it had, or nobody but ourselves."""

    policy_id: int | None = None
    version: int = 0
    steps: Sequence[Mapping[str, Any]] = ()  # what is to be done while the clock runs


def wound(
    change: Change, promise: Promise, stretches: Sequence[Stretch], source: Source
) -> tuple[Columns, timing.Reading]:
    """What a clock holds that has run like this, and what it shows."""
    calendar, began, runs = calendar_of(change, promise.calendar_id), stretches[0].start, stretches[-1].end is None
    reading = timing.read(hours_of(calendar, began), stretches, timedelta(seconds=promise.seconds))
    columns: Columns = {
        "policy_id": source.policy_id,
        "policy_version": source.version,
        "steps": [dict(one) for one in source.steps],
        "started_at": began,
        "state": (State.RUNNING if runs else State.PAUSED).value,
        **counting(promise, calendar),
        **showing(reading, runs=runs),
    }
    return columns, reading


def counting(promise: Promise, calendar: Calendar | None) -> Columns:
    """How long, and in which hours."""
    return {
        "target_seconds": promise.seconds,
        "calendar_id": None if calendar is None else calendar.id,
        "calendar_version": 0 if calendar is None else calendar.version,
        "business": calendar is not None,
    }


def showing(reading: timing.Reading, *, runs: bool) -> Columns:
    return {
        "elapsed_seconds": reading.elapsed.total_seconds(),
        "since": reading.since,
        "due_at": reading.due if runs else None,
        "warn_at": reading.warn if runs else None,
    }


def hours_of(calendar: Calendar | None, since: datetime) -> Time:
    return EVERY_HOUR if calendar is None else Timetable(calendar.hours, calendar.hours_before(since=since))


def calendar_of(change: Change, calendar_id: int | None) -> Calendar | None:
    return None if calendar_id is None else change.find(Calendar, calendar_id)
