"""What happens while a ticket finds its agent: offers, presence, capacity, queues."""

from datetime import datetime

from tickets.events import EVERYONE, NOBODY, STAFF, Event


class OfferMade(Event, frozen=True):
    """A waiting ticket rings at one agent until `expires_at`."""

    audience = STAFF
    offer: int
    agent: int
    expires_at: datetime


class OfferAccepted(Event, frozen=True):
    audience = STAFF
    offer: int
    agent: int


class OfferDeclined(Event, frozen=True):
    """What the agent gave as the reason stays on the offer."""

    audience = STAFF
    offer: int
    agent: int


class OfferExpired(Event, frozen=True):
    """It rang until its end and nobody answered; the agent is away from now on."""

    audience = STAFF
    offer: int
    agent: int


class OftenRefused(Event, frozen=True):
    """So many offers of it in a row were declined or rang unheard that somebody should look."""

    audience = STAFF
    times: int


class OfferRevoked(Event, frozen=True):
    """Taken back, and nobody's fault: the ticket went elsewhere or the agent did. `why` is "ticket" or "agent"."""

    audience = STAFF
    offer: int
    agent: int
    why: str


class PresenceChanged(Event, frozen=True):
    """What an agent intends, or whether they can be reached, is another than before."""

    audience = STAFF
    agent: int
    intent: str
    connected: bool
    state: int | None = None  # one of the desk's own
    later: str = ""  # the state that is to come when their present work ends


class AgentStateChanged(Event, frozen=True):
    """A state that agents can choose was added, means something else, or was archived."""

    audience = STAFF
    state: int


class QueueChanged(Event, frozen=True):
    """A queue was added, renamed, given other members or rules, or archived. `hours`: it has other opening hours;
    `delays`: its members see its work sooner or later than before."""

    audience = STAFF
    queue: int
    hours: bool = False
    delays: bool = False


class WaitsTold(Event, frozen=True):
    """Somebody in this queue's line is told another wait than before. What they are told stands on their promises."""

    audience = STAFF
    queue: int


class PlacementsChanged(Event, frozen=True):
    """New tickets find their queues by other rules than before."""

    audience = STAFF


class CalendarChanged(Event, frozen=True):
    audience = STAFF
    calendar: int


class SkillsChanged(Event, frozen=True):
    """What there is to be good at, or what this agent is good at, is another than before."""

    audience = STAFF
    agent: int | None = None


class NeedsRelaxed(Event, frozen=True):
    """It has waited so long that it asks for less: without so many of its skills, or another queue's members help."""

    audience = STAFF
    queue: int
    step: int
    dropped: int
    helper: int | None = None  # a queue


class QueueFull(Event, frozen=True):
    """Somebody came live to a line that is full. `then` is what became of them (limits.WhenFull), `says` what they are
    told, where the desk has words of its own for it.
    """

    audience = EVERYONE
    queue: int
    then: str
    says: str


class LoadsChanged(Event, frozen=True):
    """What one kind of work takes of an agent is another than before."""

    audience = STAFF
    medium: str


class WrapUpBegan(Event, frozen=True):
    """A talk is over, and its agent writes down what was said, at most until then."""

    audience = STAFF
    agent: int
    until: datetime


class WrapUpEnded(Event, frozen=True):
    audience = STAFF
    agent: int


class ChatFellSilent(Event, frozen=True):
    """The customer could have written for long and did not: the chat takes no room until they do."""

    audience = STAFF


class ChatHeardAgain(Event, frozen=True):
    audience = STAFF


class TiersChanged(Event, frozen=True):
    """A tier of customers was added, is another, or is no more."""

    audience = STAFF
    tier: int


class EntitlementsChanged(Event, frozen=True):
    """Something that customers can be entitled to was added, is another, or is no more."""

    audience = STAFF
    entitlement: int


class WaitExplained(Event, frozen=True):
    """Why those still wait who ask for the same in a line is another than before (explained.Why); or, where it names a
    ticket and no queue, what that means to this one.
    """

    audience = STAFF
    why: str = ""
    queue: int | None = None


class CapacityFreed(Event, frozen=True):
    """An agent has more room than before."""

    audience = NOBODY
    agent: int
