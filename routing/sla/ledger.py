"""What happened to each clock, in order: rows are only ever added, and its state follows from them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from tickets.moment import Moment
from tickets.table import AppendOnly


class Entry(StrEnum):
    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    RETARGET = "retarget"  # `facts` holds the old and the new target, mode and due time
    WARN = "warn"
    BREACH = "breach"
    WITHDRAW = "withdraw"  # a breach that another target took back
    FULFIL = "fulfil"
    CANCEL = "cancel"


class SlaEntry(AppendOnly, table=True):
    """`at` is when it took effect, a breach at its due time; `noted_at` is when the desk wrote it down."""

    __tablename__ = "sla_entry"
    __table_args__ = (
        Index("ix_sla_entry_clock", "clock_id", "id"),
        Index("ix_sla_entry_ticket", "ticket_id", "id"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    clock_id: int
    metric: str
    kind: str
    at: datetime = Field(sa_type=Moment)
    noted_at: datetime = Field(sa_type=Moment)
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
