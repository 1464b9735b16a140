"""Who holds what, since when, and how much of their capacity it takes."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, col, select

from routing import capacity, presence
from routing.events import CapacityFreed
from tickets.change import Change
from tickets.events import Event, TicketAssigned
from tickets.moment import Moment
from tickets.ticket import Ticket

_OPEN = text("ended_at is null")


class Assignment(SQLModel, table=True):
    """One stay of a ticket in an agent's hands. A ticket has at most one that has not ended."""

    __table_args__ = (
        Index("uq_assignment_open", "ticket_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_assignment_agent_open", "agent_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_assignment_talk", "queue_id", "talk_ended_at"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    agent_id: int = Field(foreign_key="agent.id")
    queue_id: int | None = None  # where the ticket was then
    weight: int
    live: bool  # somebody waits at the other end
    by_hand: bool
    over: bool = False  # the agent held more than the pool when this came or grew
    since: datetime = Field(sa_type=Moment)
    talk_ended_at: datetime | None = Field(default=None, sa_type=Moment)  # when they ceased to wait
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


def open_one(change: Change, ticket_id: int) -> Assignment | None:
    return change.one(select(Assignment).where(Assignment.ticket_id == ticket_id, col(Assignment.ended_at).is_(None)))


def start(change: Change, ticket: Ticket, agent_id: int, *, by_hand: bool, held: int = 0) -> Assignment:
    """The ticket is in the agent's hands. `held` is what an offer already held for it."""
    weight = capacity.weight_of(change.rules, ticket)
    aside = 0 if held else laid_aside(change, ticket, [agent_id]).get(agent_id, 0)
    over = capacity.hold(change, agent_id, weight - held, by_hand=by_hand, aside=aside)
    presence.of(change, agent_id).touch(change)
    return change.add(
        Assignment(
            id=change.new_id(),
            ticket_id=ticket.id,
            agent_id=agent_id,
            queue_id=ticket.queue_id,
            weight=weight,
            live=ticket.live,
            by_hand=by_hand,
            over=over,
            since=change.now,
        )
    )


def laid_aside(change: Change, ticket: Ticket, agent_ids: Collection[int]) -> Mapping[int, int]:
    """What these agents can lay aside for this ticket: while they ring somebody, work that nobody waits for live."""
    if not ticket.to_call or not agent_ids:
        return {}
    held = select(Assignment).join(Ticket, col(Ticket.id) == Assignment.ticket_id)
    held = held.where(col(Assignment.agent_id).in_(agent_ids), col(Assignment.ended_at).is_(None))
    weights: Counter[int] = Counter()
    for one in change.rows(held.where(col(Assignment.live).is_(False), col(Ticket.to_call).is_(False))):
        weights[one.agent_id] += one.weight
    return weights


def follow(change: Change, event: Event) -> None:
    """Whatever happened to a ticket: its open assignment names who holds it, and weighs what it weighs now."""
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    holder = None if ticket.done else ticket.agent_id
    current = open_one(change, ticket.id)
    if current is not None and current.agent_id != holder:
        _end(change, current)
        current = None
    if holder is not None and current is None:
        by_hand = not isinstance(event, TicketAssigned) or event.by_hand  # work that comes back may exceed the pool
        start(change, ticket, holder, by_hand=by_hand)
    elif current is not None:
        _weigh(change, ticket, current)


def _end(change: Change, assignment: Assignment) -> None:
    if assignment.live:
        assignment.live, assignment.talk_ended_at = False, change.now
    assignment.ended_at = change.now
    capacity.free(change, assignment.agent_id, assignment.weight)
    presence.of(change, assignment.agent_id).touch(change)


def _weigh(change: Change, ticket: Ticket, assignment: Assignment) -> None:
    over = assignment.live and not ticket.live
    if assignment.live != ticket.live:
        assignment.live, assignment.talk_ended_at = ticket.live, None if ticket.live else change.now
    before, assignment.weight = assignment.weight, capacity.weight_of(change.rules, ticket)
    if assignment.weight > before:
        beyond = capacity.hold(change, assignment.agent_id, assignment.weight - before, by_hand=True)
        assignment.over = assignment.over or beyond
    elif assignment.weight < before:
        capacity.free(change, assignment.agent_id, before - assignment.weight)
    elif over:
        change.record(CapacityFreed(agent=assignment.agent_id))  # it weighs the same, but nobody waits any more
