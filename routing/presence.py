"""What each agent intends (available, at lunch, offline), and whether their console can be reached."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Index, and_, bindparam, or_, text, update
from sqlmodel import Field, Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from routing import line, spans, states
from routing.assignment import Assignment
from routing.callbacks.callback import Callback
from routing.callbacks.callback import State as CallbackState
from routing.events import PresenceChanged
from routing.medium import TALKS, Medium
from routing.states import AgentState, Takes
from tickets.change import Change
from tickets.chores import NOW, Due
from tickets.errors import NotFound, Refused
from tickets.moment import Moment
from tickets.people import Agent
from tickets.plain import Beside, Plain, plain
from tickets.table import Swift
from tickets.text import is_blank, one_line
from tickets.ticket import Ticket

LONGEST_REASON = 40
_DUE = text("lost_due is not null")
MISSED = "missed"  # the reason of who is away because an offer rang unanswered
GONE = "agent gone"  # why a ticket was released


class Intent(StrEnum):
    """What is built in. An own state counts as available where it takes any new work, as away where it takes none."""

    AVAILABLE = "available"
    BREAK = "break"
    LUNCH = "lunch"
    MEETING = "meeting"
    TRAINING = "training"
    AWAY = "away"
    OFFLINE = "offline"


class Presence(Swift, table=True):
    """What an agent chose, and apart from that whether they are connected. `idle_since`: since when nothing was given
    to or ended by them.
    """

    __table_args__ = (Index("ix_presence_lost_due", "lost_due", sqlite_where=_DUE, postgresql_where=_DUE),)

    agent_id: int = Field(primary_key=True, foreign_key="agent.id", sa_column_kwargs={"autoincrement": False})
    intent: str = Intent.AWAY.value
    state_id: int | None = Field(default=None, foreign_key="agent_state.id")  # where it is one of the desk's own
    reason: str = ""  # where the state asks for one; "missed" after an unanswered offer
    since: datetime = Field(sa_type=Moment)  # in this state
    set_by: int | None = None  # the supervisor who chose it for them
    next_state: str = ""  # taken when their present work ends; until then nothing new reaches them
    next_reason: str = ""
    takes_chat: str = Takes.TRANSFERS.value
    takes_callback: str = Takes.TRANSFERS.value
    takes_email: str = Takes.TRANSFERS.value
    takes_ticket: str = Takes.TRANSFERS.value
    connected: bool = False
    seen_at: datetime = Field(sa_type=Moment)
    lost_due: datetime | None = Field(default=None, sa_type=Moment)  # when a silent agent is given up
    idle_since: datetime = Field(sa_type=Moment)

    @property
    def available(self) -> bool:
        """Some new work may reach them; which, `takes` says."""
        return self.connected and self.intent == Intent.AVAILABLE and not self.next_state

    @property
    def key(self) -> str:
        """How a form names the state."""
        return self.intent if self.state_id is None else f"{states.KEY}{self.state_id}"

    def takes(self, medium: Medium) -> Takes:
        """What of this reaches them while they are connected and no other state is to come."""
        return Takes(getattr(self, f"takes_{medium}"))

    def answers(self, medium: Medium) -> bool:
        """Whether new work of this reaches them now."""
        return self.available and self.takes(medium) is Takes.NEW

    def turn(self, change: Change, intent: Intent, *, reason: str = "", own: AgentState | None = None) -> None:
        """Into another state; nothing happens where it is the same. Whatever was to come next is forgotten."""
        was_available, was_next = self.available, self.next_state
        before = (self.intent, self.state_id, self.reason, self._taken())
        self.intent, self.state_id = intent.value, own.id if own else None
        self.reason, self.next_state, self.next_reason = one_line(reason, LONGEST_REASON), "", ""
        for medium in Medium:
            usual = Takes.NEW if intent is Intent.AVAILABLE else Takes.TRANSFERS
            setattr(self, f"takes_{medium}", (own.takes(medium) if own else usual).value)
        if (self.intent, self.state_id, self.reason, self._taken()) != before:
            self.set_by = _somebody_else(change.by, self.agent_id)
            self._is_another(change, was_available)
        elif was_next:
            self._tell(change)

    def connect(self, change: Change, connected: bool) -> None:
        if connected != self.connected:
            was_available, self.connected = self.available, connected
            self._is_another(change, was_available)

    def plan(self, change: Change, state: str, reason: str) -> None:
        """Into that state when their present work ends."""
        reason = one_line(reason, LONGEST_REASON)
        if (state, reason) != (self.next_state, self.next_reason):
            self.next_state, self.next_reason = state, reason
            self._tell(change)

    def touch(self, change: Change) -> None:
        """Something was given to them, or ended: their idle time begins anew."""
        self.idle_since = change.now

    def _taken(self) -> list[Takes]:
        return [self.takes(medium) for medium in Medium]

    def _is_another(self, change: Change, was_available: bool) -> None:
        self.since = change.now
        if self.available and not was_available:
            self.idle_since = change.now
        spans.turn(change, self)
        self._tell(change)

    def _tell(self, change: Change) -> None:
        change.record(
            PresenceChanged(
                agent=self.agent_id,
                intent=self.intent,
                connected=self.connected,
                state=self.state_id,
                later=self.next_state,
            )
        )


def of(change: Change, agent_id: int) -> Presence:
    """The agent's presence, to change it; made where there is none."""
    found = change.find(Presence, agent_id)
    if found is None:
        agent = change.take(Agent, agent_id)
        found = change.add(Presence(agent_id=agent.id, since=change.now, seen_at=change.now, idle_since=change.now))
        spans.turn(change, found)
    return found


