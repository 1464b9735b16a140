"""The heads of lines: who is next in a queue, or for an agent. Indexes lead to them, however long the lines are, and
whatever waits before them that the agent cannot take.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_
from sqlalchemy import select as core_select
from sqlmodel import col

from routing import line, offers, skills, sorts
from routing.line import Turn
from routing.medium import Medium, is_one_of
from routing.offers import Offer
from routing.queues import Delivery, Queue, QueueMember
from routing.refusals import Refusal
from routing.sorts import Sort
from routing.stays import Widening
from tickets.change import Change
from tickets.ticket import Ticket


class Head(NamedTuple):
    """A waiting ticket; they sort by whose turn is next."""

    behind: int  # 0 where somebody waits live, or is to be called instead of that
    at: datetime  # see line.stands_at
    ticket_id: int
    sort: str  # in words: see routing.sorts
    apart: bool = False  # some who can take others of its sort are not asked for it: they refused it, or it is young


class Line(NamedTuple):
    """A queue's, as one agent sees it."""

    queue_id: int
    turn: str
    delivery: str
    delay_seconds: float = 0.0

    def hands_out(self, medium: Medium) -> bool:
        """Where agents ask for work, only who waits live comes to them unasked."""
        return self.delivery != Delivery.PULL or medium is Medium.CHAT


class Whose(StrEnum):
    """For whom a line is read."""

    QUEUE = "queue"
    AGENT = "agent"
    ASKING = "asking"  # an agent who asks for work


class Stands(StrEnum):
    """By what a line is read. One by promises (line.promised_at) has its heads among those of three."""

    AGE = "age"
    SOON = "soon"
    LATE = "late"
    UNPROMISED = "unpromised"


_BY_PROMISE = (Stands.SOON, Stands.LATE, Stands.UNPROMISED)


def of_queue(change: Change, queue: Queue, most: int, *, most_apart: int = 200) -> list[Head]:
    """What waits there and rings nowhere: the first so many of each sort, and of those of it that stand apart."""
    its, upto = Line(queue.id, queue.turn, queue.delivery), _ago(change, queue.longest_delay)
    found: list[Head] = []
    for _, fore, words in sorts.in_lines(change, [queue.id]):
        found += _read(change, its, Whose.QUEUE, most, {"upto": upto, "fore": fore, "sort": words})
    apart = [*change.tuples(_apart(young=False), queue=queue.id, most=most_apart)]
    if queue.longest_delay:
        apart += change.tuples(_apart(young=True), queue=queue.id, upto=upto, most=most_apart)
    found += [_head(row, words, queue.turn, apart=True) for *row, words in apart]
    return sorted(set(found))  # what was promised may be found by when that is due, and by its age


def of_agent(
    change: Change, agent_id: int, most: int, *, media: tuple[Medium, ...] = tuple(Medium), asked: bool = False
) -> list[Head]:
    """What this agent can do of all that waits in their queues and rings nowhere, or that they may help with.

    Of these media; nothing that they refused, and nothing of queues whose work is not handed out, but for what they
    ask for.
    """
    whose, values = Whose.ASKING if asked else Whose.AGENT, {"agent": agent_id}
    lines = {one[0]: Line(*one) for one in change.tuples(_LINES, **values)}
    if not lines:
        return []
    found: list[Head] = []
    for queue_id, fore, words in _fitting(change, agent_id, lines, whose, media):
        upto = _ago(change, lines[queue_id].delay_seconds)
        found += _read(change, lines[queue_id], whose, most, {**values, "upto": upto, "fore": fore, "sort": words})
    helping = change.tuples(_helping(whose, media), **values, most=most)
    found += [_head(row, words, turn) for *row, words, turn in helping]
    return sorted(set(found))[:most]


# How


def _ago(change: Change, seconds: float) -> datetime:
    return change.now - timedelta(seconds=seconds)


def _fitting(
    change: Change, agent_id: int, lines: Mapping[int, Line], whose: Whose, media: Collection[Medium]
) -> Iterable[tuple[int, bool, str]]:
    """The sorts of what waits in these lines that this agent can take."""
    waiting = [(*one, Sort.of(one[-1])) for one in sorts.in_lines(change, lines)]
    levels = skills.levels_of(change, agent_id) if any(sort.needs for *_, sort in waiting) else {}
    for queue_id, fore, words, sort in waiting:
        comes = whose is Whose.ASKING or lines[queue_id].hands_out(sort.medium)
        if comes and sort.medium in media and sort.is_for(levels):
            yield queue_id, fore, words


