"""Lines that have grown too long: others are called to help, and whoever comes then is told what we can do for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlmodel import Session, col, func, select

from routing import asking, line
from routing.events import QueueFull
from routing.limits import WhenFull
from routing.medium import Medium
from routing.queues import Queue
from tickets.change import Change
from tickets.events import LiveBegan, TicketAssigned, TicketMoved
from tickets.log import LogRow
from tickets.ticket import Ticket


def watch(change: Change, queue: Queue) -> bool:
    """Whether others help from now on, because its line has become so long; they do until it is shorter."""
    if queue.overflow_at is None:
        return False
    waiting = select(Ticket.id).where(Ticket.queue_id == queue.id, line.waiting())
    before, overflows = queue.overflows, len(change.rows(waiting.limit(queue.overflow_at))) >= queue.overflow_at
    if overflows != before:
        queue.overflows = overflows
    return overflows and not before


def turn_away(change: Change, ticket: Ticket) -> bool:
    """Somebody joins a line that is full: they are told so. True where they wait live in this line no longer."""
    queue = change.find(Queue, ticket.queue_id) if ticket.queue_id is not None else None
    if queue is None or not queue.when_full or not line.waits(ticket) or not ticket.live:
        return False
    if not _is_full(change, queue, ticket):
        return False
    then, other = WhenFull(queue.when_full), change.find(Queue, queue.full_to or 0)
    if then is WhenFull.QUEUE and (other is None or other.archived or _is_full(change, other, ticket)):
        return False
    change.record(QueueFull(ticket=ticket.id, queue=queue.id, then=then.value, says=queue.full_says))
    if then is WhenFull.QUEUE and other is not None:
        ticket.move(change, other.id)
    else:
        ticket.end_live(change)
    return True


def turn_away_again(change: Change, event: LiveBegan) -> None:
    """Who was told that a line is full writes again: as long as it is, they are told so again.

    Who left by themselves, or chose a mail or a call instead, kept their place and waits live.
    """
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    queue = change.find(Queue, ticket.queue_id) if ticket.queue_id is not None else None
    if queue is not None and queue.when_full and _was_turned_away(change, ticket):
        turn_away(change, ticket)


def turned_away(session: Session, ticket_ids: Collection[int]) -> Sequence[int]:
    """Those of these that were told that a line is full, and that nothing has brought into a line since."""
    last = select(func.max(LogRow.pos)).where(col(LogRow.ticket_id).in_(ticket_ids), col(LogRow.kind).in_(_TURNS))
    full = select(LogRow.ticket_id).where(col(LogRow.pos).in_(last.group_by(col(LogRow.ticket_id))))
    found = session.exec(full.where(LogRow.kind == QueueFull.__name__)) if ticket_ids else ()
    return [ticket_id for ticket_id in found if ticket_id is not None]


def _was_turned_away(change: Change, ticket: Ticket) -> bool:
    """Nothing has brought them into a line since."""
    mine = select(LogRow.kind).where(LogRow.ticket_id == ticket.id, col(LogRow.kind).in_(_TURNS))
    return change.one(mine.order_by(col(LogRow.pos).desc())) == QueueFull.__name__


_TURNS = [kind.__name__ for kind in (QueueFull, LiveBegan, TicketAssigned, TicketMoved)]


def _is_full(change: Change, queue: Queue, ticket: Ticket) -> bool:
    """By those who wait live there already; a line is not full while somebody could answer at once."""
    there = select(Ticket.id).where(Ticket.queue_id == queue.id, line.waiting(), col(Ticket.fore), col(Ticket.live))
    there, most = there.where(Ticket.id != ticket.id), queue.most_waiting
    many = most is not None and len(change.rows(there.limit(most))) >= most
    since = change.now - timedelta(seconds=queue.longest_wait or 0)
    long = queue.longest_wait is not None and change.one(there.where(col(Ticket.queued_at) <= since)) is not None
    return (many or long) and not asking.anyone_free(change, queue, {Medium.CHAT})
