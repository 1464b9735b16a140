"""A floor to tell stories on: a queue with members who are at their desks, and the house's reactions."""

from collections.abc import Sequence

from sqlmodel import select

from routing import offers, presence
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.offers import Offer
from routing.presence import Intent
from routing.queues import Delivery, Queue, add_queue
from routing.reactions import REACTIONS
from tests.cast import UnitChange, a_ticket, an_agent
from tickets.change import Change
from tickets.people import Agent
from tickets.reactions import Reactions
from tickets.ticket import Ticket

ALL = Reactions(REACTIONS)


def a_queue(change: Change, name: str = "Support", *members: Agent, delivery: Delivery = Delivery.PULL) -> Queue:
    return add_queue(change, name, delivery=delivery, members=[agent.id for agent in members])


def at_the_desk(change: Change, *agents: Agent) -> None:
    """Connected and available. Call once for each where it matters who has been idle longer."""
    for agent in agents:
        presence.came(change, agent.id)
        presence.set_intent(change, agent.id, Intent.AVAILABLE)


def a_floor(change: UnitChange, *names: str, delivery: Delivery = Delivery.PULL) -> tuple[Queue, list[Agent]]:
    """Support, answered by these agents; each came a minute after the one before and is idle since."""
    agents = [an_agent(change, name) for name in names or ("Ada", "Bo")]
    queue = a_queue(change, "Support", *agents, delivery=delivery)
    for agent in agents:
        at_the_desk(change, agent)
        change.moves(minutes=1)
    settle(change)
    return queue, agents


def a_chat(change: UnitChange, queue: Queue | None = None) -> Ticket:
    """Sam waits at the other end."""
    ticket = a_ticket(change, live=True, queue_id=None if queue is None else queue.id)
    settle(change)
    return ticket


def settle(change: UnitChange) -> None:
    """Let the house react to what has happened since it last did."""
    change.settle(ALL)
    change.write()
    change.events.clear()


def acts(change: UnitChange, agent: Agent) -> None:
    """From now on this agent is the one who does things."""
    change.by = agent.actor


def accept(change: UnitChange, agent: Agent, offer: Offer) -> Ticket:
    acts(change, agent)
    ticket = offers.accept(change, offer.id)
    settle(change)
    return ticket


def decline(change: UnitChange, agent: Agent, offer: Offer, why: str = "") -> None:
    acts(change, agent)
    offers.decline(change, offer.id, why)
    settle(change)


def rings_at(change: Change, ticket: Ticket) -> int | None:
    """Which agent a ticket is offered to right now."""
    offer = offers.live_of_ticket(change, ticket.id)
    return None if offer is None else offer.agent_id


def offer_of(change: Change, ticket: Ticket) -> Offer:
    offer = offers.live_of_ticket(change, ticket.id)
    assert offer is not None
    return offer


def capacity_of(change: Change, agent: Agent) -> Capacity:
    found = change.one(select(Capacity).where(Capacity.agent_id == agent.id))
    return found or Capacity(agent_id=agent.id, pool=change.rules.pool)


def open_assignments(change: Change, ticket: Ticket) -> Sequence[Assignment]:
    return [one for one in change.rows(select(Assignment).where(Assignment.ticket_id == ticket.id)) if not one.ended_at]
