"""A chat that goes on by mail: when what the visitor has not read is sent after them, and what was sent so far."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from chat.events import AnswersDue
from tickets.change import Change
from tickets.moment import Moment

EVERY = timedelta(minutes=15)  # one mail at most in that time (semantics.md part 5)
MOST_ANSWERS = 10  # in one mail
_DUE = text("due_at is not null")


class Continuity(SQLModel, table=True):
    """One per chat of which anything was to be mailed. Neither the address nor the words stand here."""

    __table_args__ = (Index("ix_continuity_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),)

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    visitor_id: int = Field(foreign_key="visitor.id")  # who left
    address: str  # that they told
    due_at: datetime | None = Field(default=None, sa_type=Moment)  # something waits to be mailed then
    mailed_at: datetime | None = Field(default=None, sa_type=Moment)  # the last one
    mailed_seq: int = 0  # up to which everything was
    mail_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # their Message-IDs

    def expect(self, change: Change, at: datetime | None) -> None:
        """What waits is mailed then; None: nothing waits."""
        if self.due_at != at:
            self.due_at = at
            change.record(AnswersDue(ticket=self.ticket_id, due=at))


def stop(change: Change, ticket_id: int | None) -> None:
    """They are back and read it here."""
    found = change.find(Continuity, ticket_id) if ticket_id is not None else None
    if found is not None:
        found.expect(change, None)
