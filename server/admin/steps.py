"""What a queue's tickets give up when nobody comes: a few rows in the form of the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from routing.stays import LONGEST_WAIT, RelaxStep
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
    """The rows in which anything was said. Raises Refused for one without its time, or without what happens then."""
    steps = list[RelaxStep]()
    for n in range(ROWS):
        after, drop = values[f"step{n}"], [int(skill) for skill in values.get(f"step{n}_drop", ())]
        helper, urgent = values[f"step{n}_helper"], values[f"step{n}_urgent"]
        happens = bool(drop or helper or urgent)
        if after is None and happens:
            raise Refused("Say after how many seconds.", field=f"step{n}")
        if after is not None and not happens:
            raise Refused("Say what is to happen then.", field=f"step{n}")
        if after is not None:
            if not (steps[-1].after_seconds if steps else 0) < after <= LONGEST_WAIT:
                raise Refused("Each step comes later than the one before, and within a week.", field=f"step{n}")
            steps.append(
                RelaxStep(queue_id=0, number=0, after_seconds=after, drop=drop, widen_to=helper, raise_priority=urgent)
            )
    return steps


def as_seconds(text: str) -> float | None:
    text = text.strip()
    if text and not (text.isascii() and text.isdigit()):
        raise Refused("Write a whole number of seconds.")
    return float(text) if text else None
