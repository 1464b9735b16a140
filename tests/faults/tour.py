"""Runs the command line and writes down the named places that it comes to: `python -m tests.faults.tour FILE serve`."""

from __future__ import annotations

import os
import sys

import tickets.failpoint


def record(file: str) -> None:
    """From now on each place writes its name to the file, the first time that it is reached."""
    known: set[str] = set()
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def reached(place: str) -> None:
        if place not in known:
            known.add(place)
            os.write(descriptor, place.encode() + b"\n")

    tickets.failpoint.reached = reached


if __name__ == "__main__":
    file, *words = sys.argv[1:]
    record(file)  # before anybody has imported it from there
    from server.cli import main

    sys.exit(main(words))
