"""What must happen later: each chore knows what is due, and how to do one piece of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tickets.change import Change


@dataclass(frozen=True)
class Chore:
    """`due(session, now)` lists keys by an indexed query; `act(change, key)` claims one and does it, or does nothing."""

    name: str
    due: Callable[[Session, datetime], Sequence[Any]]
    act: Callable[[Change, Any], object]
