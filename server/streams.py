"""The three streams of a program: whoever starts it may have closed some of them."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from tickets.errors import Refused


def stand_in() -> None:
    """What is closed is nowhere instead: no file that is opened later gets its number, and what errors say."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free: this one
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (as long as the process)


def given() -> TextIO:
    """The standard input. Raises Refused."""
    if sys.stdin is None:
        raise Refused("The standard input is closed.")
    return sys.stdin
