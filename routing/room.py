"""How much of one kind of work an agent could still take: what is free, and what they can lay aside for it."""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from routing import loads
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.medium import Medium, is_one_of
from routing.offers import Offer, is_live
from tickets.change import Change
from tickets.ticket import Ticket

NO_MORE = -1  # less than the lightest piece of work asks for


def room(change: Change, agent_id: int, medium: Medium) -> int:
    """Capacity units that they have for work of this medium; the whole pool for who never held anything.

    While somebody waits live or to be rung, what is interruptible is laid aside. Whoever holds as many as one may have
    at once has no room, however much is free.
    """
    if at_their_most(change, [agent_id], medium):
        return NO_MORE
    held = change.find(Capacity, agent_id)
    return change.rules.pool if held is None else held.room_for(medium, loads.interruptible(change))


def at_their_most(change: Change, agent_ids: Collection[int], medium: Medium) -> Collection[int]:
    """Who holds or is rung for as many of this medium as one may have at once; what weighs nothing is no work now."""
    return with_so_many(change, agent_ids, medium, loads.load(change, medium).most)


def with_so_many(
    asked: Session | Change, agent_ids: Collection[int], medium: Medium, most: int | None
) -> Collection[int]:
    """The same, where it is known how many that are; nobody where it is any number."""
    if most is None:
        return ()
    held = _held(medium).where(col(Assignment.agent_id).in_(agent_ids))
    rings = _ringing(medium).where(col(Offer.agent_id).in_(agent_ids))
    counts = Counter(agent_id for query in (held, rings) for agent_id in _rows(asked, query))
    return [agent_id for agent_id, n in counts.items() if n >= most]


def has_fewer(agent_id: Mapped[int], medium: Medium, most: ColumnElement[int]) -> ColumnElement[bool]:
    """Asked of the database: who holds or is rung for fewer of this medium than that."""
    held = _held(medium).where(col(Assignment.agent_id) == agent_id)
    rings = _ringing(medium).where(col(Offer.agent_id) == agent_id)
    return _number(held) + _number(rings) < most


# How


def _held(medium: Medium) -> SelectOfScalar[int]:
    query = select(Assignment.agent_id).where(col(Assignment.ended_at).is_(None), Assignment.medium == medium.value)
    return query.where(Assignment.weight > 0)


def _ringing(medium: Medium) -> SelectOfScalar[int]:
    query = select(Offer.agent_id).join(Ticket, col(Ticket.id) == Offer.ticket_id)
    return query.where(is_live(), is_one_of([medium]))


def _number(rows: SelectOfScalar[int]) -> ColumnElement[int]:
    return rows.with_only_columns(func.count()).scalar_subquery()


def _rows(asked: Session | Change, query: SelectOfScalar[int]) -> Sequence[int]:
    return asked.exec(query).all() if isinstance(asked, Session) else asked.rows(query)
