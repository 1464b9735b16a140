"""Links that let one person in once: to make the first admin, or to choose a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, delete, select

from server.auth.tokens import hashed
from tickets.change import Change
from tickets.chores import NOW, SELDOM, Chore, Due
from tickets.errors import NotFound
from tickets.moment import Moment
from tickets.people import Agent

LASTS = timedelta(hours=24)


class OneTimeLink(SQLModel, table=True):
    """`agent_id` says whose password it sets; without one it makes the first admin. Opening shows, posting uses it."""

    __tablename__ = "one_time_link"

    token_hash: str = Field(primary_key=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id", index=True)
    expires_at: datetime = Field(sa_type=Moment, index=True)


def make(change: Change, token: str, *, agent_id: int | None) -> None:
    """A new link; an earlier one for the same person stops working."""
    withdraw(change, agent_id=agent_id)
    change.add(OneTimeLink(token_hash=hashed(token), agent_id=agent_id, expires_at=change.now + LASTS))


def withdraw(change: Change, *, agent_id: int | None) -> None:
    change.claim(delete(OneTimeLink).where(col(OneTimeLink.agent_id) == agent_id))


def invited(session: Session, token: str, now: datetime) -> Agent | None:
    """Whose password the link sets; None where it makes the first admin. Raises NotFound for a link that is none."""
    link = session.get(OneTimeLink, hashed(token))
    if link is None or link.expires_at <= now:
        raise gone()
    return session.get(Agent, link.agent_id) if link.agent_id is not None else None


def use(change: Change, token: str) -> int | None:
    """Use the link up; whose it was. Raises NotFound for one that was used, is too old, or never was."""
    link = change.find(OneTimeLink, hashed(token))
    agent_id = link.agent_id if link is not None else None
    used = change.claim(
        delete(OneTimeLink).where(
            col(OneTimeLink.token_hash) == hashed(token), col(OneTimeLink.expires_at) > change.now
        )
    )
    if used != 1:  # two that come together find one row, and only one of them takes it
        raise gone()
    return agent_id


def gone() -> NotFound:
    return NotFound("This link was used already, or is too old. Ask for a new one.")


def _forget(change: Change, token_hash: str) -> None:
    change.claim(
        delete(OneTimeLink).where(col(OneTimeLink.token_hash) == token_hash, col(OneTimeLink.expires_at) <= change.now)
    )


_EXPIRED = Due(select(OneTimeLink.token_hash).where(OneTimeLink.expires_at <= NOW).limit(100))
FORGET_OLD = Chore("forget old one-time links", _EXPIRED, _forget, every=SELDOM)
