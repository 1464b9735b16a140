"""How long each piece of work asked something of its agent, and how long was written after it: kept as it happens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from routing.assignment import Assignment
from routing.medium import Medium
from tickets.change import Change
from tickets.moment import Moment
from tickets.table import AppendOnly


class WorkSpan(AppendOnly, table=True):
    """From `began_at` to `ended_at` this weighed on an agent: not while it waited for others, slept or was silent.

    `wraps`: what had been said in such a talk was written down. What still goes on stands on the assignment.
    """

    __tablename__ = "work_span"
    __table_args__ = (
        Index("ix_work_span_ended", "ended_at"),
        Index("ix_work_span_agent_ended", "agent_id", "ended_at"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    assignment_id: int = Field(foreign_key="assignment.id")
    agent_id: int
    ticket_id: int
    medium: str
    wraps: bool
    began_at: datetime = Field(sa_type=Moment)
    ended_at: datetime = Field(sa_type=Moment)


def follow(change: Change, one: Assignment) -> None:
    """It weighs something now, or nothing, or is of another medium than before."""
    asks = one.medium if one.weight > 0 and one.ended_at is None else ""
    if asks != one.asks:
        if one.asks and one.asks_since is not None:
            _write(change, one, one.asks, one.asks_since, wraps=False)
        one.asks, one.asks_since = asks, change.now if asks else None


def wrap(change: Change, one: Assignment, medium: Medium) -> None:
    """A talk of this medium is over, and is written down from now on."""
    if not one.wraps:
        one.wraps, one.wrap_since = medium.value, change.now


def wrapped(change: Change, one: Assignment) -> None:
    if one.wraps and one.wrap_since is not None:
        _write(change, one, one.wraps, one.wrap_since, wraps=True)
    one.wraps, one.wrap_since = "", None


def _write(change: Change, one: Assignment, medium: str, began: datetime, *, wraps: bool) -> None:
    if began < change.now:
        change.append(
            WorkSpan(
                id=change.new_id(),
                assignment_id=one.id,
                agent_id=one.agent_id,
                ticket_id=one.ticket_id,
                medium=medium,
                wraps=wraps,
                began_at=began,
                ended_at=change.now,
            )
        )
