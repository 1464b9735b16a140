"""Sees to it that memory which was needed for a moment goes back to the machine."""

from __future__ import annotations

import asyncio
import ctypes
from contextlib import suppress

EVERY = 60.0  # seconds
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # glibc, malloc.h
LARGE = 1024 * 1024  # bytes
ARENAS = 2


def give_back() -> None:
    """Call it before there are threads. Does nothing where the C library is another one.

    glibc keeps what a large block took as soon as one such block was freed: the 19 MB of one look at a password stayed
    for good. And it keeps a heap for every few threads, of which each holds on to what it once needed.
    """
    with suppress(OSError, AttributeError):
        tune = ctypes.CDLL(None).mallopt
        tune(_MMAP_THRESHOLD, LARGE)
        tune(_ARENA_MAX, ARENAS)


async def go_on_giving_back() -> None:
    """What is free between things in use, page by page, for as long as it runs: a look takes a few milliseconds.

    glibc gives back by itself only what is free at the end of a heap. With things of every age, what lay free between
    them grew for hours.
    """
    while True:
        await asyncio.sleep(EVERY)
        with suppress(OSError, AttributeError):
            await asyncio.to_thread(ctypes.CDLL(None).malloc_trim, 0)
