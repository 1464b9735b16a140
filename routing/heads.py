"""The heads of lines: who is next in a queue, or for an agent. An index leads to them, however long the lines are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_
from sqlalchemy import select as core_select
from sqlmodel import col

from routing import line, offers, skills
from routing.line import Turn
from routing.medium import TALKS, Medium, is_one_of
from routing.offers import Offer
from routing.queues import Delivery, Queue, QueueMember
from routing.refusals import Refusal
from routing.stays import Widening
from tickets.change import Change
from tickets.moment import Moment
from tickets.ticket import Ticket


class Head(NamedTuple):
    """A waiting ticket; they sort by whose turn is next."""

    behind: int  # 0 where somebody waits live, or is to be called instead of that
    at: datetime  # see line.stands_at
    ticket_id: int
    to_call: bool

    @property
    def media(self) -> tuple[Medium, ...]:
        """What it may be to its agent."""
        if self.to_call:
            return (Medium.CALLBACK,)
        return (Medium.EMAIL, Medium.TICKET) if self.behind else (Medium.CHAT,)


class Whose(NamedTuple):
    """For whom a line is read: a "queue" as a whole, an "agent", or one who is "asking" for work."""

    kind: str
    media: tuple[Medium, ...] = tuple(Medium)


class Line(NamedTuple):
    """A queue's, as one agent sees it."""

    queue_id: int
    turn: str
    delivery: str
    delay_seconds: float = 0.0


def of_queue(change: Change, queue: Queue, most: int) -> list[Head]:
    """What waits there and rings nowhere."""
    found = _read(change, Line(queue.id, queue.turn, Delivery.OFFER), most, {}, Whose("queue"))
    return sorted(found)[:most]


def of_agent(
    change: Change, agent_id: int, most: int, *, media: tuple[Medium, ...] = tuple(Medium), asked: bool = False
) -> list[Head]:
    """What this agent can do of all that waits in their queues and rings nowhere, or that they may help with.

    Of these media; nothing that they refused, and nothing of queues whose work is not handed out, but for what they
    ask for.
    """
    whose, values = Whose("asking" if asked else "agent", media), {"agent": agent_id}
    lines = [Line(*one) for one in change.tuples(_LINES, **values)]
    found = [head for one in lines for head in _read(change, one, most, values, whose)]
    if lines:
        found += [_head(one) for one in change.tuples(_helping(whose), **values, most=most)]
    return sorted(set(found))[:most]


# How


def _read(change: Change, of: Line, most: int, values: dict[str, Any], whose: Whose) -> list[Head]:
    """Who waits live or is to be called instead, and where these are not enough, the others."""
    upto = change.now - timedelta(seconds=of.delay_seconds)
    handed_out = whose.kind == "asking" or of.delivery != Delivery.PULL
    found: list[Head] = []
    for fore in (True, False):
        talks = not TALKS.isdisjoint(whose.media)
        if talks if fore else handed_out and len(found) < most:
            for promised in (True, False) if of.turn == Turn.PROMISE else (None,):
                query = _heads(whose, promised, calls=handed_out)
                rows = change.tuples(query, queue=of.queue_id, fore=fore, upto=upto, most=most, **values)
                found += map(_head, rows)
    return found


def _head(row: Sequence[Any]) -> Head:
    ticket_id, fore, to_call, line_at, due_at = row
    return Head(not fore, line_at if due_at is None else due_at - line.UNPROMISED, ticket_id, to_call)


_NOWHERE: ColumnElement[bool] = ~exists().where(col(Offer.ticket_id) == col(Ticket.id), offers.is_live())
_own_queues = core_select(col(QueueMember.queue_id)).where(col(QueueMember.agent_id) == bindparam("agent"))
_mine = and_(col(QueueMember.queue_id) == col(Queue.id), col(QueueMember.agent_id) == bindparam("agent"))
_helped = and_(col(Queue.overflows), col(Queue.overflow_to).in_(_own_queues))
_OF_A_LINE: tuple[Any, ...] = (
    col(Queue.id),
    col(Queue.turn),
    col(Queue.delivery),
    func.coalesce(col(QueueMember.delay_seconds), 0.0),
)
_LINES = (
    core_select(*_OF_A_LINE)
    .outerjoin(QueueMember, _mine)
    .where(or_(col(QueueMember.agent_id).is_not(None), _helped), col(Queue.archived).is_(False))
)


def _columns(*, promised: bool | None) -> tuple[Any, ...]:
    """What a Head is made of; the promise only where the line goes by it."""
    due_at = col(Ticket.sla_due_at) if promised else bindparam(None, None, Moment())
    return col(Ticket.id), col(Ticket.fore), col(Ticket.to_call), col(Ticket.line_at), due_at


@cache
def _heads(whose: Whose, promised: bool | None, *, calls: bool) -> Select[Any]:
    """Of one queue, in the order of an index. `promised`: with or without a promise, where the line goes by that.

    Without `calls`, which are asked for where work is not handed out, who gave up a chat for one is none of them.
    """
    query = core_select(*_columns(promised=promised)).where(
        col(Ticket.queue_id) == bindparam("queue"), col(Ticket.fore) == bindparam("fore"), line.waiting(), _NOWHERE
    )
    if not calls:
        query = query.where(col(Ticket.to_call).is_(False))
    if promised is not None:
        due_at = col(Ticket.sla_due_at)
        query = query.where(due_at.is_not(None) if promised else due_at.is_(None))
    if whose.kind != "queue":
        query = query.where(col(Ticket.queued_at) <= bindparam("upto"), *_fits(whose))
    order = Ticket.sla_due_at if promised else Ticket.line_at
    return query.order_by(col(order), col(Ticket.id)).limit(bindparam("most"))


@cache
def _helping(whose: Whose) -> Select[Any]:
    """Of all queues that ask one of the agent's for help."""
    query = (
        core_select(*_columns(promised=None))
        .join(Widening, col(Widening.ticket_id) == col(Ticket.id))
        .join(Queue, col(Queue.id) == Ticket.queue_id)
        .where(col(Widening.queue_id).in_(_own_queues), line.waiting(), _NOWHERE, *_fits(whose))
    )
    if whose.kind == "agent":
        query = query.where(col(Ticket.live) | (col(Queue.delivery) != Delivery.PULL))
    return query.order_by(col(Ticket.fore).desc(), col(Ticket.line_at), col(Ticket.id)).limit(bindparam("most"))


def _fits(whose: Whose) -> list[ColumnElement[bool]]:
    """The agent can do it, and it is something for them that they have not refused, or they ask for it all the same."""
    agent: Any = bindparam("agent")
    refused = exists().where(col(Refusal.ticket_id) == col(Ticket.id), col(Refusal.agent_id) == agent)
    if whose.kind == "asking":
        return [skills.can_do(agent)]
    return [skills.can_do(agent), ~refused, *([] if len(whose.media) == len(Medium) else [is_one_of(whose.media)])]