# Verbs


def set_intent(change: Change, agent_id: int, intent: Intent, reason: str = "") -> None:
    """A built-in state that the agent chose. It holds over reloads and lost connections, until they choose again."""
    of(change, agent_id).turn(change, intent, reason="" if intent is Intent.AVAILABLE else reason)


def choose(change: Change, agent_id: int, state: str, reason: str = "", *, later: bool = False) -> None:
    """The state that a form names so, chosen by the agent or, for them, by a supervisor.

    `later`: when whoever they are talking with is served, and that is written down; at once where there is nobody.
    Raises Refused without the reason that a state asks for.
    """
    own = states.own_state(change, state)
    intent = _counts_as(own) if own else _built_in(state)
    if own is not None and own.asks_reason and is_blank(reason):
        raise Refused("Say why, in a word or two.", field="reason")
    reason = "" if state == Intent.AVAILABLE else reason
    presence = of(change, agent_id)
    if later and state != presence.key and change.one(_busy_with(agent_id)) is not None:
        presence.plan(change, state, reason)
    else:
        presence.turn(change, intent, reason=reason, own=own)


def go_on(change: Change, agent_id: int) -> None:
    """Whoever they were talking with is served: the state that they chose to come next begins."""
    presence = of(change, agent_id)
    if presence.next_state and change.one(_busy_with(agent_id)) is None:
        own = _still_in_use(change, presence.next_state)
        if own is None and presence.next_state.startswith(states.KEY):
            presence.turn(change, Intent.AWAY)
        else:
            intent = _counts_as(own) if own else _built_in(presence.next_state)
            presence.turn(change, intent, reason=presence.next_reason, own=own)


def follow_state(change: Change, state_id: int) -> None:
    """An own state means something else now, for who is in it too."""
    own = change.take(AgentState, state_id)
    for presence in change.rows(select(Presence).where(Presence.state_id == state_id)):
        presence.turn(change, _counts_as(own), reason=presence.reason, own=own)


def miss(change: Change, agent_id: int) -> None:
    """An offer rang until its end: the agent is away until they say otherwise (semantics.md part 3)."""
    of(change, agent_id).turn(change, Intent.AWAY, reason=MISSED)


def came(change: Change, agent_id: int) -> None:
    """Their first console connected, or was heard again after it had been given up."""
    presence = of(change, agent_id)
    presence.seen_at, presence.lost_due = change.now, given_up_at(change)
    presence.connect(change, True)


