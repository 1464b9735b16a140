"""Who could take a ticket: the database is asked for the first few by the queue's rule, never for everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache, cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    type_coerce,
)
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import col

from routing import capacity, loads, offers, room, skills, stays
from routing.capacity import Capacity
from routing.choosing import MOST_PASSED, Candidate, Rule
from routing.medium import TALKS, Medium, medium_of
from routing.offers import Offer
from routing.presence import Presence, takes_new
from routing.queues import Queue, QueueMember
from routing.refusals import Refusal
from routing.skills import AgentSkill, TicketNeed
from routing.stays import Stay
from tickets.change import Change
from tickets.people import Agent
from tickets.plain import listed
from tickets.ticket import Ticket

PAGE = 8  # agents looked at at once


class Asked:
    """The members of a ticket's queue, and of those that help: whoever is available."""

    def __init__(self, change: Change, ticket: Ticket, queue: Queue, *, needed: int) -> None:
        stay = change.find(Stay, ticket.id)
        self.preferred = None if stay is None else stay.preferred(change.now)
        self.needed = needed
        self._change = change
        self._ticket = ticket
        self._rule = queue.rule
        self._picky = stay is not None and bool(skills.needs_of(change, ticket.id))
        helping = set[int]() if stay is None else set(stays.widened_to(change, ticket.id))
        helping |= {queue.overflow_to} if queue.overflows and queue.overflow_to is not None else set()
        self._helped = bool(helping)
        self._medium = medium_of(ticket)
        self._values = {
            "ticket": ticket.id,
            "queue": queue.id,
            "helping": helping,
            "age": max(0.0, (change.now - ticket.queued_at).total_seconds()),
            "needed": needed,
            **_waits(change),
            "pool": change.rules.pool,
            "preferred": self.preferred or 0,
        }

    def able(self) -> Iterator[list[Candidate]]:
        """Those with room and skills, page by page, in the order in which they are to be asked."""
        query, skip = _able(self._rule, self._medium, picky=self._picky, helped=self._helped), 0
        while page := self._read(query, skip=skip, most=PAGE):
            yield page
            skip += PAGE

    @cached_property
    def others(self) -> list[Candidate]:
        """A few of all who are available, whether they can take it or not."""
        return self._read(_anyone(self._medium, picky=self._picky, helped=self._helped), most=MOST_PASSED + 1)

    def _read(self, query: Select[Any], **values: int) -> list[Candidate]:
        rows = self._change.tuples(query, **self._values, **values)
        full = room.at_their_most(self._change, [agent_id for agent_id, *_ in rows], self._medium)
        return [
            Candidate(
                agent_id,
                room.NO_MORE if agent_id in full else max(0, free),
                idle_since,
                ringing,
                refused=bool(refused),
                pool=pool,
                given_at=given_at,
                lacks=bool(lacks),
                early=bool(early),
                aside=aside,
            )
            for agent_id, idle_since, ringing, free, pool, refused, given_at, lacks, early, aside in rows
        ]


def members(change: Change, queue_id: int, medium: Medium, helping: Collection[int]) -> dict[int, float]:
    """Whoever answers this queue, or one of those that help, and is available for such work, whatever they hold.

    In their order, and for each how many seconds old something has to be before they see it.
    """
    query = _members(medium, helped=bool(helping))
    return dict(change.tuples(query, queue=queue_id, helping=helping))


def anyone_free(change: Change, queue: Queue, media: Collection[Medium] = tuple(Medium)) -> bool:
    """Whether anybody who answers this queue, or helps while its line is long, could take one more of these media."""
    helping = [queue.overflow_to] if queue.overflows and queue.overflow_to is not None else []
    most = {medium: loads.load(change, medium).most for medium in Medium if medium in media}
    capped = tuple(medium for medium, n in most.items() if n is not None)
    values = {f"{medium}_needs": capacity.needed_for(change, medium) for medium in most}
    values |= {f"{medium}_most": most[medium] or 0 for medium in capped}
    query = _anybody(tuple(most), capped, helped=bool(helping))
    return bool(
        change.tuples(query, queue=queue.id, helping=helping, pool=change.rules.pool, **values, **_waits(change))
    )


# How


def _waits(change: Change) -> dict[str, int]:
    """Whether mails and other tickets wait for a talk, 1 or 0."""
    waits = loads.interruptible(change)
    return {"emails": int(Medium.EMAIL in waits), "tickets": int(Medium.TICKET in waits)}


_pool = func.coalesce(col(Capacity.pool), bindparam("pool"))
_free = _pool - func.coalesce(col(Capacity.used), 0)
_aside = func.coalesce(col(Capacity.emails) * bindparam("emails") + col(Capacity.tickets) * bindparam("tickets"), 0)
"""What they can lay aside while they talk with somebody."""
_needed: ColumnElement[int] = bindparam("needed")


def _room(medium: Medium) -> ColumnElement[int]:
    return _free + _aside if medium in TALKS else _free


def _has_room(medium: Medium, needed: ColumnElement[int] = _needed) -> ColumnElement[bool]:
    return or_(_free >= needed, _free + _aside >= needed) if medium in TALKS else _free >= needed


