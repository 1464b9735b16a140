"""How far the screens of this process are with what was committed, for the writer to keep step with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

LONGEST = 0.006  # seconds that a change may wait for screens
REST = 1.0  # seconds: so long the writer leaves it to others, once it has drawn for longer than that

Draw = Callable[[int], None]
"""On the writer's thread: make ready what everything that was committed, up to this position, means for the screens."""

_log = structlog.get_logger("frontdesk.feed")


class Showing:
    """Positions in the log: the one that was committed last, and up to which everybody has been told.

    Writer and feed share one interpreter. Where changes come one by one, a commit that begins while the one before is
    being drawn makes both late; what comes meanwhile goes together instead, and costs less. Nobody waits where nothing
    is told at all. And to wake another thread for each of them costs as much as to draw it: where the screens are as
    far as the commit before, the writer draws what it has committed itself.
    """

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._is_shown = threading.Event()
        self._is_shown.set()
        self._committed = 0
        self._told: int | None = None
        self._draw: Draw | None = None
        self._next: int | None = None  # what was committed last, where it is for the writer to draw
        self._rests_until = 0.0
        self._clock = clock

    def drawn_by(self, draw: Draw) -> None:
        """From now on, until `nobody_tells`."""
        self._draw = draw

    def committed(self, pos: int) -> None:
        """On the writer's thread."""
        self._next = pos if self._is_shown.is_set() else None
        self._is_shown.clear()
        self._committed = pos
        if self._told is None or self._told >= pos:
            self._is_shown.set()

    def draw(self) -> None:
        """On the writer's thread, once it has committed: whoever tells the screens finds it ready, or looks itself."""
        pos, self._next = self._next, None
        draw, began = self._draw, self._clock()
        if pos is None or draw is None or began < self._rests_until:
            return
        try:
            draw(pos)
        except Exception as error:  # whoever tells will meet it, too, and knows what to do
            _log.warning("not drawn by the writer", upto=pos, error=repr(error))
        ended = self._clock()
        if ended - began > LONGEST:
            self._rests_until = ended + REST

    def told(self, pos: int) -> None:
        """On the event loop, by whoever reads the log there."""
        self._told = pos
        if pos >= self._committed:
            self._is_shown.set()

    def nobody_tells(self) -> None:
        self._told = self._draw = None
        self._is_shown.set()

    def wait(self) -> None:
        self._is_shown.wait(LONGEST)
