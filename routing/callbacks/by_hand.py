"""What an agent or a customer does with one request for a call, named by its ticket."""

from __future__ import annotations

from datetime import datetime

from routing.callbacks.asking import window_for
from routing.callbacks.callback import Callback, Outcome
from routing.callbacks.slots import NotOffered
from tickets.change import Change


def dial(change: Change, ticket_id: int) -> None:
    """The acting agent dials."""
    change.take(Callback, ticket_id).dial(change)


def tried(change: Change, ticket_id: int, outcome: Outcome, *, attempt: int) -> None:
    """The acting agent rang. `attempt` is which try it was on their screen, so that a second click counts once."""
    change.take(Callback, ticket_id).tried(change, outcome, attempt)


def move(change: Change, ticket_id: int, start: datetime | None) -> Callback:
    """To the window that begins then; None: as soon as possible. Raises NotOffered for one that is not offered."""
    callback = change.take(Callback, ticket_id)
    window = window_for(change, callback.queue_id, start, besides=ticket_id)
    if window is None:
        raise NotOffered(())
    callback.move(change, window)
    return callback


def cancel(change: Change, ticket_id: int) -> Callback:
    callback = change.take(Callback, ticket_id)
    callback.cancel(change)
    return callback
