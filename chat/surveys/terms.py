"""Whose customers are asked how it was, how long after their matter was settled, and how often at most."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, select

from chat.events import SurveyTermsChanged
from routing.queues import Queue
from tickets.change import Change
from tickets.errors import Refused

USUAL = {"delay_hours": 24, "every_days": 30}
BOUNDS: Mapping[str, tuple[int, int]] = {"delay_hours": (0, 720), "every_days": (1, 365)}
"""The least and the most that each may be."""


class SurveyTerms(SQLModel, table=True):
    """One row, or none: nobody is asked before an admin has named a queue."""

    __tablename__ = "survey_terms"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    queues: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # by id
    delay_hours: int = USUAL["delay_hours"]  # from the resolution to the letter
    every_days: int = USUAL["every_days"]  # in which an address gets one at most

    @property
    def delay(self) -> timedelta:
        return timedelta(hours=self.delay_hours)

    @property
    def every(self) -> timedelta:
        return timedelta(days=self.every_days)


_TERMS = select(SurveyTerms)
_ONLY = 1  # the id of the row


def terms_of(asked: Session | Change) -> SurveyTerms:
    """As an admin left them."""
    found = asked.exec(_TERMS).first() if isinstance(asked, Session) else _known(asked)
    return found or SurveyTerms(id=_ONLY)


def set_terms(change: Change, *, queues: Collection[int], delay_hours: int, every_days: int) -> None:
    """An admin's word. Refused names the field."""
    for field, value in (("delay_hours", delay_hours), ("every_days", every_days)):
        least, most = BOUNDS[field]
        if not least <= value <= most:
            raise Refused("Write a whole number from {least} to {most}.", field=field, least=least, most=most)
    wanted = sorted({change.take(Queue, queue).id for queue in queues})
    row = change.find(SurveyTerms, _ONLY) or change.add(SurveyTerms(id=_ONLY))
    if (row.queues, row.delay_hours, row.every_days) != (wanted, delay_hours, every_days):
        row.queues, row.delay_hours, row.every_days = wanted, delay_hours, every_days
        change.record(SurveyTermsChanged())


def _known(change: Change) -> SurveyTerms | None:
    return next(iter(change.peek_once(SurveyTerms, _TERMS)), None)
