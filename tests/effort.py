"""What a piece of work costs this thread, for laws that no input takes long: never a figure of how fast we are.

Counted is the processor's time of this thread alone, without the garbage of other stories, and the best of three
counts: who shares a core waits for its memory now and then, which counts as work. What really takes too long takes
too long three times. What remembers its last texts is given another one each time, so that the work is done anew.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

ATTEMPTS = 3

Found = TypeVar("Found")
_blanks = count(1)


def within(seconds: float, work: Callable[[], Found]) -> Found:
    """What the work finds; it fails where none of three attempts is done in this time."""
    for _ in range(ATTEMPTS - 1):
        found, spent = _spent(work)
        if spent < seconds:
            return found
    found, spent = _spent(work)
    assert spent < seconds, f"it took {spent:.2f} s, and {seconds} are allowed"
    return found


def anew(text: str) -> str:
    """The same text for whoever reads it, and one that was never there before."""
    return text + " " * next(_blanks)


def least(work: Callable[[], object]) -> float:
    """Seconds, of the best attempt."""
    return min(_spent(work)[1] for _ in range(ATTEMPTS))


def _spent(work: Callable[[], Found]) -> tuple[Found, float]:
    collects = gc.isenabled()
    gc.disable()
    began = time.thread_time()
    try:
        found = work()
        return found, time.thread_time() - began
    finally:
        if collects:
            gc.enable()
