"""One running instance of a promise: since when, how long it has run, and when it is due."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from routing.sla.metrics import State
from tickets.moment import Moment
from tickets.table import Swift
from tickets.ticket import Ticket

_RUNS = text("due_at is not null and breached_at is null and ended_at is null")
_WARNS = text("warn_at is not null and warned_at is null and breached_at is null and ended_at is null")
_STEPS = text("step_at is not null")
_UNENDED = text("ended_at is null")
_ENDED = text("ended_at is not null")
_BROKEN = text("breached_at is not null")


class SlaClock(Swift, table=True):
    """`due_at` is the instant at which it has run for its target; a broken clock keeps its due time, and runs on.

    `elapsed_seconds` is what it ran until `since`, in business time where `business` is set. `calendar_id` names the
    hours that hold for it now, also where it counts every hour: which held before, its ledger tells. Paused, or with
    no end in sight within two years, it has no due time.
    """

    __tablename__ = "sla_clock"
    __table_args__ = (
        UniqueConstraint("ticket_id", "metric", "cycle", name="uq_sla_clock"),
        Index("ix_sla_clock_due", "due_at", sqlite_where=_RUNS, postgresql_where=_RUNS),
        Index("ix_sla_clock_warn", "warn_at", sqlite_where=_WARNS, postgresql_where=_WARNS),
        Index("ix_sla_clock_step", "step_at", sqlite_where=_STEPS, postgresql_where=_STEPS),
        Index("ix_sla_clock_calendar", "calendar_id", "id", sqlite_where=_UNENDED, postgresql_where=_UNENDED),
        Index("ix_sla_clock_ended", "ended_at", sqlite_where=_ENDED, postgresql_where=_ENDED),
        Index("ix_sla_clock_breached", "breached_at", sqlite_where=_BROKEN, postgresql_where=_BROKEN),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    metric: str
    cycle: int = 1  # of this metric on this ticket; first and next replies count together
    queue_id: int | None = None  # whose promise it is, where a queue made it to others
    policy_id: int | None = None  # None: promised to the customer directly, as a callback window is
    policy_version: int = 0
    state: str = State.RUNNING.value
    started_at: datetime = Field(sa_type=Moment)
    target_seconds: float
    business: bool = False
    calendar_id: int | None = None
    calendar_version: int = 0
    elapsed_seconds: float = 0.0
    since: datetime = Field(sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    warn_at: datetime | None = Field(default=None, sa_type=Moment)
    warned_at: datetime | None = Field(default=None, sa_type=Moment)  # exactly its `warn_at`
    breached_at: datetime | None = Field(default=None, sa_type=Moment)  # exactly its due time
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # of its policy, as they were then
    taken: list[str] = Field(default_factory=list, sa_type=JSON)  # those of them that were taken, by their keys
    step_at: datetime | None = Field(default=None, sa_type=Moment)  # when the next one is
    ended_at: datetime | None = Field(default=None, sa_type=Moment)

    @staticmethod
    def beside(ticket: Ticket) -> Collection[int]:
        """Those of a ticket that have not ended; read at once for all tickets of a batch (tickets.batch)."""
        return ticket.sla_clocks.values()
