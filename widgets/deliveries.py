"""What goes to open screens: swaps of HTML for a console, frames for a visitor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from msgspec import Raw

from tickets.live import Topic, encode

Swap = Raw
"""Encoded once, for however many screens."""


class Delivery(NamedTuple):
    """One encoded frame for everyone who follows a topic."""

    topic: Topic
    frame: bytes


def append(to: str, id: str, html: str) -> Swap:
    """To the end of the container; an element of that id that is already there is replaced."""
    return Raw(encode({"to": to, "way": "append", "id": id, "html": html}))


def replace(id: str, html: str) -> Swap:
    return Raw(encode({"way": "replace", "id": id, "html": html}))


def remove(id: str) -> Swap:
    return Raw(encode({"way": "remove", "id": id}))


def place(to: str, id: str, html: str, order: str) -> Swap:
    """Into the container at its place by `order`, moving it there if it stands elsewhere."""
    return Raw(encode({"to": to, "way": "place", "id": id, "html": html, "order": order}))


def swaps(topic: Topic, swaps: Sequence[Swap], at: int | None = None) -> Delivery:
    """One console frame. Without `at` it stands for no place in the log: a number that was recounted."""
    frame: dict[str, Any] = {"swaps": list(swaps)} if at is None else {"at": at, "swaps": list(swaps)}
    return Delivery(topic, encode(frame))


def reload(topic: Topic, at: int) -> Delivery:
    """Names that stand everywhere have changed: load the panes anew."""
    return Delivery(topic, encode({"at": at, "reload": {}}))


def as_of(upto: int, deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Frames of what is counted, each with the place in the log up to which it holds."""
    return [Delivery(one.topic, one.frame[:-1] + b',"counted":%d}' % upto) for one in deliveries]


def to_visitor(topics: Iterable[Topic], frames: Sequence[dict[str, Any]]) -> list[Delivery]:
    encoded = [encode(frame) for frame in frames]
    return [Delivery(topic, frame) for topic in topics for frame in encoded]
