"""What each agent intends (available, away, offline), and whether their console can be reached."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, bindparam, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from routing import line
from routing.events import PresenceChanged
from tickets.change import Change
from tickets.moment import Moment
from tickets.people import Agent
from tickets.plain import Beside, Plain, plain
from tickets.text import one_line
from tickets.ticket import Ticket

LONGEST_REASON = 40
_DUE = text("lost_due is not null")
MISSED = "missed"  # the reason of who is away because an offer rang unanswered
GONE = "agent gone"  # why a ticket was released


class Intent(StrEnum):
    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


class Presence(SQLModel, table=True):
    """Available is who intends it and is connected. `idle_since`: since when nothing was given to or ended by them."""

    __table_args__ = (Index("ix_presence_lost_due", "lost_due", sqlite_where=_DUE, postgresql_where=_DUE),)

    agent_id: int = Field(primary_key=True, foreign_key="agent.id", sa_column_kwargs={"autoincrement": False})
    intent: str = Intent.AWAY.value
    reason: str = ""  # lunch, training; "missed" after an unanswered offer
    since: datetime = Field(sa_type=Moment)  # in this state
    connected: bool = False
    seen_at: datetime = Field(sa_type=Moment)
    lost_due: datetime | None = Field(default=None, sa_type=Moment)  # when a silent agent is given up
    idle_since: datetime = Field(sa_type=Moment)

    @property
    def available(self) -> bool:
        return self.connected and self.intent == Intent.AVAILABLE

    def turn(self, change: Change, *, intent: Intent, reason: str = "", connected: bool | None = None) -> None:
        """Into another state; nothing happens where it is the same."""
        reason = one_line(reason, LONGEST_REASON)
        connected = self.connected if connected is None else connected
        if (intent.value, reason, connected) != (self.intent, self.reason, self.connected):
            was_available = self.available
            self.intent, self.reason, self.connected, self.since = intent.value, reason, connected, change.now
            if self.available and not was_available:
                self.idle_since = change.now
            change.record(PresenceChanged(agent=self.agent_id, intent=self.intent, connected=connected))

    def touch(self, change: Change) -> None:
        """Something was given to them, or ended: their idle time begins anew."""
        self.idle_since = change.now


def of(change: Change, agent_id: int) -> Presence:
    """The agent's presence, to change it; made where there is none."""
    found = change.find(Presence, agent_id)
    if found is None:
        agent = change.take(Agent, agent_id)
        found = change.add(Presence(agent_id=agent.id, since=change.now, seen_at=change.now, idle_since=change.now))
    return found


# Verbs


def set_intent(change: Change, agent_id: int, intent: Intent, reason: str = "") -> None:
    """What the agent chose. It holds over reloads and lost connections, until they choose again."""
    of(change, agent_id).turn(change, intent=intent, reason="" if intent is Intent.AVAILABLE else reason)


def miss(change: Change, agent_id: int) -> None:
    """An offer rang until its end: the agent is away until they say otherwise (semantics.md part 3)."""
    of(change, agent_id).turn(change, intent=Intent.AWAY, reason=MISSED)


def came(change: Change, agent_id: int) -> None:
    """Their first console connected, or was heard again after it had been given up."""
    presence = of(change, agent_id)
    presence.seen_at, presence.lost_due = change.now, _given_up_at(change)
    presence.turn(change, intent=Intent(presence.intent), reason=presence.reason, connected=True)


def seen(change: Change, agent_ids: Collection[int]) -> None:
    """These agents' consoles are alive. A heartbeat is not history: no event, unless one had been given up."""
    known = col(Presence.agent_id).in_(agent_ids)
    alive = {"seen_at": change.now, "lost_due": _given_up_at(change)}
    change.claim(update(Presence).where(known, col(Presence.connected)).values(alive))
    for agent_id in change.rows(select(Presence.agent_id).where(known, col(Presence.connected).is_(False))):
        came(change, agent_id)


def lost(change: Change, agent_id: int) -> None:
    """Nothing was heard from the agent for too long: who waits for them live goes back to the queue, at its old age.

    Work that nobody waits for stays. Does nothing when the agent was heard again meanwhile.
    """
    silent = update(Presence).where(col(Presence.agent_id) == agent_id, col(Presence.lost_due) <= change.now)
    if change.claim(silent.values(lost_due=None)) == 1:
        presence = of(change, agent_id)
        _disconnect(change, presence, Intent(presence.intent), presence.reason)


def dismissed(change: Change, agent_id: int) -> None:
    """The agent no longer works here."""
    presence = change.find(Presence, agent_id)
    if presence is not None:
        presence.lost_due = None
        _disconnect(change, presence, Intent.OFFLINE, "")


# What others ask


def presences(session: Session) -> Sequence[tuple[Agent, Presence | None]]:
    """Everyone who works here, by name, with their presence where they ever had one."""
    return [(agent, presence) for agent, presence in _EVERYONE.all(session)]


def presence_of(session: Session, agent_id: int) -> Presence | None:
    return _ONE.first(session, agent=agent_id)


_EVERYONE = Beside(
    plain(Agent, Presence)
    .outerjoin(Presence, col(Presence.agent_id) == Agent.id)
    .where(col(Agent.active))
    .order_by(col(Agent.name)),
    Agent,
    Presence,
)
_ONE = Plain(Presence, plain(Presence).where(col(Presence.agent_id) == bindparam("agent")))


def silent(session: Session, now: datetime) -> Sequence[int]:
    """Agents of whom nothing was heard for so long that they are given up."""
    return session.exec(select(Presence.agent_id).where(col(Presence.lost_due) <= now).limit(100)).all()


# How


def _disconnect(change: Change, presence: Presence, intent: Intent, reason: str) -> None:
    presence.turn(change, intent=intent, reason=reason, connected=False)
    held = select(Ticket).where(Ticket.agent_id == presence.agent_id, col(Ticket.live), line.undone())
    for ticket in change.rows(held.order_by(col(Ticket.queued_at), col(Ticket.id))):
        ticket.release(change, why=GONE)


def _given_up_at(change: Change) -> datetime:
    return change.now + timedelta(seconds=change.rules.agent_grace_seconds)
