"""Lays what a process has loaded on large pages of memory: a message touches thousands of small ones, far apart."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

SETTLED = 10.0  # seconds after the doors were opened: what is loaded by then stays
PAUSE = 0.05  # seconds between two pages, each of which takes a few thousandths: nobody is to notice
LARGE = 2 * 1024 * 1024  # bytes
MAPS = Path("/proc/self/maps")
_COLLAPSE = 25  # MADV_COLLAPSE of Linux 6.1: copies what lies there to large pages, now


async def lie_on_large_pages() -> int:
    """One after another, beside the work. How many lie so at the end; 0 where the system does not know of it.

    To find out where a page lies costs a processor as much as a hundred steps of ours, and more inside of a virtual
    machine. It remembers the way to some two thousand pages: enough for four gigabytes of large ones, and for a tenth
    of what is loaded in small ones. A message that comes alone costs a fifteenth less so.
    """
    await asyncio.sleep(SETTLED)
    moved = 0
    with suppress(OSError, AttributeError):
        advise = _advice()
        for place in list(_own()):
            moved += await asyncio.to_thread(advise, place, LARGE, _COLLAPSE) == 0
            await asyncio.sleep(PAUSE)
    return moved


def _advice() -> Callable[[int, int, int], int]:
    advise = ctypes.CDLL(None, use_errno=True).madvise
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return advise


def _own() -> Iterator[int]:
    """Where in memory of our own there is room for a whole large page."""
    for line in MAPS.read_text().splitlines():
        place, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights == "rw-p" and name in ([], ["[heap]"]):
            start, end = (int(edge, 16) for edge in place.split("-"))
            yield from range(-(-start // LARGE) * LARGE, end - LARGE + 1, LARGE)
