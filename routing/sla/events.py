"""What happens to a ticket's promises."""

from datetime import datetime

from tickets.events import STAFF, Event


class SlaWarned(Event, frozen=True):
    """Little time is left: a quarter of the target, at most a quarter of an hour."""

    audience = STAFF
    clock: int
    metric: str
    due: datetime


class SlaBreached(Event, frozen=True):
    """A promise was broken at `due`, whenever that was noticed."""

    audience = STAFF
    clock: int
    metric: str
    due: datetime


class SlaStepReached(Event, frozen=True):
    """The time of a step has come, and what the policy says is done: `does` is tell, raise, move or assign.

    `at` is that time, whenever it was noticed; `to` is holder, supervisors, or the id of an agent or a queue.
    """

    audience = STAFF
    clock: int
    metric: str
    at: datetime
    does: str
    to: str = ""
    due: datetime | None = None
    late: bool = False


class SlaUntold(Event, frozen=True):
    """A step was to tell a colleague, and no mail goes to them: the desk sent too many just now, the address is one at
    which it receives, or they have left. None: there was nobody to tell.
    """

    audience = STAFF
    clock: int
    metric: str
    agent: int | None


class SlaUngiven(Event, frozen=True):
    """A step was to give the ticket to a colleague, and it stays where it is. `why`: see routing.naming.Unable."""

    audience = STAFF
    clock: int
    metric: str
    agent: int
    why: str


class NoticesChanged(Event, frozen=True):
    """What an agent is told of promises and has not seen yet is another than before."""

    audience = STAFF
    agent: int


class SlaPaused(Event, frozen=True):
    """A clock stands still with `left` seconds to go, in the hours that it counts."""

    audience = STAFF
    clock: int
    metric: str
    left: int


class SlaResumed(Event, frozen=True):
    """It goes on, and is due then; never, where no hours are in sight."""

    audience = STAFF
    clock: int
    metric: str
    due: datetime | None


class SlaChanged(Event, frozen=True):
    """The ticket's chip is another, and nothing else in the change says so."""

    audience = STAFF
    anew: bool | None = None  # it was asked which policies hold and what they promise; older logs do not say


class PolicyChanged(Event, frozen=True):
    """A policy was added, edited, moved in the order, switched on or off, or removed."""

    audience = STAFF
    policy: int
