"""What screens ask: the clocks of a ticket, what happened to them, and how many promises were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import Session, col, select

from routing.sla.clock import SlaClock, State
from routing.sla.ledger import SlaEntry
from tickets.ticket import Ticket


def clocks_of(session: Session, ticket_id: int) -> Sequence[SlaClock]:
    """All clocks of a ticket: those that run, nearest due first; the paused; then the ended ones, newest first."""
    found = session.exec(select(SlaClock).where(SlaClock.ticket_id == ticket_id)).all()
    return sorted(found, key=_in_order)


def entries_of(session: Session, ticket_id: int) -> Sequence[SlaEntry]:
    """What happened to the clocks of a ticket, oldest first."""
    mine = select(SlaEntry).where(SlaEntry.ticket_id == ticket_id)
    return session.exec(mine.order_by(col(SlaEntry.noted_at), col(SlaEntry.id))).all()


@dataclass(frozen=True)
class Kept:
    """Promises of one metric on tickets that are in this queue now: those that ended in time, and those that broke."""

    queue_id: int | None
    metric: str
    met: int
    breached: int


def figures(session: Session, since: datetime, now: datetime) -> Sequence[Kept]:
    """Met counts when it was met, broken when it was due (semantics.md part 8). What was cancelled counts neither way.

    From `since` to before `now`; what was broken and withdrawn is not broken.
    """
    met = and_(_within(SlaClock.ended_at, since, now), col(SlaClock.breached_at).is_(None))
    broken = _within(SlaClock.breached_at, since, now)
    counts = func.sum(case((met, 1), else_=0)), func.sum(case((broken, 1), else_=0))
    counted = (
        select(Ticket.queue_id, SlaClock.metric, *counts)
        .join(Ticket, col(Ticket.id) == SlaClock.ticket_id)
        .where(or_(met, broken), col(SlaClock.state) != State.CANCELLED.value)
        .group_by(col(Ticket.queue_id), col(SlaClock.metric))
    )
    return [Kept(*found) for found in session.execute(counted.order_by(col(Ticket.queue_id), col(SlaClock.metric)))]


def _within(moment: datetime | None, since: datetime, now: datetime) -> ColumnElement[bool]:
    return and_(col(moment) >= since, col(moment) < now)


def _in_order(clock: SlaClock) -> tuple[int, float, int]:
    if clock.ended_at is not None:
        return 2, -clock.ended_at.timestamp(), -clock.id
    return int(clock.state == State.PAUSED), 0.0 if clock.due_at is None else clock.due_at.timestamp(), clock.id
