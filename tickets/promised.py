"""What every list and every chip needs to know of a ticket's promises, kept beside what they are about."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from tickets.moment import Moment
from tickets.table import Swift


class Promised(Swift):
    """The nearest promise of a ticket, as routing/sla writes it down in the change that makes it so.

    A promise that was broken and still runs is the nearest: its `sla_due_at` lies in the past.
    """

    sla_due_at: datetime | None = Field(default=None, sa_type=Moment)  # None: nothing runs, or all of it is paused
    sla_warn_at: datetime | None = Field(default=None, sa_type=Moment)
    sla_metric: str = ""  # of the nearest clock, or of a paused one where none runs; empty: no clock
    sla_paused: bool = False  # there are clocks, and none of them runs
    sla_warned: bool = False  # some clock's warning time has passed, or it is broken
    sla_breached: bool = False  # some clock that has not ended is broken
    sla_policy_id: int | None = None
    sla_policy_version: int = 0
    sla_applied_at: datetime | None = Field(default=None, sa_type=Moment)
    sla_cycle: int = 0  # turns of the conversation so far: 1 the first reply, 2 and on the next ones
    sla_settled: bool = False  # since our last word to the customer: news of it is promised anew from the next one on
    sla_clocks: dict[str, int] = Field(default_factory=dict, sa_type=JSON)  # clocks that have not ended, by metric
