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


class CallbackDialled(Event, frozen=True):
    """An agent is dialling: the first time within the promised window keeps the promise."""

    audience = STAFF
    attempt: int


class CallbackTried(Event, frozen=True):
    """What came of it: reached, no_answer, busy, failed or wrong_number. `again_at` says when we try again."""

    audience = STAFF
    outcome: str
    attempt: int
    again_at: datetime | None = None


class CallbackClosed(Event, frozen=True):
    """Nobody will ring any more. `outcome` is reached, gave_up, wrong_number, expired or cancelled."""

    audience = STAFF
    outcome: str


class CallbackTermsChanged(Event, frozen=True):
    """This queue promises something else to those who want to be rung from now on."""

    audience = STAFF
    queue: int
