"""What the log says of a time in which nothing can be written: that it begins, now and then that it lasts, its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

EVERY = 5.0  # seconds between two lines; so long nothing fails before it is over
MOST_TOLD = 10  # reasons, each of which is told at once

_log = structlog.get_logger("frontdesk.writer")


class Interruption:
    """Of all lanes of one desk, each of which meets with it hundreds of times a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._telling = threading.Lock()
        self._began = self._failed = self._told = 0.0
        self._refused = 0  # changes, since the last line
        self._reasons: set[str] = set()
        self.lasts = False

    def goes_on(self, reason: str, changes: int) -> None:
        """So many changes were refused for it."""
        with self._telling:
            now = self._failed = self._clock()
            if not self.lasts:
                self.lasts, self._began = True, now
            self._refused += changes
            if self._is_new(reason) or now - self._told >= EVERY:
                _log.error("database unavailable", error=reason, changes=self._refused)
                self._told, self._refused = now, 0

    def may_be_over(self) -> None:
        """Something was written. Where a disk is full, some things still fit."""
        with self._telling:
            if self.lasts and self._clock() - self._failed >= EVERY:
                lasted = round(self._failed - self._began, 1)
                _log.warning("database available again", lasted=lasted, changes=self._refused)
                self.lasts, self._refused = False, 0
                self._reasons.clear()

    def _is_new(self, reason: str) -> bool:
        if reason in self._reasons or len(self._reasons) == MOST_TOLD:
            return False
        self._reasons.add(reason)
        return True
