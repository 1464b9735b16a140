"""A waiting ticket rings at one agent, who takes it or does not; then it goes to the next."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Index, bindparam, exists, literal_column, text, update
from sqlmodel import Field, Session, col, select

from routing import assignments, capacity, presence, refusals
from routing.assignment import Assignment
from routing.choosing import Choice
from routing.events import OfferAccepted, OfferDeclined, OfferExpired, OfferMade, OfferRevoked, OftenRefused
from routing.medium import medium_of
from routing.queues import Queue, QueueMember
from routing.stays import Widening
from tickets.change import Change
from tickets.chores import NOW, Due
from tickets.errors import Conflict, NotAllowed
from tickets.events import Event, TicketReleased
from tickets.failpoint import reached
from tickets.moment import Moment
from tickets.people import Agent
from tickets.plain import spelled
from tickets.status import Priority, Status
from tickets.table import Swift
from tickets.text import one_line
from tickets.ticket import Ticket

LONGEST_WHY = 100
_FARTHEST = 100  # offers of one ticket that are counted
_LIVE = text("state = 'offered'")


class State(StrEnum):
    """Offered until it is answered or over; accepted until the work ends (semantics.md part 3)."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"  # it rang until its end
    REVOKED = "revoked"  # taken back: the ticket or the agent is gone
    ORPHANED = "orphaned"  # accepted by somebody who then could not be reached any more
    WRAPPING = "wrapping"  # the talk is over, and its agent writes down what was said
    COMPLETED = "completed"


TAKEN = frozenset({State.ACCEPTED, State.WRAPPING, State.COMPLETED})
_REFUSED = frozenset({State.DECLINED, State.EXPIRED})


class Offer(Swift, table=True):
    """While it is offered it holds its weight of the agent's capacity. A ticket rings at one agent at a time."""

    __table_args__ = (
        Index("uq_offer_live", "ticket_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_offer_due", "expires_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_offer_agent_live", "agent_id", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_offer_ticket", "ticket_id", "id"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    agent_id: int = Field(foreign_key="agent.id")
    queue_id: int = Field(foreign_key="queue.id")
    weight: int
    state: str = State.OFFERED.value
    made_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)  # when it rang no longer
    done_at: datetime | None = Field(default=None, sa_type=Moment)  # when what was accepted came to its end
    reason: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))  # why this agent (choosing.py)
    why: str = ""  # what the agent gave as the reason to decline


# Verbs


def make(change: Change, ticket: Ticket, queue: Queue, choice: Choice) -> Offer:
    """Ring at the chosen agent, and hold room for it from now on."""
    weight = capacity.weight_of(change, ticket)
    capacity.hold(change, choice.agent_id, weight, medium_of(ticket))
    ring = change.rules.ring_seconds if queue.ring_seconds is None else queue.ring_seconds
    offer = change.add(
        Offer(
            id=change.new_id(),
            ticket_id=ticket.id,
            agent_id=choice.agent_id,
            queue_id=queue.id,
            weight=weight,
            made_at=change.now,
            expires_at=change.now + timedelta(seconds=ring),
            reason=choice.reason,
        )
    )
    change.record(OfferMade(ticket=ticket.id, offer=offer.id, agent=offer.agent_id, expires_at=offer.expires_at))
    return offer


def accept(change: Change, offer_id: int) -> Ticket:
    """The acting agent takes it. Again is the same as once; whoever was slower reads who has it."""
    offer, agent_id = change.take(Offer, offer_id), _acting(change)
    ticket = change.take(Ticket, offer.ticket_id)
    _still_theirs(change, offer, ticket, agent_id)
    if offer.state == State.OFFERED:
        offer.state, offer.ended_at = State.ACCEPTED.value, change.now
        assignments.start(change, ticket, agent_id, by_hand=False, held=offer.weight, offer_id=offer.id)
        ticket.assign(change, change.take(Agent, agent_id), by_hand=False)
        if ticket.status == Status.NEW:
            ticket.set_status(change, Status.OPEN)
        change.record(OfferAccepted(ticket=ticket.id, offer=offer.id, agent=agent_id))
    return ticket


def decline(change: Change, offer_id: int, why: str = "") -> None:
    """Not me. The ticket keeps its age and goes to the next; declining what is over changes nothing."""
    offer, agent_id = change.take(Offer, offer_id), _acting(change)
    if offer.agent_id != agent_id:
        raise NotAllowed("This was not offered to you.")
    if offer.state in TAKEN:
        raise Conflict("You have already taken this.")
    if offer.state == State.OFFERED:
        offer.why = one_line(why, LONGEST_WHY)
        refusals.remember(change, offer.ticket_id, agent_id, queue_id=offer.queue_id, why=refusals.DECLINED)
        _end(change, offer, State.DECLINED)
        change.record(OfferDeclined(ticket=offer.ticket_id, offer=offer.id, agent=agent_id))


def expire(change: Change, offer_id: int) -> None:
    """It has rung long enough. Does nothing when it was answered meanwhile."""
    rung_out = col(Offer.id) == offer_id, col(Offer.state) == State.OFFERED, col(Offer.expires_at) <= change.now
    if change.claim(update(Offer).where(*rung_out).values(state=State.EXPIRED.value)) == 1:
        reached("offer.claimed")
        offer = change.take(Offer, offer_id)
        _end(change, offer, State.EXPIRED)
        refusals.remember(change, offer.ticket_id, offer.agent_id, queue_id=offer.queue_id, why=refusals.MISSED)
        change.record(OfferExpired(ticket=offer.ticket_id, offer=offer.id, agent=offer.agent_id))
        presence.miss(change, offer.agent_id)


