"""What agents can do and tickets ask for: languages, products, permissions, each with a level."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Index, bindparam, delete, exists
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, SQLModel, col, func, select

from routing import sorts
from routing.events import QueueChanged, SkillsChanged
from routing.names import free_name
from routing.queues import Queue
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.people import Agent
from tickets.plain import listed
from tickets.text import one_line
from tickets.ticket import Ticket

LEVELS = range(1, 6)  # 1: some, 5: knows everything of it
LONGEST_CODE = 10


class Skill(SQLModel, table=True):
    """`language`: the code of the language that it is, if it is one: whoever writes in it asks for it by that."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True)
    language: str = ""

    def rename(self, change: Change, name: str, language: str = "") -> None:
        name, language = _free_name(change, name, but=self.id), one_line(language, LONGEST_CODE).lower()
        if (name, language) != (self.name, self.language):
            self.name, self.language = name, language
            change.record(SkillsChanged())


class AgentSkill(SQLModel, table=True):
    """This agent can do that, so well."""

    __tablename__ = "agent_skill"

    agent_id: int = Field(primary_key=True, foreign_key="agent.id", sa_column_kwargs={"autoincrement": False})
    skill_id: int = Field(primary_key=True, foreign_key="skill.id", sa_column_kwargs={"autoincrement": False})
    level: int


class QueueSkill(SQLModel, table=True):
    """Every ticket of this queue asks for that, at least so well."""

    __tablename__ = "queue_skill"

    queue_id: int = Field(primary_key=True, foreign_key="queue.id", sa_column_kwargs={"autoincrement": False})
    skill_id: int = Field(primary_key=True, foreign_key="skill.id", sa_column_kwargs={"autoincrement": False})
    level: int


Leveled = TypeVar("Leveled", AgentSkill, QueueSkill)


class TicketNeed(SQLModel, table=True):
    """What a waiting ticket still asks for; what was given up while it waited is gone (semantics.md part 3)."""

    __tablename__ = "ticket_need"
    __table_args__ = (Index("ix_ticket_need_skill", "skill_id"),)

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    skill_id: int = Field(primary_key=True, foreign_key="skill.id", sa_column_kwargs={"autoincrement": False})
    level: int


# Verbs


def add_skill(change: Change, name: str, language: str = "") -> Skill:
    """Raises Refused without a name, Conflict where the name is taken."""
    skill = change.add(Skill(id=change.new_id(), name=_free_name(change, name)))
    skill.language = one_line(language, LONGEST_CODE).lower()
    change.record(SkillsChanged())
    return skill


def remove_skill(change: Change, skill_id: int) -> None:
    """Nobody has it and nothing asks for it any more."""
    skill = change.take(Skill, skill_id)
    asking = change.rows(select(TicketNeed.ticket_id).where(TicketNeed.skill_id == skill.id))
    for ticket in change.find_all(Ticket, asking):
        ticket.asks = sorts.without(ticket.asks, skill.id)
    for table in (AgentSkill, QueueSkill, TicketNeed):
        change.claim(delete(table).where(col(table.skill_id) == skill.id))
    change.remove(skill)
    change.record(SkillsChanged())


def set_agents(change: Change, skill_id: int, levels: Mapping[int, int]) -> None:
    """Who can do it, and how well: {agent: level}. Nobody else can."""
    skill = change.take(Skill, skill_id)
    known = {one.agent_id: one for one in change.rows(select(AgentSkill).where(AgentSkill.skill_id == skill.id))}

    def able(agent_id: int, level: int) -> AgentSkill:
        return AgentSkill(agent_id=change.take(Agent, agent_id).id, skill_id=skill.id, level=level)

    for agent_id in _settle(change, known, levels, able):
        change.record(SkillsChanged(agent=agent_id))


def set_queues(change: Change, skill_id: int, levels: Mapping[int, int]) -> None:
    """Of which queues every ticket asks for it from now on, and how well: {queue: level}."""
    skill = change.take(Skill, skill_id)
    known = {one.queue_id: one for one in change.rows(select(QueueSkill).where(QueueSkill.skill_id == skill.id))}

    def asks(queue_id: int, level: int) -> QueueSkill:
        return QueueSkill(queue_id=change.take(Queue, queue_id).id, skill_id=skill.id, level=level)

    for queue_id in _settle(change, known, levels, asks):
        change.record(QueueChanged(queue=queue_id))


def ask(change: Change, ticket: Ticket) -> bool:
    """A ticket joins a line: it asks for what its queue asks for, and for its own language. Whether it asks at all."""
    asked = _asked_by(change, ticket)
    for skill_id, level in asked.items():
        change.add(TicketNeed(ticket_id=ticket.id, skill_id=skill_id, level=level))
    ticket.asks = sorts.in_words(asked.items())
    return bool(asked)


