"""What state a ticket is in, and what kind of state that is."""

from enum import StrEnum


class Category(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"


class Status(StrEnum):
    """Snoozed is not a status: it is a time on the ticket, over any of these."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"  # waits for the customer
    ON_HOLD = "on_hold"  # waits for a third party
    RESOLVED = "resolved"
    CLOSED = "closed"
    SPAM = "spam"

    @property
    def category(self) -> Category:
        return _CATEGORY[self]


_CATEGORY = {
    Status.NEW: Category.OPEN,
    Status.OPEN: Category.OPEN,
    Status.PENDING: Category.WAITING,
    Status.ON_HOLD: Category.WAITING,
    Status.RESOLVED: Category.DONE,
    Status.CLOSED: Category.DONE,
    Status.SPAM: Category.DONE,
}

DONE = tuple(status for status in Status if status.category is Category.DONE)

# For the indexes of tickets that are not done. Not with `in`: SQLite puts a list of more than two words into a table of
# its own, for each such index whenever a ticket is written, which took longer than all else of it.
UNDONE_IN_WORDS = " and ".join(f"status <> '{status}'" for status in DONE)


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """0 for the most urgent: lists and queues sort by it."""
        return _RANK[self]

    @property
    def higher(self) -> "Priority | None":
        """The next more urgent one; None above the most urgent."""
        return next((one for one in Priority if one.rank == self.rank - 1), None)


_RANK = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}


class Channel(StrEnum):
    CHAT = "chat"
    EMAIL = "email"
    CALLBACK = "callback"
    COMPLAINT = "complaint"
    PORTAL = "portal"
    API = "api"
