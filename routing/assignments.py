"""Who holds what, since when, and how much of their capacity it takes."""

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import bindparam
from sqlmodel import col, select

from routing import capacity, loads, presence, silence, wrapping
from routing.assignment import Assignment
from routing.events import CapacityFreed
from routing.medium import TALKS, Medium, medium_of
from tickets.change import Change
from tickets.events import Event, TicketAssigned
from tickets.ticket import Ticket

_OPEN_OF_TICKET = select(Assignment).where(
    Assignment.ticket_id == bindparam("ticket"), col(Assignment.ended_at).is_(None)
)


def open_one(change: Change, ticket_id: int) -> Assignment | None:
    return next(iter(change.peek(Assignment, _OPEN_OF_TICKET, ticket=ticket_id)), None)


def start(
    change: Change, ticket: Ticket, agent_id: int, *, by_hand: bool, held: int = 0, offer_id: int | None = None
) -> Assignment:
    """The ticket is in the agent's hands. `held` is what an offer already held for it."""
    weight, medium = capacity.weight_of(change, ticket), medium_of(ticket)
    aside = 0 if held else laid_aside(change, medium, [agent_id]).get(agent_id, 0)
    over = capacity.hold(change, agent_id, weight - held, by_hand=by_hand, aside=aside)
    presence.of(change, agent_id).touch(change)
    started = change.add(
        Assignment(
            id=change.new_id(),
            ticket_id=ticket.id,
            agent_id=agent_id,
            queue_id=ticket.queue_id,
            offer_id=offer_id,
            weight=weight,
            live=ticket.live,
            medium=medium.value,
            by_hand=by_hand,
            over=over,
            since=change.now,
        )
    )
    if medium is Medium.CHAT:
        silence.listen(change, started)
    return started


def laid_aside(change: Change, medium: Medium, agent_ids: Collection[int]) -> Mapping[int, int]:
    """What these agents hold that can wait while they talk with somebody: nothing waits for other than a talk."""
    waits = [one.value for one in loads.interruptible(change)] if medium in TALKS and agent_ids else []
    if not waits:
        return {}
    held = select(Assignment).where(col(Assignment.agent_id).in_(agent_ids), col(Assignment.ended_at).is_(None))
    weights: Counter[int] = Counter()
    for one in change.rows(held.where(col(Assignment.medium).in_(waits))):
        weights[one.agent_id] += one.weight
    return weights


def follow(change: Change, event: Event) -> None:
    """Whatever happened to a ticket: its open assignment names who holds it, and weighs what it weighs now."""
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    holder = None if ticket.done else ticket.agent_id
    current = open_one(change, ticket.id)
    if current is not None and current.agent_id != holder:
        _end(change, ticket, current)
        current = None
    if holder is not None and current is None:
        by_hand = not isinstance(event, TicketAssigned) or event.by_hand  # work that comes back may exceed the pool
        start(change, ticket, holder, by_hand=by_hand)
    elif current is not None:
        _weigh(change, ticket, current)


def _end(change: Change, ticket: Ticket, assignment: Assignment) -> None:
    """Finished, or in nobody's or other hands."""
    if assignment.live:
        assignment.live, assignment.talk_ended_at = False, change.now
    assignment.ended_at, assignment.silent_due, ticket.silent = change.now, None, False
    talked = Medium(assignment.medium) in TALKS
    _give_room(change, assignment, assignment.weight, talked=talked, finished=ticket.done)
    presence.of(change, assignment.agent_id).touch(change)


def _weigh(change: Change, ticket: Ticket, assignment: Assignment) -> None:
    if assignment.live != ticket.live:
        assignment.live, assignment.talk_ended_at = ticket.live, None if ticket.live else change.now
    before, was = assignment.weight, Medium(assignment.medium)
    is_now = medium_of(ticket)
    if not ticket.live:
        ticket.silent, assignment.silent_due = False, None
    elif assignment.silent_due is None and not ticket.silent:
        silence.listen(change, assignment)
    assignment.weight = capacity.weight_of(change, ticket)
    talked = was in TALKS and is_now is not was
    if is_now in TALKS:
        wrapping.end(change, assignment)  # they are back
    if assignment.weight > before:
        beyond = capacity.hold(change, assignment.agent_id, assignment.weight - before, by_hand=True)
        assignment.over = assignment.over or beyond
    if assignment.weight < before or talked:
        _give_room(change, assignment, max(0, before - assignment.weight), talked=talked, finished=talked)
    assignment.medium = is_now.value


def _give_room(change: Change, assignment: Assignment, room: int, *, talked: bool, finished: bool) -> None:
    """Free, unless there is something to write down first. The end of a talk is told also where it frees nothing."""
    if finished and wrapping.begin(change, assignment, Medium(assignment.medium), room):
        return
    capacity.free(change, assignment.agent_id, room)
    if talked and room == 0:
        change.record(CapacityFreed(agent=assignment.agent_id))
