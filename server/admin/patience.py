"""What a queue says of its agents' time after a talk, and of tickets that nobody takes: two fields in its form."""

from __future__ import annotations

from server.forms import Field, as_number


def _times(text: str) -> int:
    times = as_number(text)
    return 3 if times is None else times


PATIENCE = [
    Field(
        "wrap_seconds",
        "Time to write down what was said in a talk, in seconds",
        "number",
        as_number,
        "0 to 1800. Empty: as set under Capacity.",
        needed=False,
        longest=10,
    ),
    Field(
        "raise_after",
        "After so many refused offers in a row it becomes more urgent",
        "number",
        _times,
        "Empty: after three. 0: never.",
        needed=False,
        longest=3,
    ),
]
