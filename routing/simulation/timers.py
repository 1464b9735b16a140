"""When anything of this room falls due: what a simulated floor asks, instead of looking every second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, union_all
from sqlmodel import Session, col

import tickets.chores
from routing import matching, offers, presence, silence, stays, wrapping
from routing.assignment import Assignment
from routing.callbacks import chores as callbacks
from routing.callbacks.callback import Callback
from routing.callbacks.callback import State as CallbackState
from routing.hours import Calendar
from routing.offers import Offer
from routing.presence import Presence
from routing.queues import Queue
from routing.sla import applying
from routing.sla import chores as clocks
from routing.sla.clock import SlaClock
from routing.sla.policy import SlaPolicy
from routing.stays import Stay
from tickets.chores import Chore
from tickets.statement import Statement
from tickets.ticket import Ticket

_WAITING = (CallbackState.SCHEDULED.value, CallbackState.RETRY_WAIT.value)
_UNENDED = col(SlaClock.ended_at).is_(None)
_UNBROKEN = col(SlaClock.breached_at).is_(None)
_UNWARNED = col(SlaClock.warned_at).is_(None)
# The column that says when each chore is due, by the function that lists what is.
_COLUMNS: dict[Callable[..., Any], tuple[Any, tuple[ColumnElement[bool], ...]]] = {
    offers.due: (Offer.expires_at, (offers.is_live(),)),
    presence.silent: (Presence.lost_due, ()),
    stays.due: (Stay.look_due, ()),
    matching.undrained: (Queue.drain_due, ()),
    silence.due: (Assignment.silent_due, ()),
    wrapping.due: (Assignment.wrap_due, ()),
    clocks.overdue: (SlaClock.due_at, (_UNBROKEN, _UNENDED)),
    clocks.scarce: (SlaClock.warn_at, (_UNWARNED, _UNBROKEN, _UNENDED)),
    clocks.at_a_step: (SlaClock.step_at, ()),
    applying.unapplied: (SlaPolicy.apply_due, ()),
    applying.untimed: (Calendar.retime_due, ()),
    callbacks.coming: (Callback.not_before, (col(Callback.state).in_(_WAITING),)),
    callbacks.closing: (Callback.leaves_at, ()),
    callbacks.expiring: (Callback.expires_at, ()),
    tickets.chores.sleepers: (Ticket.snoozed_until, ()),
}


class Timers:
    """Asked instead of looking at every chore every second."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = [chore for chore in chores if chore.due in _COLUMNS]
        self._unforeseen = [chore for chore in chores if chore.due not in _COLUMNS]
        self._firsts = Statement(union_all(*(_first(n, *_COLUMNS[chore.due]) for n, chore in enumerate(self._chores))))

    def due(self, session: Session, upto: datetime) -> tuple[datetime, list[Chore]] | None:
        """The first moment by then at which anything is due, and which chores are; None where nothing is.

        Of a chore whose moment nobody has foreseen it is that moment itself.
        """
        firsts = [(at, n) for n, at in self._firsts.rows(session.connection()) if at is not None and at <= upto]
        if not firsts:
            late = [chore for chore in self._unforeseen if chore.due(session, upto)]
            return (upto, late) if late else None
        moment, _ = min(firsts)
        return moment, [self._chores[n] for at, n in firsts if at == moment]


def _first(number: int, column: Any, where: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    """Says that it is no null, so that SQLite sees that its partial indexes apply."""
    return select(literal_column(str(number)), func.min(column)).where(col(column).is_not(None), *where)
