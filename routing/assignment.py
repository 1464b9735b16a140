"""One stay of a ticket in an agent's hands: since when, how much it weighs, and what is written down after it."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from routing.medium import Medium
from tickets.moment import Moment
from tickets.table import Swift

_OPEN = text("ended_at is null")
_SILENT, _WRAPS = text("silent_due is not null"), text("wrap_due is not null")


class Assignment(Swift, table=True):
    """One stay of a ticket in an agent's hands. A ticket has at most one that has not ended."""

    __table_args__ = (
        Index("uq_assignment_open", "ticket_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_assignment_agent_open", "agent_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_assignment_talk", "queue_id", "talk_ended_at"),
        Index("ix_assignment_offer", "offer_id"),
        Index("ix_assignment_silent_due", "silent_due", sqlite_where=_SILENT, postgresql_where=_SILENT),
        Index("ix_assignment_wrap_due", "wrap_due", sqlite_where=_WRAPS, postgresql_where=_WRAPS),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    agent_id: int = Field(foreign_key="agent.id")
    queue_id: int | None = None  # where the ticket was then
    offer_id: int | None = None  # by which they took it
    weight: int
    live: bool  # somebody waits at the other end
    by_hand: bool
    over: bool = False  # the agent held more than the pool when this came or grew
    since: datetime = Field(sa_type=Moment)
    medium: str = Medium.TICKET.value  # what it is now, or was to its end
    silent_due: datetime | None = Field(default=None, sa_type=Moment)  # when to look whether the customer still writes
    wrap_weight: int = 0  # the room that is kept while the agent writes down what was said
    wrap_due: datetime | None = Field(default=None, sa_type=Moment)  # at most until then
    talk_ended_at: datetime | None = Field(default=None, sa_type=Moment)  # when they ceased to wait
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    asks: str = ""  # as what it weighs on its agent just now; empty while it waits for others, sleeps or is silent
    asks_since: datetime | None = Field(default=None, sa_type=Moment)
    wraps: str = ""  # as what it was said that they write down
    wrap_since: datetime | None = Field(default=None, sa_type=Moment)
