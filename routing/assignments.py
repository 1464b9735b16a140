"""Who holds what, since when, and how much of their capacity it takes."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from routing import capacity, presence, silence, work, wrapping
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
    return next(iter(change.peek_once(Assignment, _OPEN_OF_TICKET, ticket=ticket_id)), None)


def start(
    change: Change, ticket: Ticket, agent_id: int, *, by_hand: bool, held: int = 0, offer_id: int | None = None
) -> Assignment:
    """The ticket is in the agent's hands. `held` is what an offer already held for it."""
    weight, medium = capacity.weight_of(change, ticket), medium_of(ticket)
    if medium in TALKS:
        wrapping.end_of(change, ticket.id, agent_id)
    over = capacity.hold(change, agent_id, weight - held, medium, by_hand=by_hand)
    capacity.of(change, agent_id).holds(medium, weight)
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
    work.follow(change, started)
    if medium is Medium.CHAT:
        silence.listen(change, started)
    if medium in TALKS:
        _expect(change, agent_id)
    return started


def pass_on(change: Change, ticket: Ticket, agent_id: int) -> None:
    """Out of whose hands it was, into this agent's, within their capacity."""
    before = open_one(change, ticket.id)
    if before is not None:
        _end(change, ticket, before)
        change.write()
    start(change, ticket, agent_id, by_hand=False)


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


def _expect(change: Change, agent_id: int) -> None:
    """Somebody waits in their hands: who is not there has the usual grace to come."""
    here = presence.of(change, agent_id)
    here.lost_due = here.lost_due or (None if here.connected else presence.given_up_at(change))


def _end(change: Change, ticket: Ticket, assignment: Assignment) -> None:
    """Finished, or in nobody's or other hands."""
    if assignment.live:
        assignment.live, assignment.talk_ended_at = False, change.now
    assignment.ended_at, assignment.silent_due, ticket.silent = change.now, None, False
    work.follow(change, assignment)
    medium = Medium(assignment.medium)
    talked = medium in TALKS
    capacity.of(change, assignment.agent_id).holds(medium, -assignment.weight)
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
        if was not in TALKS:
            wrapping.end_of(change, ticket.id, assignment.agent_id)
    capacity.of(change, assignment.agent_id).holds(was, -before)
    if assignment.weight > before:
        beyond = capacity.hold(change, assignment.agent_id, assignment.weight - before, is_now, by_hand=True)
        assignment.over = assignment.over or beyond
    capacity.of(change, assignment.agent_id).holds(is_now, assignment.weight)
    if assignment.weight < before or talked:
        _give_room(change, assignment, max(0, before - assignment.weight), talked=talked, finished=talked)
    assignment.medium = is_now.value
    work.follow(change, assignment)


def _give_room(change: Change, assignment: Assignment, room: int, *, talked: bool, finished: bool) -> None:
    """Free, unless there is something to write down first. The end of a talk is told also where it frees nothing."""
    if finished and wrapping.begin(change, assignment, Medium(assignment.medium), room):
        return
    capacity.free(change, assignment.agent_id, room)
    if talked and room == 0:
        change.record(CapacityFreed(agent=assignment.agent_id))
