"""What must happen later: each chore knows what is due, and how to do one piece of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from tickets.change import Change
from tickets.moment import Moment
from tickets.rules import Rules
from tickets.statement import Statement
from tickets.ticket import Ticket


@dataclass(frozen=True)
class Chore:
    """`due(session, now)` lists keys by an indexed query; `act(change, key)` claims one and does it, or leaves it.

    A chore about somebody's silence has a `grace`: so many seconds they must have been able to be heard beforehand.
    One that `recurs` comes back as long as there is anything to watch; nothing falls due by it that is not told at once
    otherwise. What nobody waits for is looked for once in `every` so many seconds, while there is nothing of it to do.
    Where `prepares` makes of a key what the deed takes, in a look of its own, they are done one after another, with
    time between: a change of somebody who writes meanwhile waits for one of them at most. The first key is the next.
    """

    name: str
    due: Callable[[Session, datetime], Sequence[Any]]
    act: Callable[[Change, Any], object]
    grace: Callable[[Rules], float] | None = None
    recurs: bool = False
    every: float = 0.0
    prepares: Callable[[Session, Any], Any] | None = None


Key = TypeVar("Key")

NOW = bindparam("now", type_=Moment)
SELDOM = 30.0  # seconds, for what may lie about a while after its time


class Due(Generic[Key]):
    """The keys of what is due: an indexed query that leaves `NOW` open, put together once and asked all the time.

    `after`: they are due so long after their time.
    """

    def __init__(self, query: SelectOfScalar[Key], *, after: timedelta = timedelta(0)) -> None:
        self._asked = Statement(query)
        self._after = after

    def __call__(self, session: Session, now: datetime) -> Sequence[Key]:
        return [key for (key,) in self._asked.rows(session.connection(), now=now - self._after)]


sleepers = Due(select(Ticket.id).where(col(Ticket.snoozed_until) <= NOW).order_by(col(Ticket.snoozed_until)).limit(100))
"""Tickets whose snooze has ended."""


def wake(change: Change, ticket_id: int) -> None:
    """Show a snoozed ticket again, if its time has come and nothing else has woken it."""
    ticket = change.find(Ticket, ticket_id)
    if ticket is not None and ticket.snoozed_until is not None and ticket.snoozed_until <= change.now:
        ticket.wake(change)


CHORES = (Chore("tickets.wake", due=sleepers, act=wake),)
