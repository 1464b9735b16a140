"""Who is signed in: a row for each browser, found by the hash of a secret that only that browser holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from server.auth.tokens import hashed
from tickets.change import Change
from tickets.chores import NOW, SELDOM, Chore, Due
from tickets.edge import SignedIn
from tickets.events import NOBODY, STAFF, AgentRevoked, Event
from tickets.moment import Moment
from tickets.people import Agent, Role
from tickets.plain import Beside, plain
from tickets.text import one_line


class ConsoleSession(SQLModel, table=True):
    """One signed-in browser. It ends by itself when idle, when old, or when the agent's epoch moves on."""

    __tablename__ = "console_session"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    token_hash: str = Field(unique=True)
    agent_id: int = Field(foreign_key="agent.id", index=True)
    csrf: str
    epoch: int
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    user_agent: str = ""
    address: str = ""


class SessionBegan(Event, frozen=True):
    audience = NOBODY
    agent: int
    session: int


class SessionEnded(Event, frozen=True):
    """One browser was signed out; its open sockets close."""

    audience = STAFF
    agent: int
    session: int


@dataclass(frozen=True)
class Secrets:
    """What a new session is known by: the cookie's token and the token of its forms."""

    token: str
    csrf: str


@dataclass(frozen=True)
class Recognised:
    """The session behind a cookie."""

    agent: SignedIn
    csrf: str


def sign_in(
    change: Change, agent_id: int, secrets: Secrets, *, lasts: timedelta, user_agent: str = "", address: str = ""
) -> ConsoleSession:
    """A session with an id of its own: whatever the browser held before signing in means nothing after it."""
    agent = change.take(Agent, agent_id)
    session = change.add(
        ConsoleSession(
            id=change.new_id(),
            token_hash=hashed(secrets.token),
            agent_id=agent.id,
            csrf=secrets.csrf,
            epoch=agent.session_epoch,
            created_at=change.now,
            seen_at=change.now,
            expires_at=change.now + lasts,
            user_agent=one_line(user_agent, 200),
            address=address,
        )
    )
    change.record(SessionBegan(agent=agent.id, session=session.id))
    return session


def sign_out(change: Change, session_id: int, *, of: int) -> None:
    """End one session of the agent `of`; another's, or one that has ended, is left as it is."""
    session = change.find(ConsoleSession, session_id)
    if session is not None and session.agent_id == of:
        change.remove(session)
        change.record(SessionEnded(agent=of, session=session_id))


def rotate(change: Change, session_id: int, secrets: Secrets) -> None:
    """The same session under a new secret: the old cookie is worthless from now on."""
    session = change.take(ConsoleSession, session_id)
    session.token_hash, session.csrf = hashed(secrets.token), secrets.csrf


def revoke_all(change: Change, agent: Agent, *, but: int | None = None) -> None:
    """End every session of this agent at once, except session `but`. Open sockets hear of it through the event."""
    agent.session_epoch += 1
    for session in change.rows(select(ConsoleSession).where(ConsoleSession.agent_id == agent.id)):
        if session.id == but:
            session.epoch = agent.session_epoch
        else:
            change.remove(session)
    change.record(AgentRevoked(agent=agent.id))


def refresh(change: Change, seen: Mapping[int, datetime]) -> None:
    """Note when these sessions were last seen. Bookkeeping: no event."""
    for session_id, moment in sorted(seen.items()):
        change.claim(
            update(ConsoleSession)
            .where(col(ConsoleSession.id) == session_id, col(ConsoleSession.seen_at) < moment)
            .values(seen_at=moment)
        )


_BY_TOKEN = Beside(  # asked before every page
    plain(ConsoleSession, Agent)
    .join(Agent, col(Agent.id) == ConsoleSession.agent_id)
    .where(col(ConsoleSession.token_hash) == bindparam("token")),
    ConsoleSession,
    Agent,
)


def recognise(
    session: Session, token: str, now: datetime, *, idle: timedelta, seen: Mapping[int, datetime]
) -> Recognised | None:
    """Whose cookie this is; None where the session has ended. `seen` is what is not written down yet."""
    found = _BY_TOKEN.first(session, token=hashed(token))
    if found is None:
        return None
    row, agent = found
    if not _holds(row, agent, now, idle=idle, seen_at=seen.get(row.id, row.seen_at)):
        return None
    return Recognised(SignedIn(agent.id, agent.name, Role(agent.role), agent.language, row.id), row.csrf)


def still_holds(
    session: Session, session_id: int, now: datetime, *, idle: timedelta, seen: Mapping[int, datetime]
) -> bool:
    """Whether the session that an open socket was let in by has not ended since."""
    row = session.get(ConsoleSession, session_id)
    agent = session.get(Agent, row.agent_id) if row is not None else None
    if row is None or agent is None:
        return False
    return _holds(row, agent, now, idle=idle, seen_at=seen.get(row.id, row.seen_at))


def of_agent(session: Session, agent_id: int, now: datetime) -> Sequence[ConsoleSession]:
    """The agent's sessions, most recently seen first."""
    query = select(ConsoleSession).where(ConsoleSession.agent_id == agent_id, ConsoleSession.expires_at > now)
    return session.exec(query.order_by(col(ConsoleSession.seen_at).desc())).all()


def _holds(row: ConsoleSession, agent: Agent, now: datetime, *, idle: timedelta, seen_at: datetime) -> bool:
    last = max(row.seen_at, seen_at)
    return agent.active and row.epoch == agent.session_epoch and now < row.expires_at and now - last < idle


def _forget(change: Change, session_id: int) -> None:
    change.claim(
        delete(ConsoleSession).where(col(ConsoleSession.id) == session_id, col(ConsoleSession.expires_at) <= change.now)
    )


_EXPIRED = Due(
    select(ConsoleSession.id)
    .where(ConsoleSession.expires_at <= NOW)
    .order_by(col(ConsoleSession.expires_at))
    .limit(100)
)
FORGET_EXPIRED = Chore("forget expired sessions", _EXPIRED, _forget, every=SELDOM)
