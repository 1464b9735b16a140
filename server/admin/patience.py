"""What a queue says of its agents' time after a talk, and of tickets that nobody takes: three fields in its form."""

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
        "last_agent_seconds",
        "Who had the customer’s last ticket is asked first, in seconds",
        "number",
        as_number,
        "For so long, where they have room; up to 3600. Empty or 0: not at all.",
        needed=False,
        longest=10,
    ),
]
RAISE = Field(
    "raise_after",
    "After so many refused offers in a row it becomes more urgent",
    "number",
    _times,
    "Empty: after three. 0: never.",
    needed=False,
    longest=3,
)
