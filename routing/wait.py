"""How many are before you, and how long it may take: said only when there is something to go by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from math import sqrt
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, type_coerce
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from routing import line, loads
from routing.assignment import Assignment
from routing.medium import Medium
from routing.presence import Presence, takes_new
from routing.queues import Queue, QueueMember
from tickets.change import Change
from tickets.people import Agent
from tickets.rules import Rules
from tickets.selected import columns
from tickets.ticket import Ticket

RECENT = timedelta(hours=2)
ENOUGH = 20  # talks ended within that time; below it we look at the same half-hour of last week
HALF_HOUR, WEEK = timedelta(minutes=30), timedelta(days=7)
ENOUGH_THEN = 5  # talks ended in that half-hour, as dense as the other; below it nothing is estimated
RISES_EVERY = timedelta(minutes=1)
_Z = 0.842  # of the 20th and the 80th percentile


@dataclass(frozen=True)
class Pace:
    """How fast a queue's talks go: `slots` at once, `talk` seconds each on average. Of an agent whom other queues share
    it has a part.
    """

    slots: float
    talk: float


@dataclass(frozen=True)
class Band:
    """Between these numbers of seconds: earlier for one in five, later for one in five."""

    low: int
    high: int

    @property
    def minutes(self) -> tuple[int, int]:
        """Whole minutes, rounded away from its middle: what is less than this apart looks the same."""
        return self.low // 60, -(-self.high // 60)


@dataclass(frozen=True)
class Shown:
    """What somebody in line is told. `risen_at`: when they were last told more than before, or nothing any more."""

    band: Band | None
    risen_at: datetime


def position(session: Session, ticket_id: int) -> int | None:
    """The ticket's place among those who wait live in its queue, or are to be called instead of that: 1 for the next.

    None where nobody waits.
    """
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or not ticket.live or not line.waits(ticket):
        return None
    before = line.ahead_of(ticket, _turn(session, ticket.queue_id))
    query = select(func.count()).select_from(Ticket).where(Ticket.queue_id == ticket.queue_id, _fore(), before)
    return session.exec(query).one() + 1


def positions(asked: Session | Change, queue_id: int) -> dict[int, int]:
    """Everyone's place at once: the id of each ticket that waits live in this queue, and 1 for the next."""
    found = _columns(asked, _in_line(_turn(asked, queue_id)), queue=queue_id)
    return {ticket_id: place for place, (ticket_id, live) in enumerate(found, start=1) if live}


@cache
def _in_line(turn: str) -> Select[int, bool]:
    """Who waits there, in this order: asked for every visitor, and whenever somebody comes or goes."""
    query = core_select(col(Ticket.id), col(Ticket.live)).where(col(Ticket.queue_id) == bindparam("queue"), _fore())
    return query.order_by(*line.in_order(turn))


def pace(asked: Session | Change, queue_id: int, *, now: datetime, rules: Rules) -> Pace | None:
    """From the talks that ended and the agents whom chats reach; None where that says too little."""
    chat = loads.loads(asked)[Medium.CHAT] if isinstance(asked, Session) else loads.load(asked, Medium.CHAT)
    return paces(asked, [queue_id], now=now, each=loads.at_once(rules, chat)).get(queue_id)


def paces(asked: Session | Change, queue_ids: Collection[int], *, now: datetime, each: int) -> dict[int, Pace]:
    """The same for each of these queues of which it can be said (semantics.md part 4); `each` agent has so many chats.

    From the talks that ended in the last two hours; where those are too few, in the same half-hour a week ago. Who
    answers several queues has for each as much of their time as its talks had of all talks of theirs.
    """
    served = _served(asked, queue_ids)
    every = {one for agents in served.values() for theirs in agents for one in theirs}
    talks = _talks(asked, every, now - RECENT, now)
    known = {queue_id: one for queue_id, one in talks.items() if one.number >= ENOUGH}
    if unknown := every - known.keys():
        began = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0) - WEEK
        then = _talks(asked, unknown, began, began + HALF_HOUR)
        known |= {queue_id: one for queue_id, one in then.items() if one.number >= ENOUGH_THEN}
    busy = {queue_id: one.busy for queue_id, one in {**talks, **known}.items()}
    return {
        queue_id: Pace(each * sum(_part(busy, queue_id, theirs) for theirs in served[queue_id]), known[queue_id].mean)
        for queue_id in served.keys() & known.keys()
    }


