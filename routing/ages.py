"""Members of a queue who see its work later: when what waits there is old enough for the next of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, or_, type_coerce, update
from sqlalchemy import select as core_select
from sqlmodel import col, select

from routing.queues import QueueMember
from routing.stays import Stay, joined, steps_of
from tickets.change import Change
from tickets.moment import from_micros, to_micros
from tickets.ticket import Ticket


def reach_those_who_wait(change: Change, queue_id: int) -> None:
    """The delays of this queue's members are others: they are for whoever is in the line already, too."""
    delays = {round(seconds * 1_000_000) for seconds in change.rows(_DELAYS.where(QueueMember.queue_id == queue_id))}
    _by_steps_alone(change, queue_id)
    for delay in delays:
        due = type_coerce(_QUEUED, BigInteger) + delay
        sooner = or_(col(Stay.look_due).is_(None), type_coerce(Stay.look_due, BigInteger) > due)
        mine = update(Stay).where(col(Stay.queue_id) == queue_id, due > to_micros(change.now), sooner)
        change.claim(mine.values(look_due=due))
    for ticket_id, queued_at, began in joined(change, queue_id) if delays else ():
        ages = [at for delay in delays if (at := to_micros(queued_at) + delay) > to_micros(change.now)]
        if ages:
            look_due = from_micros(min(ages))
            change.add(Stay(ticket_id=ticket_id, queue_id=queue_id, began_at=began, look_due=look_due))


def _by_steps_alone(change: Change, queue_id: int) -> None:
    """As if everybody saw everything at once."""
    steps, mine = steps_of(change, queue_id), col(Stay.queue_id) == queue_id
    for taken, step in enumerate(steps):
        due = type_coerce(Stay.began_at, BigInteger) + round(step.after_seconds * 1_000_000)
        change.claim(update(Stay).where(mine, col(Stay.step) == taken).values(look_due=due))
    change.claim(update(Stay).where(mine, col(Stay.step) >= len(steps)).values(look_due=None))


_DELAYS = select(QueueMember.delay_seconds).where(QueueMember.delay_seconds > 0).distinct()
_QUEUED = core_select(col(Ticket.queued_at)).where(col(Ticket.id) == col(Stay.ticket_id)).scalar_subquery()
