"""A ticket for one ride: good for one socket, for thirty seconds, for the session that asked for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, delete, select

from server.auth.tokens import hashed
from tickets.change import Change
from tickets.chores import NOW, SELDOM, Chore, Due
from tickets.moment import Moment

LASTS = timedelta(seconds=30)


class LiveTicket(SQLModel, table=True):
    __tablename__ = "live_ticket"

    token_hash: str = Field(primary_key=True)
    session_id: int
    expires_at: datetime = Field(sa_type=Moment, index=True)


def issue(change: Change, session_id: int, token: str) -> None:
    change.append(LiveTicket(token_hash=hashed(token), session_id=session_id, expires_at=change.now + LASTS))


def redeem(change: Change, session_id: int, token: str) -> bool:
    """True once, in time, and only for the session it was issued to."""
    used = change.claim(
        delete(LiveTicket).where(
            col(LiveTicket.token_hash) == hashed(token),
            col(LiveTicket.session_id) == session_id,
            col(LiveTicket.expires_at) > change.now,
        )
    )
    return used == 1


def _forget(change: Change, token_hash: str) -> None:
    change.claim(
        delete(LiveTicket).where(col(LiveTicket.token_hash) == token_hash, col(LiveTicket.expires_at) <= change.now)
    )


_EXPIRED = Due(select(LiveTicket.token_hash).where(LiveTicket.expires_at <= NOW).limit(100))
FORGET_UNUSED = Chore("forget unused live tickets", _EXPIRED, _forget, every=SELDOM)
