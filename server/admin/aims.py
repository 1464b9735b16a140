"""How soon a queue's chats are to be taken, and who counts when that is judged: four fields in its form."""

from __future__ import annotations

from typing import Any

from routing.aims import OF_HUNDRED, SOON
from routing.queues import Queue
from server.forms import Field, as_number, as_ticked
from tickets.change import Change

AIM = [
    Field(
        "soon_seconds",
        "A chat is to be taken within so many seconds",
        "number",
        as_number,
        "1 to 3600. Empty: 20.",
        needed=False,
        longest=6,
        group="How soon chats are taken",
    ),
    Field(
        "soon_percent",
        "So many of a hundred chats are to be",
        "number",
        as_number,
        "Waiting times are judged by it. Empty: 80.",
        needed=False,
        longest=3,
    ),
    Field(
        "short_seconds",
        "Who leaves sooner than so many seconds is not counted",
        "number",
        as_number,
        "Such as 5; up to 300. Empty: everybody is counted.",
        needed=False,
        longest=3,
    ),
    Field(
        "sent_on_counts",
        "Who is sent on to another queue counts as not taken in time",
        "tick",
        as_ticked,
        needed=False,
    ),
]


def aim_texts(queue: Queue) -> dict[str, Any]:
    """What is as usual stays empty."""
    return {
        "soon_seconds": "" if queue.soon_seconds == SOON else str(queue.soon_seconds),
        "soon_percent": "" if queue.soon_percent == OF_HUNDRED else str(queue.soon_percent),
        "short_seconds": str(queue.short_seconds or ""),
        "sent_on_counts": "yes" if queue.sent_on_counts else "",
    }


def save_aim(change: Change, queue: Queue, said: dict[str, Any]) -> None:
    """What these fields say; what else is in the form is passed over."""
    soon, percent = said["soon_seconds"], said["soon_percent"]
    queue.set_aim(
        change,
        soon_seconds=SOON if soon is None else soon,
        soon_percent=OF_HUNDRED if percent is None else percent,
        short_seconds=said["short_seconds"] or 0,
        sent_on_counts=said["sent_on_counts"],
    )
