"""What happened to each clock, in order: rows are only ever added, and its state follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from routing.sla.clock import SlaClock
from routing.sla.metrics import State
from routing.sla.slices import Slices, again, turned
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
    __table_args__ = (Index("ix_sla_entry_clock", "clock_id", "id"),)

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


@dataclass(frozen=True)
class Folded:
    """A clock as its entries tell it: nothing of it is known from elsewhere. `target` is in seconds.

    `slices`: empty where older entries, of a promise that counts every hour, do not say which hours held.
    """

    state: State = State.RUNNING
    stretches: tuple[Stretch, ...] = ()
    target: float = 0.0
    slices: Slices = ()
    breached_at: datetime | None = None
    ended_at: datetime | None = None


def fold(entries: Iterable[SlaEntry]) -> Folded:
    """All entries of one clock, in the order in which they were noted."""
    found = Folded()
    for entry in entries:
        found = _then(found, entry)
    return found


def _then(was: Folded, entry: SlaEntry) -> Folded:
    at, target = entry.at, float(entry.facts.get("after", {}).get("seconds", was.target))
    match Entry(entry.kind):
        case Entry.ACTIVATE:
            slices = _slices(was, entry)
            stretches = (Stretch(at),)
            return replace(was, state=State.RUNNING, stretches=stretches, target=target, slices=slices, ended_at=None)
        case Entry.RESUME:
            return replace(was, state=State.RUNNING, stretches=(*was.stretches, Stretch(at)), ended_at=None)
        case Entry.PAUSE:
            return replace(was, state=State.PAUSED, stretches=_stopped(was.stretches, at))
        case Entry.FULFIL:
            return replace(was, state=State.MET, stretches=_stopped(was.stretches, at), ended_at=at)
        case Entry.CANCEL:
            return replace(was, state=State.CANCELLED, stretches=_stopped(was.stretches, at), ended_at=at)
        case Entry.RETARGET:
            return replace(was, target=target, slices=_slices(was, entry))
        case Entry.BREACH:
            return replace(was, breached_at=at)
        case Entry.WITHDRAW:
            return replace(was, breached_at=None)
    return was


def _slices(was: Folded, entry: SlaEntry) -> Slices:
    """Older entries name hours only where it counted in them, and then it had counted all its time in those."""
    after = entry.facts.get("after", {})
    if "calendar" not in after:
        return was.slices
    if "business" not in after:
        return () if after["calendar"] is None else ((entry.at, after["calendar"]),)
    if entry.kind == Entry.ACTIVATE:
        return again(was.slices, was.ended_at, entry.at, after["calendar"])
    return turned(was.slices, entry.at, after["calendar"])


def _stopped(stretches: tuple[Stretch, ...], at: datetime) -> tuple[Stretch, ...]:
    last = stretches[-1] if stretches else None
    return stretches if last is None or last.end is not None else (*stretches[:-1], Stretch(last.start, at))
