"""What agents can do and how well, and which queues' tickets ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from routing.names import LONGEST_NAME
from routing.queues import Queue, queues
from routing.skills import (
    AgentSkill,
    QueueSkill,
    Skill,
    add_skill,
    remove_skill,
    set_agents,
    set_queues,
    skills,
)
from server.admin.pages import HOME, Act, Entry, Subject, change, editing, listing, read, row
from server.doors.languages import LANGUAGES
from server.forms import Field, Form, go, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.people import Agent

SKILLS = Subject(
    "Skills",
    "What only some agents can do: a language, a product. Tickets that ask for it go to whoever has it.",
    "Add a skill",
    f"{HOME}/skills",
    "No skills yet: every member of a queue can answer all of its tickets.",
)
HOW_WELL = {"": "Not at all", "1": "A little", "2": "Some", "3": "Well", "4": "Very well", "5": "All of it"}
ASKS = {**HOW_WELL, "": "No"}


async def all_skills(request: Request) -> Response:
    found = await read(request, _with_agents)
    return listing(request, SKILLS, [Entry(f"{SKILLS.path}/{skill.id}", skill.name, who) for skill, who in found])


async def add(request: Request) -> Response:
    form = Form(await read(request, _fields))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, None, form.values())
            return go(f"{SKILLS.path}?done=added")
    return editing(request, SKILLS, form, name="")


async def edit(request: Request) -> Response:
    skill: Skill = await read(request, row, Skill, request.path_params["id"])
    form = Form(await read(request, _fields), await read(request, _texts, skill))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, skill.id, form.values())
            return go(f"{SKILLS.path}?done=saved")
    remove = Act(f"{SKILLS.path}/{skill.id}/remove", "Remove", bad=True)
    return editing(request, SKILLS, form, name=skill.name, acts=[remove])


async def remove(request: Request) -> Response:
    await change(request, remove_skill, request.path_params["id"], says="Removed.")
    return go(f"{SKILLS.path}?done=removed")


def skill_choices(session: Session) -> list[tuple[str, str]]:
    return [(str(skill.id), skill.name) for skill in skills(session)]


def _fields(session: Session) -> list[Field]:
    return [
        Field("name", "Name", longest=LONGEST_NAME),
        Field(
            "language",
            "It is a language",
            "choice",
            needed=False,
            choices=[("", "—"), *LANGUAGES.items()],
            names=True,
            hint="Then whoever writes in it asks for it, in every queue.",
        ),
        *_levels("agent", "Who can do it", HOW_WELL, [(one.id, one.name) for one in _agents(session)]),
        *_levels("queue", "Whose tickets ask for it", ASKS, [(one.id, one.name) for one in queues(session)]),
    ]


def _levels(kind: str, heading: str, words: dict[str, str], whose: Sequence[tuple[int, str]]) -> list[Field]:
    return [
        Field(
            f"{kind}-{id}",
            name,
            "choice",
            needed=False,
            choices=[*words.items()],
            own=True,
            beside=True,
            group="" if n else heading,
        )
        for n, (id, name) in enumerate(whose)
    ]


def _texts(session: Session, skill: Skill) -> dict[str, Any]:
    able = session.exec(select(AgentSkill).where(AgentSkill.skill_id == skill.id))
    asked = session.exec(select(QueueSkill).where(QueueSkill.skill_id == skill.id))
    return {
        "name": skill.name,
        "language": skill.language,
        **{f"agent-{one.agent_id}": str(one.level) for one in able},
        **{f"queue-{one.queue_id}": str(one.level) for one in asked},
    }


def _save(change: Change, skill_id: int | None, said: dict[str, Any]) -> None:
    skill = add_skill(change, said["name"]) if skill_id is None else change.take(Skill, skill_id)
    skill.rename(change, said["name"], said["language"])
    change.write()
    able, asking = change.tuples(_ABLE_GONE, skill=skill.id), change.tuples(_ASKING_GONE, skill=skill.id)
    set_agents(change, skill.id, {**dict(able), **_said(said, "agent-")})
    set_queues(change, skill.id, {**dict(asking), **_said(said, "queue-")})


# Of who is not here just now, and of queues that are not in use: on no page, and as it was when they are back
_ABLE_GONE: Any = (
    core_select(col(AgentSkill.agent_id), col(AgentSkill.level))
    .join(Agent, col(Agent.id) == col(AgentSkill.agent_id))
    .where(col(AgentSkill.skill_id) == bindparam("skill"), col(Agent.active).is_(False))
)
_ASKING_GONE: Any = (
    core_select(col(QueueSkill.queue_id), col(QueueSkill.level))
    .join(Queue, col(Queue.id) == col(QueueSkill.queue_id))
    .where(col(QueueSkill.skill_id) == bindparam("skill"), col(Queue.archived).is_(True))
)


def _said(said: dict[str, Any], kind: str) -> dict[int, int]:
    """{id: level} of those who have one."""
    return {int(name.removeprefix(kind)): int(level) for name, level in said.items() if name.startswith(kind) and level}


def _agents(session: Session) -> Sequence[Agent]:
    return session.exec(select(Agent).where(col(Agent.active)).order_by(func.lower(Agent.name))).all()


def _with_agents(session: Session) -> list[tuple[Skill, str]]:
    query = select(AgentSkill.skill_id, Agent.name).join(Agent, col(Agent.id) == AgentSkill.agent_id)
    names: dict[int, list[str]] = {}
    for skill_id, name in session.exec(query.where(col(Agent.active)).order_by(func.lower(Agent.name))):
        names.setdefault(skill_id, []).append(name)
    return [(skill, ", ".join(names.get(skill.id, []))) for skill in skills(session)]


DOORS = [
    door(SKILLS.path, all_skills, who=Who.ADMIN),
    door(f"{SKILLS.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{SKILLS.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{SKILLS.path}/{{id:number}}/remove", remove, who=Who.ADMIN, methods=["POST"]),
]