_in_queue = col(QueueMember.queue_id) == bindparam("queue")
_helps = listed(col(QueueMember.queue_id), "helping")
_works_here = exists().where(col(Agent.id) == col(Presence.agent_id), col(Agent.active))
_rings = exists().where(col(Offer.agent_id) == col(Presence.agent_id), offers.is_live())
_refused = exists().where(
    col(Refusal.ticket_id) == bindparam("ticket"), col(Refusal.agent_id) == col(Presence.agent_id)
)
_learned = (
    exists()
    .where(col(AgentSkill.agent_id) == col(Presence.agent_id), col(AgentSkill.skill_id) == col(TicketNeed.skill_id))
    .where(col(AgentSkill.level) >= col(TicketNeed.level))
    .correlate(Presence, TicketNeed)
)
_lacks = exists().where(col(TicketNeed.ticket_id) == bindparam("ticket"), ~_learned)


_own = aliased(QueueMember)  # of the ticket's queue
_member_of_any = col(Presence.agent_id).in_(core_select(col(QueueMember.agent_id)).where(or_(_in_queue, _helps)))


def _available(*columns: Any, media: tuple[Medium, ...], helped: bool) -> Select[Any]:
    """These columns, of members of the queue, and of those that help if any do, whom such new work may reach."""
    given = and_(col(_own.agent_id) == col(Presence.agent_id), col(_own.queue_id) == bindparam("queue"))
    query = (
        core_select(*columns)
        .select_from(Presence)
        .join(_own, given, isouter=helped)
        .outerjoin(Capacity, col(Capacity.agent_id) == Presence.agent_id)
        .where(takes_new(media), _works_here)
    )
    return query.where(_member_of_any) if helped else query


@cache
def _members(medium: Medium, *, helped: bool) -> Select[Any]:
    helps = exists().where(col(QueueMember.agent_id) == col(Presence.agent_id), _helps)
    delay: ColumnElement[float] = func.coalesce(col(_own.delay_seconds), 0.0)
    delay = case((helps, 0.0), else_=delay) if helped else delay
    query = _available(col(Presence.agent_id), delay, media=(medium,), helped=helped)
    return query.order_by(col(Presence.agent_id))


@cache
def _anybody(media: tuple[Medium, ...], capped: tuple[Medium, ...], *, helped: bool) -> Select[Any]:
    could_take = or_(*(_could_take(medium, capped=medium in capped) for medium in media))
    return _available(col(Presence.agent_id), media=media, helped=helped).where(could_take).limit(1)


def _could_take(medium: Medium, *, capped: bool) -> ColumnElement[bool]:
    """One more of it: it reaches them, there is room for it, and they have not as many as one may have at once."""
    takes = and_(takes_new((medium,)), _has_room(medium, bindparam(f"{medium}_needs")))
    most: ColumnElement[int] = bindparam(f"{medium}_most")
    return and_(takes, room.has_fewer(col(Presence.agent_id), medium, most)) if capped else takes


def _candidates(medium: Medium, *, picky: bool, helped: bool) -> Select[Any]:
    """What a Candidate is made of."""
    return _available(
        col(Presence.agent_id),
        col(Presence.idle_since),
        _rings.label("ringing"),
        _room(medium).label("room"),
        _pool.label("pool"),
        _refused.label("refused"),
        col(_own.given_at).label("given_at"),
        (_lacks if picky else literal(False)).label("lacks"),
        (~_sees_it(helped)).label("early"),
        (_aside if medium in TALKS else literal(0)).label("aside"),
        media=(medium,),
        helped=helped,
    )


def _sees_it(helped: bool) -> ColumnElement[bool]:
    """The ticket is old enough for this member; whoever helps was called, whatever their delay is."""
    old_enough = col(_own.delay_seconds) <= bindparam("age")
    if not helped:
        return old_enough
    helps = exists().where(col(QueueMember.agent_id) == col(Presence.agent_id), _helps)
    return or_(func.coalesce(old_enough, literal(False)), helps)


@cache
def _anyone(medium: Medium, *, picky: bool, helped: bool) -> Select[Any]:
    query = _candidates(medium, picky=picky, helped=helped)
    return query.order_by(col(Presence.agent_id)).limit(bindparam("most"))


@cache
def _able(rule: str, medium: Medium, *, picky: bool, helped: bool) -> Select[Any]:
    """In the order of `choosing.choose`: whom the customer knows, who is not rung at, then by the rule."""
    query = _candidates(medium, picky=picky, helped=helped).where(_sees_it(helped), _has_room(medium))
    known = case((col(Presence.agent_id) == bindparam("preferred"), 0), else_=1)
    order = (known, case((_rings, 1), else_=0), *_ORDERS[Rule(rule)], col(Presence.agent_id))
    query = query.where(~_lacks) if picky else query
    return query.order_by(*order).limit(bindparam("most")).offset(bindparam("skip"))


_spare = cast(_free, Float) / case((_pool > 0, _pool), else_=1)
_ORDERS: dict[Rule, tuple[Any, ...]] = {
    Rule.LONGEST_IDLE: (col(Presence.idle_since),),
    Rule.MOST_SPARE: (-_spare, col(Presence.idle_since)),
    Rule.ROUND_ROBIN: (func.coalesce(type_coerce(_own.given_at, BigInteger), 0), col(Presence.idle_since)),
}