def _read(change: Change, of: Line, whose: Whose, most: int, values: Mapping[str, Any]) -> Iterable[Head]:
    """The first of one sort."""
    for stands in _BY_PROMISE if of.turn == Turn.PROMISE else (Stands.AGE,):
        for row in change.tuples(_heads(whose, stands), queue=of.queue_id, most=most, **values):
            yield _head(row, values["sort"], of.turn)


def _head(row: Sequence[Any], words: str, turn: str, *, apart: bool = False) -> Head:
    ticket_id, fore, line_at, due_at = row
    at = line.promised_at(due_at, line_at) if turn == Turn.PROMISE else line_at
    return Head(not fore, at, ticket_id, words, apart)


_NOWHERE: ColumnElement[bool] = ~exists().where(col(Offer.ticket_id) == col(Ticket.id), offers.is_live())
_own_queues = core_select(col(QueueMember.queue_id)).where(col(QueueMember.agent_id) == bindparam("agent"))
_mine = and_(col(QueueMember.queue_id) == col(Queue.id), col(QueueMember.agent_id) == bindparam("agent"))
_helped = and_(col(Queue.overflows), col(Queue.overflow_to).in_(_own_queues))
_OF_A_LINE: tuple[Any, ...] = (
    col(Queue.id),
    col(Queue.turn),
    col(Queue.delivery),
    case((_helped, 0.0), else_=func.coalesce(col(QueueMember.delay_seconds), 0.0)),  # who was called sees all of it
)
_LINES = (
    core_select(*_OF_A_LINE)
    .outerjoin(QueueMember, _mine)
    .where(or_(col(QueueMember.agent_id).is_not(None), _helped), col(Queue.archived).is_(False))
)
_COLUMNS: tuple[Any, ...] = (col(Ticket.id), col(Ticket.fore), col(Ticket.line_at), col(Ticket.sla_due_at))
"""What a Head is made of."""


@cache
def _heads(whose: Whose, stands: Stands) -> Select[Any]:
    """Of one sort in one queue, in the order of an index."""
    query = core_select(*_COLUMNS).where(
        col(Ticket.queue_id) == bindparam("queue"), col(Ticket.fore) == bindparam("fore"), sorts.is_bound()
    )
    query = query.where(col(Ticket.queued_at) <= bindparam("upto"), sorts.waits(), _NOWHERE, *_unrefused(whose))
    due_at = col(Ticket.sla_due_at)
    if stands is not Stands.AGE:
        query = query.where(due_at.is_(None) if stands is Stands.UNPROMISED else due_at.is_not(None))
    order = (due_at, col(Ticket.line_at)) if stands is Stands.SOON else (col(Ticket.line_at),)
    return query.order_by(*order, col(Ticket.id)).limit(bindparam("most"))


@cache
def _helping(whose: Whose, media: tuple[Medium, ...]) -> Select[Any]:
    """Of all queues that ask one of the agent's for help; and of which sort, and by which turn there."""
    agent: Any = bindparam("agent")
    query = (
        core_select(*_COLUMNS, sorts.words(), col(Queue.turn))
        .join(Widening, col(Widening.ticket_id) == col(Ticket.id))
        .join(Queue, col(Queue.id) == Ticket.queue_id)
        .where(col(Widening.queue_id).in_(_own_queues), line.waiting(), _NOWHERE, is_one_of(media))
        .where(skills.can_do(agent), *_unrefused(whose))
    )
    if whose is Whose.AGENT:
        query = query.where(col(Ticket.live) | (col(Queue.delivery) != Delivery.PULL))
    return query.order_by(col(Ticket.fore).desc(), col(Ticket.line_at), col(Ticket.id)).limit(bindparam("most"))


_refused = exists().where(col(Refusal.ticket_id) == col(Ticket.id))


def _unrefused(whose: Whose) -> list[ColumnElement[bool]]:
    """What they said no to comes to them no more, unless they ask for work; what anybody refused stands apart."""
    theirs = _refused.where(col(Refusal.agent_id) == bindparam("agent"))
    return {Whose.QUEUE: [~_refused], Whose.AGENT: [~theirs], Whose.ASKING: []}[whose]


@cache
def _apart(*, young: bool) -> Select[Any]:
    """Of all sorts in one queue, and of which: what somebody refused, or what is not old enough for everybody."""
    refused = core_select(col(Refusal.ticket_id)).where(col(Refusal.queue_id) == bindparam("queue"))
    which = col(Ticket.queued_at) > bindparam("upto") if young else col(Ticket.id).in_(refused)
    query = core_select(*_COLUMNS, sorts.words()).where(
        col(Ticket.queue_id) == bindparam("queue"), which, sorts.waits(), _NOWHERE
    )
    return query.order_by(col(Ticket.fore).desc(), col(Ticket.line_at), col(Ticket.id)).limit(bindparam("most"))
