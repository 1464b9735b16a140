"""What a request for a call does when something happens to its ticket, and whom it tells."""

from datetime import datetime

from routing.callbacks import notices
from routing.callbacks.callback import Callback
from routing.callbacks.chores import fall_due
from tickets.change import Change
from tickets.events import Event, StatusChanged, TicketReleased, TicketResolved, TicketSnoozed, TicketWoken
from tickets.reactions import Reaction
from tickets.status import Channel
from tickets.ticket import Ticket


def wake(change: Change, event: TicketWoken) -> None:
    """Whoever woke it: where its time has come it is due, before anybody is offered it as an ordinary ticket."""
    if _of(change, event) is not None:
        fall_due(change, event.ticket or 0)
        follow(change, event)


def follow(change: Change, event: Event) -> None:
    callback = _of(change, event)
    if callback is not None:
        callback.follow(change)


def owner(change: Change, ticket: Ticket) -> tuple[int, datetime] | None:
    """Who rang last and is asked first, and until when; None for what has no such agent, or had one."""
    callback = change.find(Callback, ticket.id) if ticket.channel == Channel.CALLBACK else None
    if callback is None or callback.owner_id is None or callback.owner_until is None:
        return None
    return (callback.owner_id, callback.owner_until) if change.now < callback.owner_until else None


def _of(change: Change, event: Event) -> Callback | None:
    """Most tickets are no callbacks: they are not looked up."""
    assert event.ticket is not None
    asks = change.take(Ticket, event.ticket).channel == Channel.CALLBACK
    return change.find(Callback, event.ticket) if asks else None


# Before routing's own: what these say of a ticket decides how it is offered, and what it weighs.
REACTIONS: tuple[tuple[type[Event], Reaction], ...] = (
    (TicketWoken, wake),
    *((kind, follow) for kind in (TicketResolved, StatusChanged, TicketReleased, TicketSnoozed)),
    *notices.REACTIONS,
)
