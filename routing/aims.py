"""How soon a queue wants those who come into its chat to be taken, and who counts when that is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.events import QueueChanged
from tickets.errors import Refused
from tickets.table import Swift

if TYPE_CHECKING:
    from tickets.change import Change

SOON, OF_HUNDRED = 20, 80  # seconds, percent: the usual promise (semantics.md part 8)
LONGEST_SOON = 3600
LONGEST_SHORT = 300  # seconds


class Aim(Swift):
    """A queue's part in it. What it counts is reckoned from what happened: another aim judges the whole day anew."""

    soon_seconds: int = SOON  # who is taken by then is taken in time...
    soon_percent: int = OF_HUNDRED  # ...and so many of a hundred are to be
    short_seconds: int = 0  # who leaves sooner than that had no wish to wait, and is not counted; 0: everybody is
    sent_on_counts: bool = False  # who is sent on to another queue was not taken in time

    def set_aim(
        self, change: Change, *, soon_seconds: int, soon_percent: int, short_seconds: int, sent_on_counts: bool
    ) -> None:
        if not 1 <= soon_seconds <= LONGEST_SOON:
            raise Refused("From 1 second to an hour: 3600.", field="soon_seconds")
        if not 1 <= soon_percent <= 100:
            raise Refused("From 1 to 100.", field="soon_percent")
        if not 0 <= short_seconds <= LONGEST_SHORT:
            raise Refused("At most five minutes: 300 seconds.", field="short_seconds")
        wanted = (soon_seconds, soon_percent, short_seconds, sent_on_counts)
        if wanted != (self.soon_seconds, self.soon_percent, self.short_seconds, self.sent_on_counts):
            self.soon_seconds, self.soon_percent, self.short_seconds, self.sent_on_counts = wanted
            change.record(QueueChanged(queue=self.id))

    if TYPE_CHECKING:
        id: int
