"""The people who work here: how they come, change and go."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import Session, col, select

from routing import line
from server.auth import links, sessions
from tickets.change import Change
from tickets.chores import Chore, Due
from tickets.errors import Conflict, NotAllowed, Refused
from tickets.events import AgentChanged
from tickets.people import Agent, IdentifierKind, Role, clean_name
from tickets.ticket import Ticket

AT_ONCE = 10  # tickets given back in one change: each is placed and offered anew within it


def add(change: Change, *, name: str, email: str, role: Role, password_hash: str = "", language: str = "") -> Agent:
    """Somebody new. Without a password they can come in only through a one-time link."""
    name, email = _name(name), IdentifierKind.EMAIL.normal(email)
    _free(change, email)
    agent = change.add(
        Agent(
            id=change.new_id(),
            name=name,
            email=email,
            role=role.value,
            password_hash=password_hash,
            language=language,
            created_at=change.now,
        )
    )
    change.record(AgentChanged(agent=agent.id))
    return agent


def add_first(change: Change, token: str, *, name: str, email: str, password_hash: str, language: str) -> Agent:
    """The first admin, through the link that an empty desk prints."""
    if links.use(change, token) is not None or change.one(select(Agent)) is not None:
        raise links.gone()
    return add(change, name=name, email=email, role=Role.ADMIN, password_hash=password_hash, language=language)


def describe(change: Change, agent_id: int, *, name: str, language: str, email: str | None = None) -> None:
    """Another name, language or address."""
    agent = change.take(Agent, agent_id)
    name, email = _name(name), IdentifierKind.EMAIL.normal(email) if email is not None else agent.email
    if email != agent.email:
        _free(change, email)
    if (agent.name, agent.email, agent.language) != (name, email, language):
        agent.name, agent.email, agent.language = name, email, language
        change.record(AgentChanged(agent=agent.id))


def change_role(change: Change, agent_id: int, role: Role) -> None:
    """Their sessions end: what a browser may do was decided when it signed in."""
    agent = change.take(Agent, agent_id)
    if agent.role != role:
        _not_the_last_admin(change, agent)
        agent.role = role.value
        sessions.revoke_all(change, agent)
        change.record(AgentChanged(agent=agent.id))


def change_password(
    change: Change, agent_id: int, password_hash: str, *, session_id: int, secrets: sessions.Secrets
) -> None:
    """The agent's own choice: every other session ends, and this one goes on under a new secret."""
    agent = change.take(Agent, agent_id)
    agent.password_hash = password_hash
    sessions.revoke_all(change, agent, but=session_id)
    sessions.rotate(change, session_id, secrets)
    links.withdraw(change, agent_id=agent.id)
    change.record(AgentChanged(agent=agent.id))


def choose_password(change: Change, token: str, password_hash: str) -> Agent:
    """Through a one-time link: whatever could sign in before cannot any more."""
    agent_id = links.use(change, token)
    agent = change.find(Agent, agent_id) if agent_id is not None else None
    if agent is None or not agent.active:
        raise links.gone()
    agent.password_hash = password_hash
    sessions.revoke_all(change, agent)
    change.record(AgentChanged(agent=agent.id))
    return agent


def keep_hash(change: Change, agent_id: int, password_hash: str) -> None:
    """The same password under today's cost. Nothing that anybody could see."""
    change.take(Agent, agent_id).password_hash = password_hash


def invite(change: Change, agent_id: int, token: str) -> Agent:
    """A link with which this agent chooses a password."""
    agent = change.take(Agent, agent_id)
    if not agent.active:
        raise Refused("{name} no longer works here.", name=agent.name)
    links.make(change, token, agent_id=agent.id)
    return agent


def deactivate(change: Change, agent_id: int) -> None:
    """They are out at once; their open work follows, a few tickets at a time (GIVE_BACK)."""
    agent = change.take(Agent, agent_id)
    if agent.active:
        if change.by == agent.actor:
            raise NotAllowed("Ask another admin to do this: nobody lets themselves go.")
        _not_the_last_admin(change, agent)
        agent.active = False
        links.withdraw(change, agent_id=agent.id)
        sessions.revoke_all(change, agent)
        change.record(AgentChanged(agent=agent.id))


def reactivate(change: Change, agent_id: int) -> None:
    agent = change.take(Agent, agent_id)
    if not agent.active:
        agent.active = True
        change.record(AgentChanged(agent=agent.id))


def give_back(change: Change, agent_id: int) -> int:
    """Release what somebody who left still holds, a few tickets at a time; how many."""
    agent = change.take(Agent, agent_id)
    if agent.active:
        return 0
    held = select(Ticket).where(Ticket.agent_id == agent.id, line.undone())
    tickets = change.rows(held.order_by(col(Ticket.queued_at)).limit(AT_ONCE))
    for ticket in tickets:
        ticket.release(change, why="left")
    return len(tickets)


def by_email(session: Session, email: str) -> Agent | None:
    return session.exec(select(Agent).where(Agent.email == email.strip().lower())).first()


def nobody_yet(session: Session) -> bool:
    return session.exec(select(Agent.id).limit(1)).first() is None


_LEFT_WITH_WORK = Due(
    select(Agent.id)
    .join(Ticket, col(Ticket.agent_id) == Agent.id)
    .where(col(Agent.active).is_(False), line.undone())
    .distinct()
)
GIVE_BACK = Chore("give back the work of who left", _LEFT_WITH_WORK, give_back)


def _name(name: str) -> str:
    name = clean_name(name)
    if not name:
        raise Refused("A name is needed.", field="name")
    return name


def _free(change: Change, email: str) -> None:
    if change.one(select(Agent).where(Agent.email == email)) is not None:
        raise Conflict("Somebody here already signs in with this address.", field="email")


def _not_the_last_admin(change: Change, agent: Agent) -> None:
    if agent.role == Role.ADMIN:
        admins = select(func.count()).select_from(Agent).where(Agent.role == Role.ADMIN, col(Agent.active).is_(True))
        if (change.one(admins) or 0) < 2:
            raise Refused("Somebody has to stay admin: make another admin first.", field="role")
