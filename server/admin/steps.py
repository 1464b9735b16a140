"""What a queue's tickets give up when nobody comes: a few rows in the form of the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from routing.stays import RelaxStep
from server.forms import Field, as_id, as_ticked
from tickets.errors import Refused

ROWS = 3


def step_fields(skills: Sequence[tuple[str, str]], queues: Sequence[tuple[str, str]]) -> list[Field]:
    fields = []
    for n in range(ROWS):
        hint = "Empty: no such step. Each comes later than the one before." if n == 0 else ""
        group = ("If nobody comes", "If still nobody comes", "And at last")[n]
        fields += [
            Field(
                f"step{n}", "After so many seconds", "number", as_seconds, hint, needed=False, longest=7, group=group
            ),
            *(
                [Field(f"step{n}_drop", "It no longer asks for", "several", choices=skills, names=True)]
                if skills
                else []
            ),
            Field(
                f"step{n}_helper",
                "The members of this queue may help",
                "choice",
                as_id,
                needed=False,
                choices=[("", "No other queue"), *queues],
                names=True,
            ),
            Field(f"step{n}_urgent", "It becomes more urgent", "tick", as_ticked, needed=False),
        ]
    return fields


def step_texts(steps: Sequence[RelaxStep]) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for n, step in enumerate(steps[:ROWS]):
        texts[f"step{n}"] = f"{step.after_seconds:g}"
        texts[f"step{n}_drop"] = [str(skill) for skill in step.drop]
        texts[f"step{n}_helper"] = str(step.widen_to or "")
        texts[f"step{n}_urgent"] = "yes" if step.raise_priority else ""
    return texts


def steps_in(values: Mapping[str, Any]) -> list[RelaxStep]:
    """The rows that were filled in."""
    return [
        RelaxStep(
            queue_id=0,
            number=0,
            after_seconds=values[f"step{n}"],
            drop=[int(skill) for skill in values.get(f"step{n}_drop", ())],
            widen_to=values[f"step{n}_helper"],
            raise_priority=values[f"step{n}_urgent"],
        )
        for n in range(ROWS)
        if values[f"step{n}"] is not None
    ]


def as_seconds(text: str) -> float | None:
    text = text.strip()
    if text and not (text.isascii() and text.isdigit()):
        raise Refused("Write a whole number of seconds.")
    return float(text) if text else None
