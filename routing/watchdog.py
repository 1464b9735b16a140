"""What happens next to every ticket that waits, and when: there is none to which nothing will."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from routing import explained, line, offers
from routing.offers import Offer
from routing.queues import Delivery, Queue
from routing.stays import Stay
from tickets.ticket import Ticket

MOST = 200
LATE = timedelta(seconds=30)  # so long after its time an action has been forgotten


class Next(StrEnum):
    RINGS_OUT = "rings_out"  # an offer ends, unless it is taken
    STEP = "step"  # it asks for less, or others may see it
    LOOK = "look"  # its line is looked through
    NOTHING = "nothing"


class Waits(NamedTuple):
    """A waiting ticket, and what happens to it next. `why`: see explained.Why; empty where nobody was looked for."""

    ticket_id: int
    number: int
    subject: str
    queue_id: int
    since: datetime
    why: str
    next: Next
    next_at: datetime | None
    asked_for: bool  # nobody is looked for: whoever wants work takes it

    def forgotten(self, now: datetime) -> bool:
        return self.next_at is None or self.next_at < now - LATE


def all_waiting(session: Session) -> Sequence[Waits]:
    """At most 200: those of which nothing will become first, then those who have waited longest."""
    query = _WAITING.order_by(_unwatched.desc(), col(Ticket.queued_at)).limit(MOST)
    rows = session.connection().execute(query).all()
    whys = explained.whys(session, [ticket_id for ticket_id, *_ in rows])
    return [_waits(whys.get(row[0], ""), *row) for row in rows]


def counted(session: Session) -> tuple[int, int]:
    """How many wait, and to how many of them nothing will happen."""
    n, forgotten = session.connection().execute(_of_waiting(func.count(), func.sum(_unwatched))).one()
    return n, int(forgotten or 0)


def _waits(
    why: str,
    id: int,
    number: int,
    subject: str,
    queue_id: int,
    since: datetime,
    asked_for: bool,
    *times: Any,
) -> Waits:
    what, at = _next(*times)
    return Waits(id, number, subject, queue_id, since, why, what, at, bool(asked_for))


def _next(rings_out: datetime | None, step: datetime | None, look: datetime | None) -> tuple[Next, datetime | None]:
    """The earliest of what is to come."""
    times = ((rings_out, Next.RINGS_OUT), (step, Next.STEP), (look, Next.LOOK))
    ahead = [(at, what) for at, what in times if at is not None]
    if not ahead:
        return Next.NOTHING, None
    at, what = min(ahead)
    return what, at


def _of_waiting(*columns: Any) -> Select[Any]:
    return (
        core_select(*columns)
        .select_from(Ticket)
        .join(Queue, col(Queue.id) == col(Ticket.queue_id))
        .outerjoin(Offer, and_(col(Offer.ticket_id) == col(Ticket.id), offers.is_live()))
        .outerjoin(Stay, col(Stay.ticket_id) == col(Ticket.id))
        .where(line.waiting())
    )


_unwatched = case(
    (and_(col(Offer.id).is_(None), col(Stay.look_due).is_(None), col(Queue.drain_due).is_(None)), 1), else_=0
)
_WAITING = _of_waiting(
    *(col(Ticket.id), col(Ticket.number), col(Ticket.subject), col(Ticket.queue_id), col(Ticket.queued_at)),
    and_(col(Queue.delivery) == Delivery.PULL, ~col(Ticket.live)),
    *(col(Offer.expires_at), col(Stay.look_due), col(Queue.drain_due)),
)
