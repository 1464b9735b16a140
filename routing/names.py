"""The names of queues, calendars and policies: on one line, and no two alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlmodel import func, select

from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.text import one_line

LONGEST_NAME = 60  # characters; what is longer is cut


class _Named(Protocol):
    id: int
    name: str


Named = TypeVar("Named", bound=_Named)


def free_name(
    change: Change,
    kind: type[Named],
    name: str,
    *,
    but: int | None = None,
    needed: Refused,
    taken: Callable[[str], Conflict],
) -> str:
    """The name as it is kept. Raises `needed` where nothing is left of it, and `taken` of how another one spells it.

    `but` is the id of the row that is to have it.
    """
    name = one_line(name, LONGEST_NAME)
    if not name:
        raise needed
    other = change.one(select(kind).where(func.lower(kind.name) == name.lower()))
    if other is not None and other.id != but:
        raise taken(other.name)
    return name
