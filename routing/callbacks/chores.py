"""What happens to requests for a call by the clock: they join the line, and leave it when their queue closes."""

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import col, select

from routing.callbacks.callback import Callback, State
from routing.presence import GONE, Presence
from tickets.change import Change
from tickets.chores import NOW, Chore, Due
from tickets.failpoint import reached
from tickets.ticket import Ticket

_WAITING = [State.SCHEDULED.value, State.RETRY_WAIT.value]


def fall_due(change: Change, ticket_id: int) -> None:
    """Its window opened, or it is time to try again; unless it was moved, cancelled or woken meanwhile."""
    callback = change.find(Callback, ticket_id)
    if callback is not None and callback.waits and callback.not_before <= change.now:
        reached("callback.due")
        callback.join_line(change)


def run_out(change: Change, ticket_id: int) -> None:
    """Nobody could ring for long after the window: the request ends, unless it was moved or closed meanwhile.

    Whoever has it in hand may still ring, as long as they can be reached.
    """
    callback = change.find(Callback, ticket_id)
    if callback is not None and callback.expires_at is not None and callback.expires_at <= change.now:
        reached("callback.expires")
        ticket = change.take(Ticket, ticket_id)
        here = change.find(Presence, ticket.agent_id) if ticket.agent_id is not None else None
        if here is None or not here.connected:
            ticket.release(change, why=GONE)
        callback.expire(change)


def close_for_today(change: Change, ticket_id: int) -> None:
    callback = change.find(Callback, ticket_id)
    if callback is not None and callback.leaves_at is not None and callback.leaves_at <= change.now:
        reached("callback.closing")
        callback.leave_line(change)


def _waits() -> ColumnElement[bool]:
    """Spelled out in the statement rather than bound, so that SQLite sees that its partial index applies."""
    return col(Callback.state).in_(bindparam(None, _WAITING, expanding=True, literal_execute=True))


_THEIRS = select(Callback.ticket_id)
coming = Due(_THEIRS.where(_waits(), col(Callback.not_before) <= NOW).order_by(col(Callback.not_before)).limit(100))
closing = Due(_THEIRS.where(col(Callback.leaves_at) <= NOW).limit(100))
expiring = Due(_THEIRS.where(col(Callback.expires_at) <= NOW).limit(100))

CHORES = (
    Chore("callbacks that fall due", coming, fall_due),
    Chore("callbacks whose queue closes", closing, close_for_today),
    Chore("callbacks that nobody could serve", expiring, run_out),
)
