"""What happens to a request for a call besides what happens to every ticket."""

from datetime import datetime

from tickets.events import STAFF, Event


class CallbackRequested(Event, frozen=True):
    """We promised to ring between `start` and `end`; `start` is the present moment for "as soon as possible"."""

    audience = STAFF
    start: datetime
    end: datetime


class CallbackMoved(Event, frozen=True):
    """The customer chose another window, or an agent did for them: the promise is another from now on."""

    audience = STAFF
    start: datetime
    end: datetime


class CallbackDue(Event, frozen=True):
    """Its window opened, or it is time to try again: it stands in line."""

    audience = STAFF


class CallbackTried(Event, frozen=True):
    """An agent dialled. `outcome` is reached, no_answer, busy or wrong_number; `again_at` says when we try again."""

    audience = STAFF
    outcome: str
    attempt: int
    again_at: datetime | None = None


class CallbackClosed(Event, frozen=True):
    """Nobody will ring any more. `outcome` is reached, gave_up, wrong_number or cancelled."""

    audience = STAFF
    outcome: str
