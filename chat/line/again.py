"""What a line has to hear again before it takes anything else: else what was said later would stand first."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from tickets.asked import Strand
from tickets.errors import Unavailable, unavailable


class Again:
    """The first that was refused for now. All behind it is refused too: what was begun already, and what comes then.

    That lasts until the first has been said again, or its client has had the time to: nobody must.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.strand = Strand()
        self._clock = clock
        self._first: tuple[str, float] | None = None

    def refused(self, client_id: str, refusal: Unavailable) -> None:
        """What was begun behind it is refused after it."""
        if self._first is None or self.strand.failed:
            self._first = client_id, self._clock() + (refusal.retry_after or 0)
        if self.strand.failed:
            self.strand = Strand()

    def holds(self, client_id: str) -> Unavailable | None:
        """Why this is not taken now, where it is not."""
        if self._first is None:
            return None
        first, until = self._first
        if client_id != first and self._clock() < until:
            return unavailable()
        self._first = None
        return None
