"""Who answers: what each agent does, since when, how full their hands are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, case, exists, func
from sqlmodel import Session, col, select

from routing import loads, offers, presence, room
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.loads import WorkLoad
from routing.medium import Medium
from routing.offers import Offer
from routing.presence import Intent, Presence
from routing.queues import Queue, QueueMember
from routing.views import view_of
from tickets.moment import Moment
from tickets.people import Agent
from tickets.rules import Rules
from tickets.ticket import Ticket


class Doing(StrEnum):
    """What an agent does, in the order in which a board lists them."""

    MISSED = "missed"  # away because an offer rang unanswered
    BUSY = "busy"  # available, without room for one more chat
    WRAPPING = "wrapping"  # available, and still writing down what was said
    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"  # no console of theirs can be reached, whatever they intend


@dataclass(frozen=True)
class AtWork:
    """One agent. `used` of `pool` capacity units; `open` and `live` are the lists agent-{id} and agent-{id}-live.

    `state` names what they chose, as a form does, while they can be reached.
    """

    agent_id: int
    name: str
    doing: Doing
    state: str
    reason: str  # of who is away
    since: datetime | None  # in this state; None where they have never been here
    used: int
    pool: int
    open: int
    live: int


def at_work(session: Session, rules: Rules, taken: Mapping[Medium, WorkLoad]) -> Sequence[AtWork]:
    """Everyone who works here and answers a queue or holds something: by what they do, then by name.

    `taken`: what one piece of work takes of them (`loads.loads`).
    """
    held = _held(session)
    members = select(QueueMember.agent_id).join(Queue, col(Queue.id) == QueueMember.queue_id)
    known = (
        select(Agent, Presence, Capacity, _wraps())
        .join(Presence, col(Presence.agent_id) == Agent.id, isouter=True)
        .join(Capacity, col(Capacity.agent_id) == Agent.id, isouter=True)
        .where(col(Agent.active))
        .where(col(Agent.id).in_(members.where(col(Queue.archived).is_(False))) | col(Agent.id).in_(list(held)))
    )
    rows = session.exec(known).all()
    full = _without_room(session, rules, taken, {agent.id: capacity for agent, _, capacity, _ in rows})
    found = [
        _one(agent, here, capacity, held.get(agent.id, (0, 0)), rules, full=agent.id in full, wraps=wraps)
        for agent, here, capacity, wraps in rows
    ]
    since = _busy_since(session, [one.agent_id for one in found if one.doing is Doing.BUSY])
    order = list(Doing)
    return sorted(
        (_since(one, since.get(one.agent_id)) for one in found),
        key=lambda one: (order.index(one.doing), one.name.casefold(), one.agent_id),
    )


def doing(here: Presence | None, *, full: bool = False, wraps: bool = False) -> Doing:
    """`full`: they have no room for one more chat; `wraps`: some is taken by what they still write down."""
    if here is None or not here.connected or here.intent == Intent.OFFLINE:
        return Doing.OFFLINE
    if here.intent == Intent.AVAILABLE:
        return Doing.BUSY if here.next_state or full else Doing.WRAPPING if wraps else Doing.AVAILABLE
    return Doing.MISSED if here.reason == presence.MISSED else Doing.AWAY


def _one(
    agent: Agent,
    here: Presence | None,
    capacity: Capacity | None,
    held: tuple[int, int],
    rules: Rules,
    *,
    full: bool,
    wraps: bool,
) -> AtWork:
    used = capacity.used if capacity else 0
    does = doing(here, full=full, wraps=wraps)
    reason = here.reason if here and does is Doing.AWAY else ""
    state = here.key if here is not None and here.connected else Intent.OFFLINE.value
    return AtWork(agent.id, agent.name, does, state, reason, here.since if here else None, used, rules.pool, *held)


def _without_room(
    session: Session, rules: Rules, taken: Mapping[Medium, WorkLoad], held: Mapping[int, Capacity | None]
) -> Collection[int]:
    """Who of these can be offered no chat more: too much is taken, or they have as many chats as one may have."""
    chat, waits = taken[Medium.CHAT], loads.laid_aside(taken)
    needed = loads.weight(rules, chat)
    known = {agent_id: one or Capacity(agent_id=agent_id, pool=rules.pool) for agent_id, one in held.items()}
    full = {agent_id for agent_id, one in known.items() if one.room_for(Medium.CHAT, waits) < needed}
    return full.union(room.with_so_many(session, list(held), Medium.CHAT, chat.most))


def _held(session: Session) -> dict[int, tuple[int, int]]:
    """By agent: how many tickets that are not done and not asleep, and at how many of them somebody waits live."""
    live = func.sum(case((col(Ticket.live), 1), else_=0))
    held = select(col(Ticket.agent_id), func.count(), live).where(view_of("open", 0).clause())
    found = session.execute(held.where(col(Ticket.agent_id).is_not(None)).group_by(col(Ticket.agent_id)))
    return {agent_id: (n, int(live)) for agent_id, n, live in found}


def _wraps() -> ColumnElement[bool]:
    """Whether they write down what was said."""
    return exists().where(col(Assignment.agent_id) == col(Agent.id), col(Assignment.wrap_due).is_not(None))


def _busy_since(session: Session, agent_ids: Collection[int]) -> dict[int, datetime]:
    """When their hands were last filled: the newest thing that they hold or that rings at them."""
    if not agent_ids:
        return {}
    newest = func.max(col(Assignment.since), type_=Moment())
    rings = func.max(col(Offer.made_at), type_=Moment())
    holds = select(col(Assignment.agent_id), newest).where(col(Assignment.ended_at).is_(None))
    asked = select(col(Offer.agent_id), rings).where(offers.is_live())
    given: dict[int, datetime] = {}
    for query, agent in ((holds, Assignment.agent_id), (asked, Offer.agent_id)):
        for agent_id, at in session.execute(query.where(col(agent).in_(agent_ids)).group_by(col(agent))):
            given[agent_id] = max(at, given.get(agent_id, at))
    return given


def _since(one: AtWork, filled: datetime | None) -> AtWork:
    if filled is None or one.since is None:
        return one
    return replace(one, since=max(one.since, filled))
