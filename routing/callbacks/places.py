"""Which windows are full: every open request counts where it is going to be rung, whichever way that was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from routing.calendars import BusinessCalendar
from routing.callbacks.callback import Callback, State
from routing.callbacks.slots import window_at
from routing.callbacks.terms import hours_of, said_of
from tickets.change import Change


@dataclass(frozen=True)
class Places:
    """The hours of a queue, how many calls it promises for one window, and when the open ones join its line."""

    hours: BusinessCalendar
    most: int | None  # None: any number
    joining: Sequence[datetime] = ()

    def full(self, now: datetime) -> frozenset[datetime]:
        """When the windows begin for which no more calls are promised. Whoever is in line is rung now."""
        rung = Counter(max(at, now) for at in self.joining)
        taken = Counter[datetime]()
        for at, n in rung.items():
            window = window_at(self.hours, at)
            if window is not None:
                taken[window.start] += n
        return frozenset(start for start, n in taken.items() if self.most is not None and n >= self.most)


def places_in(asked: Session | Change, queue_id: int | None, *, besides: int | None = None) -> Places:
    """Of this queue, but for what this ticket takes up itself: it may be moved within its own window."""
    hours, most = hours_of(asked, queue_id), said_of(asked, queue_id).per_window
    if most is None:
        return Places(hours, most)
    joining = select(Callback.not_before).where(open_in(queue_id), col(Callback.ticket_id) != (besides or 0))
    return Places(hours, most, asked.exec(joining).all() if isinstance(asked, Session) else asked.rows(joining))


def open_in(queue_id: int | None) -> ColumnElement[bool]:
    """The requests of this queue that are not done."""
    return and_(col(Callback.queue_id) == (queue_id or 0), col(Callback.state) != State.DONE)
