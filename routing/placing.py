"""Which queue a new ticket joins, by the channel it came through and the topic the customer chose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from routing.events import PlacementsChanged
from routing.queues import Queue
from tickets.change import Change
from tickets.errors import NotFound
from tickets.text import one_line
from tickets.ticket import Ticket

LONGEST_CATEGORY = 60


class Placement(SQLModel, table=True):
    """Tickets of this channel and category join this queue; an empty one means any."""

    channel: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    queue_id: int = Field(foreign_key="queue.id")


@dataclass(frozen=True)
class Place:
    channel: str
    category: str
    queue_id: int


def choose_queue(places: Collection[Place], channel: str, category: str, default: int | None) -> int | None:
    """The queue of the most particular rule that fits: both named, then the topic, then the channel, then any."""
    known = {(place.channel, place.category): place.queue_id for place in places}
    for key in ((channel, category), ("", category), (channel, ""), ("", "")):
        if key in known:
            return known[key]
    return default


# Verbs


def place(change: Change, channel: str, category: str, queue_id: int) -> None:
    """From now on, new tickets of this channel and category ("" for any) join this queue. A rule that named it before
    it was archived may go on naming it.
    """
    queue = change.take(Queue, queue_id)
    category = one_line(category, LONGEST_CATEGORY)
    rule = change.one(select(Placement).where(Placement.channel == channel, Placement.category == category))
    if queue.archived and (rule is None or rule.queue_id != queue.id):
        raise NotFound("This queue is no longer in use.", field="queue")
    if rule is None:
        rule = change.add(Placement(channel=channel, category=category, queue_id=queue.id))
        change.record(PlacementsChanged())
    elif rule.queue_id != queue.id:
        rule.queue_id = queue.id
        change.record(PlacementsChanged())


def unplace(change: Change, channel: str, category: str) -> None:
    rule = change.one(select(Placement).where(Placement.channel == channel, Placement.category == category))
    if rule is not None:
        change.remove(rule)
        change.record(PlacementsChanged())


def placements(session: Session) -> Sequence[Placement]:
    return session.exec(select(Placement).order_by(Placement.channel, Placement.category)).all()


def find_place(change: Change, ticket: Ticket) -> bool:
    """Move a ticket that stands in no queue, or in an archived one, to the queue meant for it; True if it moved."""
    queue = change.find(Queue, ticket.queue_id) if ticket.queue_id is not None else None
    if queue is not None and not queue.archived:
        return False
    queue_id = queue_for(change, ticket.channel, ticket.category)
    if queue_id is not None:
        ticket.move(change, queue_id)
    return queue_id is not None


def has_a_topics_place(change: Change, ticket: Ticket) -> bool:
    """The customer chose a topic, and a queue that is in use is meant for it."""
    named = select(Placement.queue_id).join(Queue, col(Queue.id) == Placement.queue_id)
    named = named.where(Placement.category == ticket.category, col(Placement.channel).in_(("", ticket.channel)))
    return bool(ticket.category) and bool(change.rows(named.where(col(Queue.archived).is_(False)).limit(1)))


def queue_for(asked: Session | Change, channel: str, category: str) -> int | None:
    """By the rules; else the oldest queue, so that nothing waits where nobody looks."""

    def rows(query: SelectOfScalar[Any]) -> Sequence[Any]:
        return asked.exec(query).all() if isinstance(asked, Session) else asked.rows(query)

    in_use = col(Queue.archived).is_(False)
    rules = rows(select(Placement).join(Queue, col(Queue.id) == Placement.queue_id).where(in_use))
    chosen = choose_queue([Place(one.channel, one.category, one.queue_id) for one in rules], channel, category, None)
    oldest = () if chosen is not None else rows(select(Queue.id).where(in_use).order_by(col(Queue.id)).limit(1))
    return next(iter(oldest), chosen)