def band(place: int, pace: Pace) -> Band:
    """The wait of the `place`-th in line with all slots busy: Erlang(place) quantiles, after Wilson and Hilferty.

    semantics.md part 4: `place` talks must end, one every talk/slots seconds on average.
    """
    spread = _Z / (3 * sqrt(place))
    middle = 1 - 1 / (9 * place)
    scale = place * pace.talk / pace.slots
    return Band(low=round(scale * (middle - spread) ** 3), high=round(scale * (middle + spread) ** 3))


def next_shown(before: Shown | None, found: Band | None, now: datetime) -> Shown:
    """What somebody is told now who was told this before, and of whom this was found out.

    A number falls at once and rises once a minute at most. To be told nothing any more is as if it rose.
    """
    if before is None:
        return Shown(found, now)
    settled = now - before.risen_at >= RISES_EVERY
    if found is None:
        return before if before.band is None else Shown(None, now)
    elif before.band is None:
        return Shown(found, now) if settled else before
    elif found.low <= before.band.low and found.high <= before.band.high:
        return Shown(found, before.risen_at)
    elif settled:
        return Shown(found, now)
    else:
        return Shown(Band(min(found.low, before.band.low), min(found.high, before.band.high)), before.risen_at)


class _Talks(NamedTuple):
    """Those of one queue that ended in a time: how many, their mean seconds, and at how many a time that is."""

    number: int
    mean: float
    busy: float


def _served(asked: Session | Change, queue_ids: Collection[int]) -> dict[int, list[list[int]]]:
    """For each queue that has any, which queues those serve whom a new chat there may reach at once, agent by agent."""
    mine, theirs = aliased(QueueMember), aliased(QueueMember)
    in_use = core_select(col(Queue.id)).where(col(Queue.archived).is_(False))
    here: Any = (
        select(mine.queue_id, mine.agent_id, theirs.queue_id)
        .join(Presence, col(mine.agent_id) == Presence.agent_id)
        .join(Agent, col(Agent.id) == Presence.agent_id)
        .join(theirs, col(theirs.agent_id) == Presence.agent_id)
        .where(col(mine.queue_id).in_(queue_ids), mine.delay_seconds == 0, theirs.delay_seconds == 0)
        .where(takes_new((Medium.CHAT,)), col(Agent.active))
        .where(col(mine.queue_id).in_(in_use), col(theirs.queue_id).in_(in_use))
    )
    served: dict[int, dict[int, list[int]]] = {}
    for queue_id, agent_id, one in _rows(asked, here):
        served.setdefault(queue_id, {}).setdefault(agent_id, []).append(one)
    return {queue_id: [*agents.values()] for queue_id, agents in served.items()}


def _part(busy: Mapping[int, float], queue_id: int, served: Collection[int]) -> float:
    """Which part of the time of somebody who serves these queues is this one's."""
    total = sum(busy.get(one, 0.0) for one in served)
    return busy[queue_id] / total if total else 1.0


def _talks(asked: Session | Change, queue_ids: Collection[int], after: datetime, upto: datetime) -> dict[int, _Talks]:
    """The talks that ended then, for each queue in which there were any."""
    lasted = type_coerce(Assignment.talk_ended_at, BigInteger) - type_coerce(Assignment.since, BigInteger)
    ended: Any = (
        select(Assignment.queue_id, func.count(), func.avg(lasted))
        .where(col(Assignment.queue_id).in_(queue_ids))
        .where(col(Assignment.talk_ended_at) > after, col(Assignment.talk_ended_at) <= upto)
        .group_by(col(Assignment.queue_id))
    )
    return {
        queue_id: _Talks(n, mean := float(micros) / 1e6, n * mean / (upto - after).total_seconds())
        for queue_id, n, micros in _rows(asked, ended)
    }


def _turn(asked: Session | Change, queue_id: int | None) -> str:
    found = _columns(asked, _TURN, queue=queue_id)
    return next((turn for (turn,) in found), line.Turn.URGENCY)


_TURN = core_select(col(Queue.turn)).where(col(Queue.id) == bindparam("queue"))


def _fore() -> ColumnElement[bool]:
    return and_(col(Ticket.fore), line.waiting())


def _columns(asked: Session | Change, query: Any, **values: Any) -> Sequence[Any]:
    """Of a query that is made once."""
    if isinstance(asked, Change):
        return asked.tuples(query, **values)
    return columns(query).rows(asked.connection(), **values)


def _rows(asked: Session | Change, query: Any) -> Sequence[Any]:
    return asked.exec(query).all() if isinstance(asked, Session) else asked.rows(query)
