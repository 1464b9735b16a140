"""What happens to a complaint besides what happens to every ticket."""

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


class ComplaintCategoriesChanged(Event, frozen=True):
    """What can be complained about was added, is called otherwise, or is no longer offered."""

    audience = STAFF
    category: str  # its key
