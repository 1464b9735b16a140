"""Why each ticket waited, as it was written before lines had records (routing.explained): kept, and read by nobody.

A process of an earlier version that runs beside this one still writes it, until it is replaced.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from tickets.moment import Moment
from tickets.table import Swift


class Look(Swift, table=True):
    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Moment)
    next_at: datetime | None = Field(default=None, sa_type=Moment)
    found: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    earlier: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
