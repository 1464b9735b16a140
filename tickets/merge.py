"""A ticket that was merged: into which other, and who waited in it for an answer."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from tickets.moment import Moment


class Merge(SQLModel, table=True):
    """One per ticket that was merged, as long as it is. Its messages stay where they were written."""

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    target_id: int = Field(foreign_key="ticket.id", index=True)
    at: datetime = Field(sa_type=Moment)
    by: str
    since: datetime | None = Field(default=None, sa_type=Moment)  # the oldest question that was open in it
