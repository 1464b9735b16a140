"""The desk's calendars as they are kept: named, and shared by queues."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, Session, SQLModel, func, select

from routing.calendars import BusinessCalendar, Span, Yearly, check_opens, checked
from routing.events import CalendarChanged
from routing.names import free_name
from tickets import former
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.moment import Moment, from_micros, to_micros

_ISO = len("2026-12-25")
_DUE = text("retime_due is not null")


class Calendar(SQLModel, table=True):
    """`week`: seven lists of [start, end] minutes, Monday first. `days`: such a list by ISO date, or by
    month and day ("12-25") for every year; empty: closed. `past`: all that it had before, oldest first.
    """

    __table_args__ = (Index("ix_calendar_retime", "retime_due", sqlite_where=_DUE, postgresql_where=_DUE),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True)
    zone: str
    week: list[list[list[int]]] = Field(sa_column=Column(JSON, nullable=False))
    days: dict[str, list[list[int]]] = Field(sa_column=Column(JSON, nullable=False))
    version: int = 1
    past: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    retime_due: datetime | None = Field(default=None, sa_type=Moment)  # running clocks still go by earlier hours

    @property
    def facts(self) -> dict[str, Any]:
        """All that promises go by, and what it is called: what is kept of it where it is removed."""
        return {name: getattr(self, name) for name in ("name", "zone", "week", "days", "version", "past")}

    @property
    def hours(self) -> BusinessCalendar:
        return _read(json.dumps([self.zone, self.week, self.days]))

    def hours_before(self, *, since: datetime) -> list[tuple[datetime, BusinessCalendar]]:
        """What it was until when, oldest first: time that has passed is measured by the hours of its day.

        Without what had ended by `since`: a clock that has run for a day reads the changes of that day, not of years.
        """
        return [
            (from_micros(was["until"]), _read(json.dumps([was["zone"], was["week"], was["days"]])))
            for was in self.past
            if was["until"] > to_micros(since)
        ]

    def set_hours(self, change: Change, hours: BusinessCalendar) -> None:
        """From now on. Refused where they would never be open again; hours that stay as they are run out unhindered."""
        kept = _kept(hours, known_zone=self.zone)
        before = {"zone": self.zone, "week": self.week, "days": self.days}
        if kept != before:
            check_opens(hours, change.now)
            self.past = [*self.past, {"until": to_micros(change.now), **before}]
            self.version, self.retime_due = self.version + 1, change.now
            self.zone, self.week, self.days = kept["zone"], kept["week"], kept["days"]
            change.record(CalendarChanged(calendar=self.id))

    def rename(self, change: Change, name: str) -> None:
        name = _free_name(change, name, but=self.id)
        if name != self.name:
            self.name = name
            change.record(CalendarChanged(calendar=self.id))

    def remove(self, change: Change) -> None:
        """Refused while anything is open by these hours, or a promise is counted in them."""
        places, clocks = _in_use(change, self.id)
        if places:
            raise Conflict("Queues, sites and policies with these hours: {n}. Give them others first.", n=places)
        if clocks:
            raise Conflict("Promises that are counted in these hours: {n}. They have to end first.", n=clocks)
        former.keep(change, Calendar, self.id, **self.facts)
        change.remove(self)
        change.record(CalendarChanged(calendar=self.id))


def add_calendar(change: Change, name: str, hours: BusinessCalendar) -> Calendar:
    kept = _kept(hours)
    check_opens(hours, change.now)
    calendar = change.add(Calendar(id=change.new_id(), name=_free_name(change, name), **kept))
    change.record(CalendarChanged(calendar=calendar.id))
    return calendar


def calendars(session: Session) -> Sequence[Calendar]:
    """By name."""
    return session.exec(select(Calendar).order_by(func.lower(Calendar.name))).all()


def _kept(hours: BusinessCalendar, *, known_zone: str = "") -> dict[str, Any]:
    hours = checked(hours, known_zone=known_zone)
    days = {day.isoformat(): [list(span) for span in spans] for day, spans in hours.special.items()}
    days |= {day.isoformat(): [] for day in hours.closed}
    days |= {f"{month:02}-{day:02}": [list(span) for span in spans] for (month, day), spans in hours.yearly.items()}
    week = [[list(span) for span in spans] for spans in hours.week]
    return {"zone": hours.zone, "week": week, "days": dict(sorted(days.items()))}


@lru_cache(maxsize=256)
def _read(kept: str) -> BusinessCalendar:
    """Read once, so that the weeks it has reckoned are known to the next who asks."""
    zone, week, by_day = json.loads(kept)
    days = {date.fromisoformat(day): _spans(spans) for day, spans in by_day.items() if len(day) == _ISO}
    yearly = {_yearly(day): _spans(spans) for day, spans in by_day.items() if len(day) != _ISO}
    return BusinessCalendar(
        zone,
        tuple(_spans(spans) for spans in week),
        closed=frozenset(day for day, spans in days.items() if not spans),
        special={day: spans for day, spans in days.items() if spans},
        yearly=yearly,
    )


def _in_use(change: Change, calendar_id: int) -> tuple[int, int]:
    """How many rows of any room name it: those that last, and of those that end the ones that have not ended and
    count in it."""
    places = clocks = 0
    for table in SQLModel.metadata.sorted_tables:
        if "calendar_id" in table.c:
            ends = "ended_at" in table.c
            unended = [table.c.ended_at.is_(None), table.c.business] if ends else []
            query = select(func.count()).select_from(table).where(table.c.calendar_id == calendar_id, *unended)
            found = change.one(query) or 0
            places, clocks = (places, clocks + found) if ends else (places + found, clocks)
    return places, clocks


def _yearly(day: str) -> Yearly:
    month, _, number = day.partition("-")
    return int(month), int(number)


def _spans(spans: list[list[int]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in spans)


def _free_name(change: Change, name: str, *, but: int | None = None) -> str:
    return free_name(
        change,
        Calendar,
        name,
        but=but,
        needed=Refused("A calendar needs a name.", field="name"),
        taken=lambda name: Conflict("There is already a calendar named {name}.", field="name", name=name),
    )
