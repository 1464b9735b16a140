"""What happens to a complaint besides what happens to every ticket."""

from datetime import datetime

from tickets.events import STAFF, Event


class ComplaintFiled(Event, frozen=True):
    """The ticket is a complaint, told in full."""

    audience = STAFF


class ComplaintAcknowledged(Event, frozen=True):
    """The customer was told by a person, in words or by a click, that their complaint is being looked into."""

    audience = STAFF
    answered: bool = False  # in words: by the first answer


class ComplaintDecided(Event, frozen=True):
    """The final answer is given. `outcome` is upheld, partly or not_upheld; the reason stands on the complaint."""

    audience = STAFF
    outcome: str


class ComplaintExtended(Event, frozen=True):
    """The final answer takes longer, and the customer was written why. `until`: by when they have it now."""

    audience = STAFF
    until: datetime


class ComplaintReferred(Event, frozen=True):
    """The customer took it to a regulator, or we did; `regulator` is its name."""

    audience = STAFF
    regulator: str


class ComplaintExamined(Event, frozen=True):
    """What caused it, or what the customer got for it, was written down."""

    audience = STAFF


class ComplaintCategoriesChanged(Event, frozen=True):
    """What can be complained about was added, is called otherwise, or is no longer offered."""

    audience = STAFF
    category: str  # its key
