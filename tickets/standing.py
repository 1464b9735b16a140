"""How far in front a ticket stands in a line: by its age, with a head start for what is urgent or has a fast lane."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Field

from tickets.moment import EPOCH, Moment
from tickets.promised import Promised
from tickets.status import Priority

HEAD_START = {
    Priority.URGENT: timedelta(hours=24),
    Priority.HIGH: timedelta(hours=4),
    Priority.NORMAL: timedelta(0),
    Priority.LOW: timedelta(hours=-4),
}
"""semantics.md part 3: score = weight of the priority + age x k, so that nobody starves. With weights in time, the
order of two tickets never changes while they wait, and an index holds it."""


def place(queued_at: datetime, priority: str, lane: int) -> datetime:
    """As whose equal it stands: a normal ticket that came then. `lane` in seconds."""
    return queued_at - HEAD_START[Priority(priority)] - timedelta(seconds=lane)


class Standing(Promised):
    """A ticket's part in it."""

    priority: str = Priority.NORMAL.value
    lane: int = 0  # seconds that it stands further in front: what its customer's tier is worth
    queued_at: datetime = Field(sa_type=Moment)  # its age in line: kept over decline, release and reconnection
    asks: str = ""  # of an agent, while it waits: see routing.sorts
    line_at: datetime = Field(default=EPOCH, sa_type=Moment)  # see `place`; the earlier, the sooner its turn

    def set_lane(self, seconds: int) -> None:
        """A fast lane, or none (0). It shows nowhere but in whose turn it is."""
        self.lane = seconds
        self.stand()

    def stand(self) -> None:
        """Its age, its urgency or its lane may be another than before."""
        self.line_at = place(self.queued_at, self.priority, self.lane)
