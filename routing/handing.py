"""What an agent does by hand with who holds a ticket and where it waits."""

from routing.medium import medium_of
from routing.presence import Intent, Presence
from routing.queues import Queue
from routing.states import Takes
from tickets.change import Change
from tickets.errors import Conflict, NotFound
from tickets.people import Agent
from tickets.ticket import Ticket


def assign(change: Change, ticket_id: int, agent_id: int, *, shown: int | None = None) -> None:
    """Put a ticket into somebody's hands, also beyond their capacity.

    `shown` is who held it on the screen of whoever acts (0: nobody). Raises Conflict when somebody else took it since,
    where the agent is in a state in which not even a colleague's work of this kind reaches them, and where somebody
    waits live who would wait in vain. What one takes oneself is one's own affair.
    """
    ticket, agent = change.take(Ticket, ticket_id), change.take(Agent, agent_id)
    holder = ticket.agent_id or 0
    if shown is not None and holder not in {0, shown, agent.id}:
        raise Conflict("{name} took this.", name=change.take(Agent, holder).name)
    if agent.id != holder and change.by != agent.actor:
        _reaches(change, ticket, agent)
    ticket.assign(change, agent)


def give_back(change: Change, ticket_id: int) -> None:
    """Back to its queue, at its original age."""
    change.take(Ticket, ticket_id).release(change)


def move(change: Change, ticket_id: int, queue_id: int) -> None:
    """Into another queue that is in use, keeping its age."""
    queue = change.take(Queue, queue_id)
    if queue.archived:
        raise NotFound("This queue is no longer in use.", field="queue")
    change.take(Ticket, ticket_id).move(change, queue.id)


def _reaches(change: Change, ticket: Ticket, agent: Agent) -> None:
    here = change.find(Presence, agent.id)
    if here is not None and here.takes(medium_of(ticket)) is Takes.NOTHING:
        raise Conflict("{name} takes no such work now.", field="agent", name=agent.name)
    if ticket.live and (here is None or not _is_at_hand(here)):
        says = "Somebody waits in this chat, and {name} is not there. Choose somebody who is."
        raise Conflict(says, field="agent", name=agent.name)


def _is_at_hand(here: Presence) -> bool:
    """Connected, and in no built-in state that says that they are elsewhere; the desk's own say what reaches them."""
    return here.connected and (here.intent == Intent.AVAILABLE or here.state_id is not None)
