"""A customer's wish to be rung: which number, when, what became of each try, and how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from tickets.moment import Moment

_OPEN = text("state != 'done'")
_WAITS = text("state in ('scheduled', 'retry_wait')")


class State(StrEnum):
    """As in semantics.md part 4; offered and accepted are states of its offer and its ticket."""

    SCHEDULED = "scheduled"  # its window has not begun
    QUEUED = "queued"  # stands in line, or an agent has it
    RETRY_WAIT = "retry_wait"  # nobody answered; we try again
    DONE = "done"


class Callback(SQLModel, table=True):
    """The promise to ring between `start` and `end`. One that is not done for each number and queue."""

    __table_args__ = (
        Index("uq_callback_open", "queue_id", "phone", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_callback_due", "not_before", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_callback_phone", "phone"),
    )

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    queue_id: int = 0  # where it was asked for, also after its ticket moved; 0 where there was no queue
    phone: str  # E.164
    region: str = ""  # ISO 3166 country of the number; empty for numbers of no country
    zone: str = ""  # the customer's time zone, as their browser said
    page: str = ""  # the page on which they asked
    email: str = ""  # as told; where confirmations go
    start: datetime = Field(sa_type=Moment)
    end: datetime = Field(sa_type=Moment)
    not_before: datetime = Field(sa_type=Moment)  # when it joins the line (again)
    attempts: int = 0  # tries since the window was last chosen
    state: str = State.SCHEDULED.value
    outcome: str = ""  # how it ended; empty while it is open
    form_key: str = Field(unique=True)  # of the form it came by: the same form again is the same request
    asked_at: datetime = Field(sa_type=Moment)
    tried_at: datetime | None = Field(default=None, sa_type=Moment)  # the last time somebody dialled
