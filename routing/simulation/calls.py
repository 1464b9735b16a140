"""Who wants to be rung on a made-up floor: they ask, somebody dials, and sometimes nobody answers."""

from __future__ import annotations

from collections.abc import Callable

from routing.callbacks import asking, by_hand, turning
from routing.callbacks.asking import Wish
from routing.callbacks.callback import Callback, Outcome
from routing.callbacks.numbers import Phone
from routing.simulation.furnishing import topic_of
from tickets.change import Change
from tickets.errors import Refused
from tickets.ticket import Ticket

RINGS_OUT = 25.0  # seconds until an agent hangs up where nobody answers


def wish(number: int, queue_id: int) -> Wish:
    """By a number of their own that is nobody's: +999 is no country."""
    return Wish(f"simulated-{number}", Phone(f"+999{number:08}", ""), name="Somebody", topic=topic_of(queue_id))


def asks(change: Change, one: Wish, register: Callable[[int], None]) -> int | None:
    """As soon as possible. None where nobody can be rung."""
    try:
        ticket_id = asking.ask(change, one).ticket.id
    except Refused:
        return None
    register(ticket_id)
    return ticket_id


def turns(change: Change, ticket_id: int, one: Wish) -> bool:
    """Somebody for whom the line was full asks to be rung. False where nobody can be, or they were answered since."""
    try:
        turning.to_call(change, ticket_id, one)
    except Refused:
        return False
    return True


def dials(change: Change, ticket_id: int) -> None:
    by_hand.dial(change, ticket_id)


def tried(change: Change, ticket_id: int, outcome: Outcome) -> None:
    by_hand.tried(change, ticket_id, outcome, attempt=change.take(Callback, ticket_id).attempts + 1)
    if outcome is Outcome.REACHED:
        change.take(Ticket, ticket_id).resolve(change)