def revoke(change: Change, offer: Offer, why: str) -> None:
    """Take it back, because of the "ticket" or because of the "agent"."""
    _end(change, offer, State.REVOKED)
    change.record(OfferRevoked(ticket=offer.ticket_id, offer=offer.id, agent=offer.agent_id, why=why))


# What follows


def follow(change: Change, event: Event) -> None:
    """What was accepted goes its way: orphaned where its agent was lost, else written down and completed."""
    for offer in change.peek_once(Offer, _GOING, ticket=event.ticket):
        state = _goes_on_as(change, offer, event)
        if state != offer.state:
            offer.state, offer.done_at = state.value, None if state is State.WRAPPING else change.now


def raise_refused(change: Change, event: OfferDeclined | OfferExpired) -> None:
    """After so many in a row it is more urgent, and said to be: its queue says how many."""
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    queue = change.find(Queue, ticket.queue_id) if ticket.queue_id is not None else None
    if queue is not None and queue.raise_after:
        times = refused_in_a_row(change, ticket.id)
        if times and times % queue.raise_after == 0:
            change.record(OftenRefused(ticket=ticket.id, times=times))
            higher = Priority(ticket.priority).higher
            if higher is not None:
                ticket.set_priority(change, higher)


# What others ask


def refused_in_a_row(change: Change, ticket_id: int) -> int:
    """Offers of it that were declined or missed since somebody last had it; those taken back do not count."""
    refused = 0
    newest_first = select(Offer.state).where(Offer.ticket_id == ticket_id).order_by(col(Offer.id).desc())
    for state in change.rows(newest_first.limit(_FARTHEST)):
        if state in TAKEN or state == State.ORPHANED:
            break
        refused += state in _REFUSED
    return refused


def live_of_ticket(change: Change, ticket_id: int) -> Offer | None:
    return next(iter(change.peek_once(Offer, _LIVE_OF_TICKET, ticket=ticket_id)), None)


def live_of_agent(session: Session, agent_id: int) -> Sequence[Offer]:
    """What rings at this agent, the oldest first."""
    return session.exec(select(Offer).where(Offer.agent_id == agent_id, is_live()).order_by(col(Offer.id))).all()


def astray(change: Change) -> Sequence[Offer]:
    """What rings at somebody who answers neither its queue nor one that was called to help, or is no longer."""
    return change.rows(_ASTRAY)


def is_live() -> ColumnElement[bool]:
    """Spelled out in the statement rather than bound, so that SQLite sees that its partial indexes apply."""
    return col(Offer.state) == literal_column("'offered'")


due = Due(select(Offer.id).where(is_live(), col(Offer.expires_at) <= NOW).order_by(col(Offer.expires_at)).limit(100))
"""Offers that have rung long enough, the oldest first."""

_GOING = (
    select(Offer)
    .where(Offer.ticket_id == bindparam("ticket"), col(Offer.state).in_(spelled([State.ACCEPTED, State.WRAPPING])))
    .order_by(col(Offer.id))
)
_BY_OFFER = select(Assignment).where(Assignment.offer_id == bindparam("offer"))
_LIVE_OF_TICKET = select(Offer).where(Offer.ticket_id == bindparam("ticket"), is_live())

_answers = exists().where(col(QueueMember.agent_id) == col(Offer.agent_id))
_ASTRAY = select(Offer).where(
    is_live(),
    ~_answers.where(col(QueueMember.queue_id) == Offer.queue_id),
    ~_answers.where(col(QueueMember.queue_id) == Queue.overflow_to, col(Queue.id) == Offer.queue_id),
    ~_answers.where(col(QueueMember.queue_id) == Widening.queue_id, col(Widening.ticket_id) == Offer.ticket_id),
)

# How


def _end(change: Change, offer: Offer, state: State) -> None:
    offer.state, offer.ended_at = state.value, change.now
    capacity.free(change, offer.agent_id, offer.weight)


def _goes_on_as(change: Change, offer: Offer, event: Event) -> State:
    held = next(iter(change.peek_once(Assignment, _BY_OFFER, offer=offer.id)), None)
    if held is not None and held.wrap_due is not None:
        return State.WRAPPING
    if isinstance(event, TicketReleased) and event.why == presence.GONE:
        return State.ORPHANED
    goes_on = held is not None and held.ended_at is None and held.talk_ended_at is None
    return State.ACCEPTED if goes_on and offer.state == State.ACCEPTED else State.COMPLETED


def _still_theirs(change: Change, offer: Offer, ticket: Ticket, agent_id: int) -> None:
    """Raises Conflict where the ticket is in other hands or the offer is over, NotAllowed where it was never theirs."""
    if ticket.agent_id is not None and ticket.agent_id != agent_id:
        raise Conflict("{name} took this.", name=change.take(Agent, ticket.agent_id).name)
    if offer.agent_id != agent_id:
        raise NotAllowed("This was not offered to you.")
    if offer.state != State.OFFERED and ticket.agent_id != agent_id:
        raise Conflict("This offer is over. The ticket went back to its queue.")


def _acting(change: Change) -> int:
    return int(change.by.removeprefix("agent:"))
