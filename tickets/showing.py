"""How far the screens of this process are with what was committed, for the writer to keep step with."""

from __future__ import annotations

import threading

LONGEST = 0.006  # seconds that a change may wait for screens


class Showing:
    """Positions in the log: the one that was committed last, and up to which everybody has been told.

    Writer and feed share one interpreter. Where changes come one by one, a commit that begins while the one before is
    being drawn makes both late; what comes meanwhile goes together instead, and costs less. Nobody waits where nothing
    is told at all.
    """

    def __init__(self) -> None:
        self._is_shown = threading.Event()
        self._is_shown.set()
        self._committed = 0
        self._told: int | None = None

    def committed(self, pos: int) -> None:
        """On the writer's thread."""
        self._is_shown.clear()
        self._committed = pos
        if self._told is None or self._told >= pos:
            self._is_shown.set()

    def told(self, pos: int) -> None:
        """On the event loop, by whoever reads the log there."""
        self._told = pos
        if pos >= self._committed:
            self._is_shown.set()

    def nobody_tells(self) -> None:
        self._told = None
        self._is_shown.set()

    def wait(self) -> None:
        self._is_shown.wait(LONGEST)
