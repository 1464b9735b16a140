"""Does what a policy says when a promise comes to a step: tells people, raises, moves, or gives it to somebody."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from routing import naming
from routing.queues import Queue
from routing.sla import notices
from routing.sla.events import SlaStepReached, SlaUngiven, SlaUntold
from routing.sla.steps import HOLDER, SUPERVISORS, Deed
from tickets.change import Change
from tickets.email.outbox import post_to_staff
from tickets.people import Agent, Role
from tickets.status import Priority
from tickets.ticket import Ticket

NOTICE = "promise"


def act(change: Change, event: SlaStepReached) -> None:
    """A queue that was archived since is passed over; what is done already, too.

    Where nobody hears of it who was to be told, or it cannot be given to whom it was to be, that is said.
    """
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    if event.does == Deed.TELL:
        _tell(change, ticket, event)
    elif not ticket.done:
        {Deed.RAISE: _raise, Deed.MOVE: _move, Deed.ASSIGN: _assign}[Deed(event.does)](change, ticket, event)


def _tell(change: Change, ticket: Ticket, event: SlaStepReached) -> None:
    facts = {
        "number": ticket.number,
        "metric": event.metric,
        "due": event.due.strftime("%Y-%m-%d %H:%M UTC") if event.due else "",
        "late": event.late,
        "link": f"/app/tickets/{ticket.number}",
    }
    people = _people(change, ticket, event.to)
    for agent in () if ticket.done else people:
        notices.give(change, ticket, agent, event)
    untold = [one.id for one in people if post_to_staff(change, ticket, one, notice=NOTICE, facts=facts) is None]
    for unheard in untold if people else [int(event.to) if event.to.isdigit() else None]:
        change.record(SlaUntold(ticket=ticket.id, clock=event.clock, metric=event.metric, agent=unheard))


def _people(change: Change, ticket: Ticket, to: str) -> Sequence[Agent]:
    """Where nobody has it, the supervisors are told: somebody must hear."""
    if to == SUPERVISORS or (to == HOLDER and ticket.agent_id is None):
        theirs = [Role.SUPERVISOR.value, Role.ADMIN.value]
        all_ = change.rows(select(Agent).where(col(Agent.role).in_(theirs), col(Agent.active).is_(True)))
        supervisors = [agent for agent in all_ if agent.role == Role.SUPERVISOR]
        return sorted(supervisors or all_, key=lambda agent: agent.id)
    agent = change.find(Agent, ticket.agent_id or 0 if to == HOLDER else int(to))
    return [agent] if agent is not None and agent.active else []


def _raise(change: Change, ticket: Ticket, _: SlaStepReached) -> None:
    higher = Priority(ticket.priority).higher
    if higher is not None:
        ticket.set_priority(change, higher)


def _move(change: Change, ticket: Ticket, event: SlaStepReached) -> None:
    queue = change.find(Queue, int(event.to))
    if queue is not None and not queue.archived:
        ticket.move(change, queue.id)


def _assign(change: Change, ticket: Ticket, event: SlaStepReached) -> None:
    """A rule exceeds nobody's capacity, and gives nothing to who is not there: that is for people to decide."""
    agent_id = int(event.to)
    why = naming.give(change, ticket, agent_id)
    if why is not None:
        unable = SlaUngiven(ticket=ticket.id, clock=event.clock, metric=event.metric, agent=agent_id, why=why.value)
        change.record(unable)
