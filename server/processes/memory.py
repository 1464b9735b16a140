"""Sees to it that memory which was needed for a moment goes back to the machine."""

from __future__ import annotations

import ctypes
from contextlib import suppress

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