def seen(change: Change, agent_ids: Collection[int]) -> None:
    """These agents' consoles are alive. A heartbeat is not history: no event, unless one had been given up."""
    known = col(Presence.agent_id).in_(agent_ids)
    alive = {"seen_at": change.now, "lost_due": given_up_at(change)}
    change.claim(update(Presence).where(known, col(Presence.connected)).values(alive))
    for agent_id in change.rows(select(Presence.agent_id).where(known, col(Presence.connected).is_(False))):
        came(change, agent_id)


def lost(change: Change, agent_id: int) -> None:
    """Nothing was heard from the agent for too long: who waits for them live, or to be rung, goes back to the queue, at
    its old age.

    Work that nobody waits for stays. Does nothing when the agent was heard again meanwhile.
    """
    silent = update(Presence).where(col(Presence.agent_id) == agent_id, col(Presence.lost_due) <= change.now)
    if change.claim(silent.values(lost_due=None)) == 1:
        presence = of(change, agent_id)
        presence.connect(change, False)
        _let_go(change, agent_id)


def dismissed(change: Change, agent_id: int) -> None:
    """The agent no longer works here."""
    presence = change.find(Presence, agent_id)
    if presence is not None:
        presence.lost_due = None
        presence.turn(change, Intent.OFFLINE)
        presence.connect(change, False)
        _let_go(change, agent_id)


# What others ask


def given_up_at(change: Change) -> datetime:
    return change.now + timedelta(seconds=change.rules.agent_grace_seconds)


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


def takes_new(media: Collection[Medium]) -> ColumnElement[bool]:
    """Asked of the database: whom new work of any of these media may reach."""
    wanted = or_(*(getattr(Presence, f"takes_{medium}") == Takes.NEW.value for medium in media))
    return and_(col(Presence.connected), col(Presence.next_state) == "", wanted)


def is_talking(session: Session, agent_id: int) -> bool:
    """Whether they talk with somebody, or still write down what was said: another state can wait for that."""
    return session.exec(_busy_with(agent_id).limit(1)).first() is not None


silent = Due(select(Presence.agent_id).where(col(Presence.lost_due) <= NOW).limit(100))
"""Agents of whom nothing was heard for so long that they are given up."""


# How


def _busy_with(agent_id: int) -> SelectOfScalar[int]:
    """What cannot wait of what is in their hands: who is live or to be rung, and what they write down of it."""
    theirs = select(Assignment.ticket_id).where(Assignment.agent_id == agent_id)
    talks = and_(col(Assignment.ended_at).is_(None), col(Assignment.medium).in_(sorted(TALKS)))
    return theirs.where(or_(talks, col(Assignment.wrap_due).is_not(None)))


def _let_go(change: Change, agent_id: int) -> None:
    """Who waits live, and whom they were to ring; not whom they have reached."""
    to_be_rung = select(col(Callback.ticket_id)).where(col(Callback.state) == CallbackState.QUEUED.value)
    waits = or_(col(Ticket.live), col(Ticket.id).in_(to_be_rung))
    held = select(Ticket).where(Ticket.agent_id == agent_id, waits, line.undone())
    for ticket in change.rows(held.order_by(col(Ticket.queued_at), col(Ticket.id))):
        ticket.release(change, why=GONE)


def _built_in(state: str) -> Intent:
    if state not in set(Intent):
        raise Refused("Choose one of the values offered.", field="intent")
    return Intent(state)


def _counts_as(own: AgentState) -> Intent:
    return Intent.AVAILABLE if own.answers else Intent.AWAY


def _still_in_use(change: Change, state: str) -> AgentState | None:
    with suppress(NotFound):
        return states.own_state(change, state)
    return None


def _somebody_else(actor: str, agent_id: int) -> int | None:
    """The colleague who did it, if it was one."""
    return int(actor.removeprefix("agent:")) if actor.startswith("agent:") and actor != f"agent:{agent_id}" else None
