"""What a queue promises to those who want to be rung: from which wait on, how many in a window, how often, how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Field, Session, SQLModel

from routing.calendars import BusinessCalendar
from routing.callbacks.events import CallbackTermsChanged
from routing.callbacks.slots import ALWAYS
from routing.hours import Calendar
from routing.queues import Queue
from tickets.change import Change
from tickets.errors import Refused
from tickets.plain import Row, seen
from tickets.rules import Rules

OFFER_ABOVE, CLOSING, OWNER, EXPIRE = 10, 30, 60, 48  # minutes, minutes, minutes, hours: where nobody says otherwise
BOUNDS: Mapping[str, tuple[int, int]] = {
    "offer_above_minutes": (1, 1440),
    "closing_minutes": (0, 1440),
    "per_window": (1, 10_000),
    "most_waiting": (1, 100_000),
    "tries": (1, 20),
    "no_answer_minutes": (1, 10_080),
    "busy_minutes": (1, 10_080),
    "failed_minutes": (1, 10_080),
    "owner_minutes": (0, 10_080),
    "expire_hours": (1, 720),
}
"""The least and the most that each may be."""


class CallbackTerms(SQLModel, table=True):
    """What an admin said for one queue; None: as everywhere. Without a row all is as everywhere."""

    __tablename__ = "callback_terms"

    queue_id: int = Field(primary_key=True, foreign_key="queue.id", sa_column_kwargs={"autoincrement": False})
    offer_above_minutes: int | None = None  # who may wait longer in a chat is offered a call
    closing_minutes: int | None = None  # and everybody, where the queue closes within so many
    per_window: int | None = None  # calls that are promised for one window; None: any number
    most_waiting: int | None = None  # open requests of the queue; None: any number
    tries: int | None = None
    no_answer_minutes: int | None = None  # until the next try
    busy_minutes: int | None = None
    failed_minutes: int | None = None  # the line broke, or the number could not be reached from here
    owner_minutes: int | None = None  # how long who rang last is asked first
    expire_hours: int | None = None  # after the window, until a request that nobody could serve ends


@dataclass(frozen=True)
class Terms:
    """The same with nothing left open, but for what has no limit."""

    offer_above: timedelta
    closing: timedelta
    per_window: int | None
    most_waiting: int | None
    tries: int
    gaps: Mapping[str, timedelta]  # by the outcome of a try: until the next one
    owner: timedelta
    expire: timedelta


def terms_of(asked: Session | Change, queue_id: int | None, rules: Rules) -> Terms:
    """By which this queue goes."""
    row = said_of(asked, queue_id)

    def minutes(said: int | None, usual: float) -> timedelta:
        return timedelta(minutes=usual if said is None else said)

    return Terms(
        offer_above=minutes(row.offer_above_minutes, OFFER_ABOVE),
        closing=minutes(row.closing_minutes, CLOSING),
        per_window=row.per_window,
        most_waiting=row.most_waiting,
        tries=row.tries or rules.call_tries,
        gaps={
            "no_answer": minutes(row.no_answer_minutes, rules.no_answer_seconds / 60),
            "busy": minutes(row.busy_minutes, rules.busy_seconds / 60),
            "failed": minutes(row.failed_minutes, rules.busy_seconds / 60),
        },
        owner=minutes(row.owner_minutes, OWNER),
        expire=timedelta(hours=row.expire_hours or EXPIRE),
    )


def said_of(asked: Session | Change, queue_id: int | None) -> CallbackTerms:
    """What was said for this queue and no other; all empty where nothing was."""
    return (found(asked, CallbackTerms, queue_id) if queue_id else None) or CallbackTerms(queue_id=0)


def hours_of(asked: Session | Change, queue_id: int | None) -> BusinessCalendar:
    """When it is open; a queue without a calendar always is."""
    queue = found(asked, Queue, queue_id) if queue_id else None
    calendar_id = queue.calendar_id if queue is not None else None
    calendar = found(asked, Calendar, calendar_id) if calendar_id is not None else None
    return calendar.hours if calendar is not None else ALWAYS


def found(asked: Session | Change, table: type[Row], id: int) -> Row | None:
    """The row of this number: to change it, or to look at it."""
    return seen(asked, table, id) if isinstance(asked, Session) else asked.find(table, id)


# Verbs


def set_terms(change: Change, queue_id: int, **said: int | None) -> None:
    """An admin's word for one queue; None for what is as everywhere. Refused names the field."""
    queue = change.take(Queue, queue_id)
    for name, value in said.items():
        least, most = BOUNDS[name]
        if value is not None and not least <= value <= most:
            raise Refused("Write a whole number from {least} to {most}.", field=name, least=least, most=most)
    row = change.find(CallbackTerms, queue.id) or change.add(CallbackTerms(queue_id=queue.id))
    if {name: getattr(row, name) for name in said} != said:
        for name, value in said.items():
            setattr(row, name, value)
        change.record(CallbackTermsChanged(queue=queue.id))