def give_up(change: Change, ticket_id: int, skill_ids: Collection[int]) -> list[int]:
    """The ticket asks for these no longer; which of them it had asked for."""
    asked = [one for one in needs_of(change, ticket_id) if one.skill_id in skill_ids]
    for one in asked:
        change.remove(one)
    return [one.skill_id for one in asked]


def forget(change: Change, ticket_id: int) -> None:
    for one in needs_of(change, ticket_id):
        change.remove(one)


# What others ask


def skills(session: Session) -> Sequence[Skill]:
    """By name."""
    return session.exec(select(Skill).order_by(func.lower(Skill.name))).all()


def needs_of(change: Change, ticket_id: int) -> Sequence[TicketNeed]:
    return change.peek(TicketNeed, _OF_TICKET, ticket=ticket_id)


def levels_of(change: Change, agent_id: int) -> Mapping[int, int]:
    """What this agent can do, and how well: {skill: level}."""
    return {one.skill_id: one.level for one in change.peek(AgentSkill, _OF_AGENT, agent=agent_id)}


def names_of(change: Change, skill_ids: Collection[int]) -> dict[int, str]:
    return dict(change.tuples(_NAMES, ids=skill_ids)) if skill_ids else {}


def levels_in(change: Change, skill_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Who can do these, and how well: {skill: {agent: level}}."""
    known: dict[int, dict[int, int]] = {skill_id: {} for skill_id in skill_ids}
    for skill_id, agent_id, level in change.tuples(_LEVELS, ids=skill_ids) if skill_ids else ():
        known[skill_id][agent_id] = level
    return known


def who_lacks(change: Change, ticket_id: int, agent_ids: Collection[int]) -> set[int]:
    """Those of these agents who cannot do all that the ticket asks for."""
    needs = needs_of(change, ticket_id)
    if not needs:
        return set()
    wanted = {one.skill_id: one.level for one in needs}
    having = select(AgentSkill).where(col(AgentSkill.agent_id).in_(agent_ids), col(AgentSkill.skill_id).in_(wanted))
    able: dict[int, int] = {}
    for one in change.rows(having):
        able[one.agent_id] = able.get(one.agent_id, 0) + (one.level >= wanted[one.skill_id])
    return {agent_id for agent_id in agent_ids if able.get(agent_id, 0) < len(wanted)}


def can_do(agent_id: int) -> ColumnElement[bool]:
    """Asked of the database: tickets that ask for nothing that this agent cannot do."""
    able = exists().where(col(AgentSkill.agent_id) == agent_id, col(AgentSkill.skill_id) == TicketNeed.skill_id)
    able = able.where(col(AgentSkill.level) >= TicketNeed.level)
    return ~exists().where(col(TicketNeed.ticket_id) == Ticket.id, ~able)


# How


_OF_TICKET = select(TicketNeed).where(col(TicketNeed.ticket_id) == bindparam("ticket"))
_OF_AGENT = select(AgentSkill).where(col(AgentSkill.agent_id) == bindparam("agent"))
_NAMES: Any = core_select(col(Skill.id), col(Skill.name)).where(listed(col(Skill.id)))
_LEVELS: Any = core_select(col(AgentSkill.skill_id), col(AgentSkill.agent_id), col(AgentSkill.level)).where(
    listed(col(AgentSkill.skill_id))
)
_OF_QUEUE = select(QueueSkill).where(col(QueueSkill.queue_id) == bindparam("queue_id"))
_SPOKEN = select(Skill).where(col(Skill.language) == bindparam("language"))


def _asked_by(change: Change, ticket: Ticket) -> dict[int, int]:
    asked = change.peek_once(QueueSkill, _OF_QUEUE, queue_id=ticket.queue_id)
    wanted = {one.skill_id: one.level for one in asked}
    if ticket.language:
        spoken = change.peek_once(Skill, _SPOKEN, language=ticket.language)
        wanted = {one.id: 1 for one in spoken} | wanted
    return wanted


def _settle(
    change: Change, known: Mapping[int, Leveled], levels: Mapping[int, int], new: Callable[[int, int], Leveled]
) -> list[int]:
    """Those of `levels`, at these levels, and no others; of whom it is another than before."""
    if not set(levels.values()) <= set(LEVELS):
        raise Refused("A level is a number from 1 to 5.", field="levels")
    before: dict[int, int] = {whose: one.level for whose, one in known.items()}
    changed = [whose for whose in sorted({*before, *levels}) if before.get(whose) != levels.get(whose)]
    for whose in changed:
        if whose not in levels:
            change.remove(known[whose])
        elif whose in known:
            known[whose].level = levels[whose]
        else:
            change.add(new(whose, levels[whose]))
    return changed


def _free_name(change: Change, name: str, *, but: int | None = None) -> str:
    return free_name(
        change,
        Skill,
        name,
        but=but,
        needed=Refused("A skill needs a name.", field="name"),
        taken=lambda name: Conflict("There is already a skill named {name}.", field="name", name=name),
    )
