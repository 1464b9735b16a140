"""Whose turn is next in a queue, who sees its work later, who helps when many wait, and when it is full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from routing.limits import LONGEST_SENTENCE, WhenFull
from routing.line import Turn
from routing.queues import LONGEST_DELAY, Queue
from server.admin.patience import RAISE
from server.forms import Field, as_id, as_number
from tickets.change import Change
from tickets.errors import Refused

TURNS = {
    "": "What is urgent, then what has waited longest",
    "promise": "What was promised soonest",
}
WHEN_FULL = {
    "": "They wait all the same",
    "letter": "They are told that we answer in writing",
    "callback": "They are told that we answer in writing, and may ask for a call",
    "queue": "They wait in another queue",
}


def limit_fields(queues: Sequence[tuple[str, str]], members: Sequence[tuple[int, str]]) -> list[Field]:
    """`members` are those who answer it already."""
    others = [("", "No other queue"), *queues]
    return [
        Field("turn", "Whose turn is next", "choice", _turn, needed=False, choices=[*TURNS.items()]),
        *_delay_fields(members),
        Field(
            "overflow_at",
            "From so many waiting on",
            "number",
            as_number,
            "Empty: nobody else helps, however many wait.",
            needed=False,
            longest=6,
            group="When many wait",
        ),
        _queue("overflow_to", "The members of this queue help", others),
        *_full_fields(others),
        Field(
            "escalate_after",
            "After so many refused offers the next step is taken at once",
            "number",
            as_number,
            "1 to 20. Empty: each step waits for its time.",
            needed=False,
            longest=3,
            group="When nobody takes it",
        ),
        RAISE,
    ]


def limit_texts(queue: Queue, delays: dict[int, float]) -> dict[str, Any]:
    figures = ("overflow_at", "most_waiting", "longest_wait", "escalate_after")
    return {
        "turn": "" if queue.turn == Turn.URGENCY else queue.turn,
        "overflow_to": str(queue.overflow_to or ""),
        "when_full": queue.when_full,
        "full_to": str(queue.full_to or ""),
        "full_says": queue.full_says,
        **{name: "" if getattr(queue, name) is None else f"{getattr(queue, name):g}" for name in figures},
        **{f"delay-{agent_id}": f"{seconds:g}" for agent_id, seconds in delays.items() if seconds},
    }


def save_limits(change: Change, queue: Queue, said: dict[str, Any]) -> None:
    """What the fields of `limit_fields` say; what else is in the form is passed over."""
    delays = {int(name.removeprefix("delay-")): n for name, n in said.items() if name.startswith("delay-") and n}
    queue.set_delays(change, delays)
    queue.set_overflow(change, to=said["overflow_to"], at=said["overflow_at"])
    queue.set_limits(
        change,
        most_waiting=said["most_waiting"],
        longest_wait=said["longest_wait"],
        then=said["when_full"],
        to=said["full_to"],
        says=said["full_says"],
    )
    queue.set_escalation(change, said["escalate_after"])


def _full_fields(others: Sequence[tuple[str, str]]) -> list[Field]:
    return [
        Field(
            "most_waiting",
            "It is full when so many wait live",
            "number",
            as_number,
            "Never while somebody is free. Empty: whatever their number.",
            needed=False,
            longest=6,
            group="When it is full",
        ),
        Field(
            "longest_wait",
            "Or when somebody has waited so many seconds",
            "number",
            as_number,
            needed=False,
            longest=6,
        ),
        Field(
            "when_full",
            "What happens to who comes then",
            "choice",
            _when_full,
            needed=False,
            choices=[*WHEN_FULL.items()],
        ),
        _queue("full_to", "The other queue", others),
        Field(
            "full_says",
            "What they are told",
            needed=False,
            longest=LONGEST_SENTENCE,
            hint="Customers see it as it is. Empty: our own words.",
        ),
    ]


def _delay_fields(members: Sequence[tuple[int, str]]) -> list[Field]:
    return [
        Field(
            f"delay-{agent_id}",
            name,
            "number",
            _delay,
            "" if n else "Seconds that its work must be old before they see it, up to 9 999. Empty: at once.",
            needed=False,
            longest=6,
            own=True,
            beside=True,
            group="" if n else "Who sees its work later",
        )
        for n, (agent_id, name) in enumerate(members)
    ]


def _queue(name: str, label: str, choices: Sequence[tuple[str, str]]) -> Field:
    return Field(name, label, "choice", as_id, needed=False, choices=choices, names=True)


def _turn(text: str) -> Turn:
    return Turn(text or Turn.URGENCY)


def _when_full(text: str) -> WhenFull:
    return WhenFull(text)


def _delay(text: str) -> int | None:
    seconds = as_number(text)
    if seconds is not None and seconds > LONGEST_DELAY:
        raise Refused("A delay is at most 9 999 seconds.")
    return seconds
