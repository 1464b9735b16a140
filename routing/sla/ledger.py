"""What happened to each clock, in order: rows are only ever added, and its state follows from them."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, col, select

from routing.sla.clock import SlaClock
from routing.sla.timing import Stretch
from tickets.change import Change
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
    STEP = "step"  # a step of its policy was taken; `facts` holds which
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


def note(change: Change, clock: SlaClock, kind: Entry, *, at: datetime | None = None, **facts: Any) -> None:
    """Write down what happened to a clock: now, or at the instant at which it took effect."""
    change.append(
        SlaEntry(
            id=change.new_id(),
            ticket_id=clock.ticket_id,
            clock_id=clock.id,
            metric=clock.metric,
            kind=kind.value,
            at=at or change.now,
            noted_at=change.now,
            facts=facts,
        )
    )


def was_noted(change: Change, clock: SlaClock, kind: Entry, *, at: datetime) -> bool:
    """The ledger tells of it already, for this instant."""
    mine = select(SlaEntry.id).where(SlaEntry.clock_id == clock.id, SlaEntry.kind == kind.value, SlaEntry.at == at)
    return bool(change.peek(SlaEntry, mine.limit(1)))


def stretches_of(change: Change, clock: SlaClock) -> list[Stretch]:
    """When it ran since it was last activated, oldest first: what its entries add up to."""
    mine = select(SlaEntry).where(SlaEntry.clock_id == clock.id)
    return folded(change.rows(mine.order_by(col(SlaEntry.noted_at), col(SlaEntry.id))))


def folded(entries: Iterable[SlaEntry]) -> list[Stretch]:
    """The stretches that the entries of one clock tell of."""
    found: list[Stretch] = []
    for entry in entries:
        if entry.kind == Entry.ACTIVATE:
            found = [Stretch(entry.at)]
        elif entry.kind == Entry.RESUME:
            found.append(Stretch(entry.at))
        elif entry.kind in {Entry.PAUSE, Entry.FULFIL, Entry.CANCEL} and found and found[-1].end is None:
            found[-1] = Stretch(found[-1].start, entry.at)
    return found
