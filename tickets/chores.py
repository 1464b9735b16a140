"""What must happen later: each chore knows what is due, and how to do one piece of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from tickets.change import Change
from tickets.rules import Rules
from tickets.ticket import Ticket


@dataclass(frozen=True)
class Chore:
    """`due(session, now)` lists keys by an indexed query; `act(change, key)` claims one and does it, or leaves it.

    A chore about somebody's silence has a `grace`: so many seconds they must have been able to be heard beforehand.
    One that `recurs` comes back as long as there is anything to watch; nothing falls due by it that is not told at once
    otherwise.
    """

    name: str
    due: Callable[[Session, datetime], Sequence[Any]]
    act: Callable[[Change, Any], object]
    grace: Callable[[Rules], float] | None = None
    recurs: bool = False


def sleepers(session: Session, now: datetime) -> Sequence[int]:
    """Tickets whose snooze has ended."""
    return session.exec(
        select(Ticket.id).where(col(Ticket.snoozed_until) <= now).order_by(col(Ticket.snoozed_until)).limit(100)
    ).all()


def wake(change: Change, ticket_id: int) -> None:
    """Show a snoozed ticket again, if its time has come and nothing else has woken it."""
    ticket = change.find(Ticket, ticket_id)
    if ticket is not None and ticket.snoozed_until is not None and ticket.snoozed_until <= change.now:
        ticket.wake(change)


CHORES = (Chore("tickets.wake", due=sleepers, act=wake),)
