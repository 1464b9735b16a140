"""Which promises we make: an ordered list of policies, of which the first that fits a ticket holds for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from tickets.moment import Moment

_DUE = text("apply_due is not null")


class SlaPolicy(SQLModel, table=True):
    """`targets`: {metric: {priority: {"minutes": n, "business": bool}}}; what is left out is not promised.

    Empty channels, queues or categories mean any. Every edit raises `version`; tickets pick it up when next touched.
    """

    __tablename__ = "sla_policy"
    __table_args__ = (Index("ix_sla_policy_apply", "apply_due", sqlite_where=_DUE, postgresql_where=_DUE),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True)
    position: int
    version: int = 1
    active: bool = True
    channels: list[str] = Field(sa_column=Column(JSON, nullable=False))
    queues: list[int] = Field(sa_column=Column(JSON, nullable=False))
    categories: list[str] = Field(sa_column=Column(JSON, nullable=False))
    targets: dict[str, dict[str, dict[str, Any]]] = Field(sa_column=Column(JSON, nullable=False))
    calendar_id: int | None = Field(default=None, foreign_key="calendar.id")  # None: the calendar of the queue
    pause: bool = True  # resolution pauses while the ticket is pending or on hold
    apply_due: datetime | None = Field(default=None, sa_type=Moment)  # open tickets are being gone through
    apply_after: int = 0  # the id of the last one
