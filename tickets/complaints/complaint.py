"""A complaint: what it is about, what the customer wants, when they were told that we look into it, what we decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from tickets.moment import Moment


class Outcome(StrEnum):
    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"


class Complaint(SQLModel, table=True):
    """What a ticket of this kind has besides: its words and files stand on the timeline."""

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    client_id: str = Field(unique=True)  # the key of the form that it was filed with
    category: str  # its key
    wanted: str = Field(default="", sa_column=Column(Text, nullable=False))
    reference: str = ""  # an order or a policy, as the customer calls it
    filed_at: datetime = Field(sa_type=Moment)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    outcome: str = ""  # empty: not decided yet
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    answer_id: int | None = None  # the message that told the customer the reason
