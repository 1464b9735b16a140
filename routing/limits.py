"""How much may wait in a queue: who helps when it is a lot, and what happens when it is too much."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import Field

from routing.events import QueueChanged
from tickets.errors import Refused
from tickets.table import Swift
from tickets.text import one_line

if TYPE_CHECKING:
    from tickets.change import Change

MOST = 10_000  # people in a line
LONGEST = 24 * 3600.0  # seconds
MOST_REFUSALS = 20
LONGEST_SENTENCE = 300


class WhenFull(StrEnum):
    """What becomes of who would wait live in a line that is full."""

    STAYS = ""  # they wait all the same
    LETTER = "letter"  # nobody comes now: they are answered in writing
    CALLBACK = "callback"  # the same, and they may ask to be rung
    QUEUE = "queue"  # they wait in another line


class Limits(Swift):
    """A queue's part in it."""

    overflow_to: int | None = None  # the queue whose members help while this line is long
    overflow_at: int | None = None  # from so many waiting on
    overflows: bool = False  # it is so long now
    most_waiting: int | None = None  # so many live ones make it full
    longest_wait: float | None = None  # seconds of the oldest live one that make it full
    when_full: str = WhenFull.STAYS.value
    full_to: int | None = None  # the other queue
    full_says: str = ""  # what they are told; empty: our own words
    escalate_after: int | None = Field(default=None)  # offers refused, after which the next step is taken at once

    def set_overflow(self, change: Change, *, to: int | None, at: int | None) -> None:
        """From so many waiting on, that queue's members may be asked as well."""
        if (to is None) != (at is None):
            raise Refused("Say both: which queue helps, and from how many waiting on.", field="overflow_at")
        if at is not None and not 1 <= at <= MOST:
            raise Refused("From 1 to 10 000.", field="overflow_at")
        if to is not None and to == self.id:
            raise Refused("A queue cannot call itself to help.", field="overflow_to")
        if (to, at) != (self.overflow_to, self.overflow_at):
            self.overflow_to, self.overflow_at, self.overflows = to, at, False
            self._changed(change)

    def set_limits(
        self,
        change: Change,
        *,
        most_waiting: int | None,
        longest_wait: float | None,
        then: WhenFull,
        to: int | None = None,
        says: str = "",
    ) -> None:
        """When it is full, and what happens to who comes then. `says` is for the visitor, in their own words."""
        if most_waiting is not None and not 1 <= most_waiting <= MOST:
            raise Refused("From 1 to 10 000.", field="most_waiting")
        if longest_wait is not None and not 1 <= longest_wait <= LONGEST:
            raise Refused("From 1 second to a day.", field="longest_wait")
        if then is not WhenFull.STAYS and most_waiting is None and longest_wait is None:
            raise Refused("Say when the queue is full.", field="most_waiting")
        if then is WhenFull.QUEUE and (to is None or to == self.id):
            raise Refused("Choose another queue.", field="full_to")
        says = one_line(says, LONGEST_SENTENCE)
        wanted = (most_waiting, longest_wait, then.value, to if then is WhenFull.QUEUE else None, says)
        if wanted != (self.most_waiting, self.longest_wait, self.when_full, self.full_to, self.full_says):
            self.most_waiting, self.longest_wait, self.when_full, self.full_to, self.full_says = wanted
            self._changed(change)

    def set_escalation(self, change: Change, after: int | None) -> None:
        """After so many offers that were declined or missed, the next step is taken at once."""
        if after is not None and not 1 <= after <= MOST_REFUSALS:
            raise Refused("From 1 to 20.", field="escalate_after")
        if after != self.escalate_after:
            self.escalate_after = after
            self._changed(change)

    def _changed(self, change: Change) -> None:
        change.record(QueueChanged(queue=self.id))

    if TYPE_CHECKING:
        id: int
