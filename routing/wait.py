"""How many are before you, and how long it may take: said only when there is something to go by."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from sqlalchemy import BigInteger, ColumnElement, and_, or_, type_coerce
from sqlmodel import Session, col, func, select

from routing import line
from routing.assignments import Assignment
from routing.presence import Intent, Presence
from routing.queues import QueueMember
from tickets.people import Agent
from tickets.rules import Rules
from tickets.status import Priority
from tickets.ticket import Ticket

RECENT = timedelta(hours=2)
ENOUGH = 20  # talks ended within that time; below it nothing is estimated
_Z = 0.842  # of the 20th and the 80th percentile


@dataclass(frozen=True)
class Pace:
    """How fast a queue's talks go: `slots` at once, `talk` seconds each on average."""

    slots: int
    talk: float


@dataclass(frozen=True)
class Band:
    """Between these numbers of seconds: earlier for one in five, later for one in five."""

    low: int
    high: int


def position(session: Session, ticket_id: int) -> int | None:
    """The ticket's place among those who wait live in its queue, 1 for the next; None where nobody waits."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or not ticket.live or not line.waits(ticket):
        return None
    own = Priority(ticket.priority).rank
    older = or_(
        col(Ticket.queued_at) < ticket.queued_at,
        and_(col(Ticket.queued_at) == ticket.queued_at, col(Ticket.id) < ticket.id),
    )
    before = or_(line.rank() < own, and_(line.rank() == own, older))
    query = select(func.count()).select_from(Ticket).where(Ticket.queue_id == ticket.queue_id, _live(), before)
    return session.exec(query).one() + 1


def positions(session: Session, queue_id: int) -> dict[int, int]:
    """Everyone's place at once: the id of each ticket that waits live in this queue, and 1 for the next."""
    query = select(Ticket.id).where(Ticket.queue_id == queue_id, _live()).order_by(*line.in_order())
    return {ticket_id: place for place, ticket_id in enumerate(session.exec(query), start=1)}


def pace(session: Session, queue_id: int, *, now: datetime, rules: Rules) -> Pace | None:
    """From the talks that ended lately and the agents who are available; None where that says too little."""
    return paces(session, [queue_id], now=now, rules=rules).get(queue_id)


def paces(session: Session, queue_ids: Collection[int], *, now: datetime, rules: Rules) -> dict[int, Pace]:
    """The same for each of these queues of which it can be said."""
    lasted = type_coerce(Assignment.talk_ended_at, BigInteger) - type_coerce(Assignment.since, BigInteger)
    ended = (
        select(Assignment.queue_id, func.count(), func.avg(lasted))
        .where(col(Assignment.queue_id).in_(queue_ids), col(Assignment.talk_ended_at) > now - RECENT)
        .group_by(col(Assignment.queue_id))
    )
    here = (
        select(QueueMember.queue_id, func.count())
        .join(Presence, col(QueueMember.agent_id) == Presence.agent_id)
        .join(Agent, col(Agent.id) == Presence.agent_id)
        .where(col(QueueMember.queue_id).in_(queue_ids), col(Presence.connected), col(Agent.active))
        .where(Presence.intent == Intent.AVAILABLE)
        .group_by(col(QueueMember.queue_id))
    )
    each = rules.pool // rules.chat_weight
    slots = {queue_id: agents * each for queue_id, agents in session.exec(here)}
    return {
        queue_id: Pace(slots[queue_id], float(micros) / 1e6)
        for queue_id, talks, micros in session.exec(ended)
        if queue_id is not None and talks >= ENOUGH and slots.get(queue_id, 0) > 0
    }


def band(place: int, pace: Pace) -> Band:
    """The wait of the `place`-th in line with all slots busy: Erlang(place) quantiles, after Wilson and Hilferty.

    semantics.md part 4: `place` talks must end, one every talk/slots seconds on average.
    """
    spread = _Z / (3 * sqrt(place))
    middle = 1 - 1 / (9 * place)
    scale = place * pace.talk / pace.slots
    return Band(low=round(scale * (middle - spread) ** 3), high=round(scale * (middle + spread) ** 3))


def estimate(session: Session, ticket_id: int, *, now: datetime, rules: Rules) -> Band | None:
    """Low and high seconds until an agent answers; None where nobody waits or there is too little to go by."""
    ticket, place = session.get(Ticket, ticket_id), position(session, ticket_id)
    if ticket is None or ticket.queue_id is None or place is None:
        return None
    going = pace(session, ticket.queue_id, now=now, rules=rules)
    return None if going is None else band(place, going)


def _live() -> ColumnElement[bool]:
    return and_(col(Ticket.live), line.waiting())
