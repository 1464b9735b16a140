"""After a talk an agent writes down what was said: until they are done, or the time is over, its room is kept."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from routing import capacity, loads, work
from routing.assignment import Assignment
from routing.events import WrapUpBegan, WrapUpEnded
from routing.medium import TALKS, Medium
from routing.queues import Queue
from tickets.change import Change
from tickets.chores import NOW, Due
from tickets.errors import NotAllowed


def begin(change: Change, assignment: Assignment, medium: Medium, room: int) -> bool:
    """Keep the room that a talk has left in the agent's hands; False where there is no time for it."""
    seconds = _seconds(change, assignment.queue_id, medium)
    if seconds <= 0 or room <= 0:
        return False
    assignment.wrap_weight += room
    assignment.wrap_due = change.now + timedelta(seconds=seconds)
    work.wrap(change, assignment, medium)
    change.record(WrapUpBegan(ticket=assignment.ticket_id, agent=assignment.agent_id, until=assignment.wrap_due))
    return True


def finish(change: Change, assignment_id: int) -> None:
    """The acting agent is done with it. Again is the same as once."""
    assignment = change.take(Assignment, assignment_id)
    if change.by != f"agent:{assignment.agent_id}":
        raise NotAllowed("This is somebody else's.")
    end(change, assignment)


def run_out(change: Change, assignment_id: int) -> None:
    """The time for it is over. Does nothing when they were done before."""
    over = col(Assignment.id) == assignment_id, col(Assignment.wrap_due) <= change.now
    if change.claim(update(Assignment).where(*over).values(wrap_due=None)) == 1:
        _free(change, change.take(Assignment, assignment_id))


def end(change: Change, assignment: Assignment) -> None:
    """Whatever the reason: they are done, or the customer is back."""
    if assignment.wrap_due is not None:
        assignment.wrap_due = None
        _free(change, assignment)


def end_of(change: Change, ticket_id: int, agent_id: int) -> None:
    """They talk again: what they were writing down of that ticket takes no room beside it."""
    for one in change.peek_once(Assignment, _OF_TICKET, ticket=ticket_id, agent=agent_id):
        end(change, one)


# What others ask


due = Due(select(Assignment.id).where(col(Assignment.wrap_due) <= NOW).order_by(col(Assignment.wrap_due)).limit(100))


def under_way(session: Session, agent_id: int) -> Sequence[Assignment]:
    """What this agent is writing down, the one that ends first first."""
    theirs = select(Assignment).where(Assignment.agent_id == agent_id, col(Assignment.wrap_due).is_not(None))
    return session.exec(theirs.order_by(col(Assignment.wrap_due))).all()


# How

_OF_TICKET = select(Assignment).where(
    Assignment.ticket_id == bindparam("ticket"),
    Assignment.agent_id == bindparam("agent"),
    col(Assignment.wrap_due).is_not(None),
)


def _free(change: Change, assignment: Assignment) -> None:
    room, assignment.wrap_weight = assignment.wrap_weight, 0
    work.wrapped(change, assignment)
    change.record(WrapUpEnded(ticket=assignment.ticket_id, agent=assignment.agent_id))
    capacity.free(change, assignment.agent_id, room)


def _seconds(change: Change, queue_id: int | None, medium: Medium) -> float:
    queue = change.find(Queue, queue_id) if queue_id is not None and medium in TALKS else None
    if queue is not None and queue.wrap_seconds is not None:
        return queue.wrap_seconds
    return loads.load(change, medium).wrap_seconds
