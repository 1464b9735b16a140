"""What a complaint can be about, and how urgent that makes it."""

from __future__ import annotations

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from tickets.status import Priority


class ComplaintCategory(SQLModel, table=True):
    """`key` stands in placing rules and policies and never changes; `names` is {language: text}."""

    __tablename__ = "complaint_category"

    key: str = Field(primary_key=True)
    names: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    priority: str = Priority.NORMAL.value
    position: int
    active: bool = True
