"""How long each agent was in which state, and whether they could be reached then: written down as it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, or_, select

from routing.states import KEY
from tickets.change import Change
from tickets.moment import Moment

if TYPE_CHECKING:
    from routing.presence import Presence

_OPEN = text("ended_at is null")


class PresenceSpan(SQLModel, table=True):
    """From `began_at` to `ended_at` nothing about an agent's presence changed; None: it goes on.

    What they intended and whether they were connected stand apart, so that a report can sum either. `by` chose it.
    """

    __tablename__ = "presence_span"
    __table_args__ = (
        Index("uq_presence_span_open", "agent_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_presence_span_ended", "ended_at"),
    )

    agent_id: int = Field(primary_key=True, foreign_key="agent.id", sa_column_kwargs={"autoincrement": False})
    began_at: datetime = Field(primary_key=True, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    intent: str
    state_id: int | None = None  # the own state
    reason: str = ""
    connected: bool
    by: str


@dataclass(frozen=True)
class Spent:
    """So many seconds of one agent in one state, reachable or not."""

    agent_id: int
    intent: str
    state_id: int | None
    reason: str
    connected: bool
    seconds: float

    @property
    def key(self) -> str:
        """How a form names the state."""
        return self.intent if self.state_id is None else f"{KEY}{self.state_id}"


def turn(change: Change, presence: Presence) -> None:
    """What was so until now ends, and what is so from now on begins."""
    here = select(PresenceSpan).where(PresenceSpan.agent_id == presence.agent_id, col(PresenceSpan.ended_at).is_(None))
    before = change.one(here)
    said: dict[str, Any] = {
        "intent": presence.intent,
        "state_id": presence.state_id,
        "reason": presence.reason,
        "connected": presence.connected,
        "by": change.by,
    }
    if before is not None and before.began_at >= change.now:  # it never was so
        for name, value in said.items():
            setattr(before, name, value)
    else:
        if before is not None:
            before.ended_at = change.now
            change.write()
        change.add(PresenceSpan(agent_id=presence.agent_id, began_at=change.now, **said))


def spent(session: Session, start: datetime, end: datetime) -> Sequence[Spent]:
    """What each agent did between `start` and `end`, the longest first; what still goes on counts until `end`."""
    within = select(PresenceSpan).where(
        PresenceSpan.began_at < end, or_(col(PresenceSpan.ended_at).is_(None), col(PresenceSpan.ended_at) > start)
    )
    sums: dict[tuple[int, str, int | None, str, bool], float] = {}
    for one in session.exec(within):
        lasted = (min(one.ended_at or end, end) - max(one.began_at, start)).total_seconds()
        key = (one.agent_id, one.intent, one.state_id, one.reason, one.connected)
        sums[key] = sums.get(key, 0.0) + lasted
    return sorted((Spent(*key, seconds) for key, seconds in sums.items()), key=lambda one: (one.agent_id, -one.seconds))
