"""What a visitor does besides writing is done once, however often their browser says it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, SQLModel, col, delete, select

from chat import talk, visitor
from chat.protocol import End, Introduce, Rate
from chat.visitor import Visitor
from tickets.change import Change
from tickets.chores import NOW, SELDOM, Chore, Due
from tickets.errors import Conflict
from tickets.message import check_client_id
from tickets.moment import Moment

KEPT = timedelta(days=30)  # as long as a token lasts that nobody uses


class Act(SQLModel, table=True):
    """An end, a rating, a name that was confirmed. `key` stands for the visitor and the id that they gave it."""

    key: str = Field(primary_key=True)
    what: str  # stands for the words
    at: datetime = Field(sa_type=Moment, index=True)


def act(change: Change, frame: End | Rate | Introduce, *, visitor_id: int) -> Visitor:
    """Do what the frame says, unless this visitor was confirmed a frame of the same id before.

    Returns the visitor as they are now. What is refused was not done, and may be tried again. Raises Conflict where the
    id was for something else.
    """
    check_client_id(frame.id)
    verb, said = _told(frame)
    key, what = _hash(f"{visitor_id} {frame.id}"), _hash(repr((verb.__name__, sorted(said.items()))))
    earlier = change.find(Act, key)
    if earlier is None:
        verb(change, visitor_id=visitor_id, **said)
        change.add(Act(key=key, what=what, at=change.now))
    elif earlier.what != what:
        raise Conflict("This message was already sent.")
    return change.take(Visitor, visitor_id)


def _told(frame: End | Rate | Introduce) -> tuple[Callable[..., object], dict[str, Any]]:
    if isinstance(frame, End):
        return talk.end, _named(frame)
    elif isinstance(frame, Rate):
        return talk.rate, {"score": frame.score, "comment": frame.comment or "", **_named(frame)}
    else:
        return visitor.introduce, {"name": frame.name or "", "email": frame.email or ""}


def _named(frame: End | Rate) -> dict[str, Any]:
    """Left out where it names no chat: what was confirmed to a client that never does keeps its words."""
    return {} if frame.ticket is None else {"ticket_id": frame.ticket}


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def _forget(change: Change, key: str) -> None:
    change.claim(delete(Act).where(col(Act.key) == key, col(Act.at) <= change.now - KEPT))


_OLD = Due(select(Act.key).where(col(Act.at) <= NOW).limit(100), after=KEPT)
FORGET_OLD = Chore("forget what visitors did long ago", _OLD, _forget, every=SELDOM)
