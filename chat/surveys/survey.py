"""The letter that asks how a matter was dealt with: when it is due, when it went, and until when it can be answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from tickets.moment import Moment
from tickets.seals import Seals

LINK = "survey"  # what the customer's link is sealed for
OPEN = timedelta(days=30)  # in which an answer is taken, and may become another
LINK_HOLDS = timedelta(days=365)  # after that: until then it opens a page that says that it is over
_DUE, _ASKED = text("due_at is not null"), text("asked_at is not null")


class Survey(SQLModel, table=True):
    """One per ticket after which somebody is asked. The answer is the ticket's rating."""

    __table_args__ = (
        Index("ix_survey_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_survey_asked", "asked_at", sqlite_where=_ASKED, postgresql_where=_ASKED),
        Index("ix_survey_address", "address", "asked_at", sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    due_at: datetime | None = Field(default=None, sa_type=Moment)  # the letter goes then, if nothing stands against it
    asked_at: datetime | None = Field(default=None, sa_type=Moment)
    closes_at: datetime | None = Field(default=None, sa_type=Moment)
    address: str = ""  # that was asked, in lower case

    def went(self, address: str, at: datetime) -> None:
        """It was written, to this address."""
        self.due_at, self.asked_at, self.closes_at, self.address = None, at, at + OPEN, address.lower()

    def closed(self, now: datetime) -> bool:
        return self.closes_at is None or self.closes_at <= now


def path(seals: Seals, ticket_id: int, now: datetime) -> str:
    """Where whoever is asked now answers: the link names the ticket and tells nothing else of it."""
    return f"/survey/{seals.token(LINK, ticket_id, now + OPEN + LINK_HOLDS)}"


def ticket_of_link(seals: Seals, token: str, now: datetime) -> int | None:
    """The ticket that this link was made for, if this desk made it and it is still good."""
    return seals.opened(LINK, token, now)
