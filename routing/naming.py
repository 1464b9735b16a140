"""Gives a ticket to somebody whom a rule names: only where they are there and have room, as routing does everywhere."""

from enum import StrEnum

from routing import assignments, capacity, line, offers, room, stays
from routing.medium import medium_of
from routing.presence import Presence
from tickets.change import Change
from tickets.people import Agent
from tickets.ticket import Ticket


class Unable(StrEnum):
    """Why it was not given."""

    LEFT = "left"  # they no longer work here
    AWAY = "away"  # new work of this kind does not reach them now
    FULL = "full"


def give(change: Change, ticket: Ticket, agent_id: int) -> Unable | None:
    """Into this agent's hands; None where it is there. Else it stays where it is and, where it waits, it is they who
    are asked first as soon as they can take it.
    """
    agent = change.find(Agent, agent_id)
    if agent is None or not agent.active:
        return Unable.LEFT
    if ticket.agent_id == agent.id:
        return None
    why = _why_not(change, ticket, agent)
    if why is None:
        _give(change, ticket, agent)
    elif line.waits(ticket):
        stays.prefer(change, ticket, agent.id)
    return why


def _why_not(change: Change, ticket: Ticket, agent: Agent) -> Unable | None:
    here, medium = change.find(Presence, agent.id), medium_of(ticket)
    if here is None or not here.answers(medium):
        return Unable.AWAY
    offer = offers.live_of_ticket(change, ticket.id)
    if offer is not None and offer.agent_id == agent.id:
        return None  # it rings at them, which holds room
    weighs = ticket.live or capacity.weight_of(change, ticket) > 0  # what nobody waits for rests in any hands
    needed = capacity.needed_room(change, ticket) if weighs else 0
    return None if room.room(change, agent.id, medium) >= needed else Unable.FULL


def _give(change: Change, ticket: Ticket, agent: Agent) -> None:
    """At once, so that nothing else that happens in this change takes the room."""
    offer = offers.live_of_ticket(change, ticket.id)
    if offer is not None:
        offers.revoke(change, offer, "ticket")
    assignments.pass_on(change, ticket, agent.id)
    ticket.assign(change, agent, by_hand=False)
