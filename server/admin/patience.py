"""What a queue says of its agents' time after a talk, and of tickets that nobody takes: two fields in its form."""

from __future__ import annotations

from server.forms import Field
from tickets.errors import Refused


def _seconds(text: str) -> float | None:
    return float(_digits(text)) if text.strip() else None


def _times(text: str) -> int:
    return int(_digits(text)) if text.strip() else 3


def _digits(text: str) -> str:
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        raise Refused("Write a whole number.")
    return text


PATIENCE = [
    Field(
        "wrap_seconds",
        "Time to write down what was said in a talk, in seconds",
        "number",
        _seconds,
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
