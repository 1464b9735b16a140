"""Who works here: added, renamed, given a role, sent a link, let go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from server.admin.pages import HOME, Act, Entry, Subject, change, editing, listing, read, row
from server.auth import accounts
from server.auth.fields import NEW_EMAIL
from server.auth.profile import LANGUAGE
from server.auth.tokens import new_token
from server.forms import Field, Form, go, page, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.people import Agent, Role, clean_name

AGENTS = Subject(
    "Agents",
    "Everybody who answers here. Customers see their names.",
    "Add an agent",
    f"{HOME}/agents",
    "Nobody works here yet.",
)
ROLES = {"agent": "Agent", "supervisor": "Supervisor", "admin": "Admin"}
FIELDS = [
    Field("name", "Name", read=clean_name, longest=100, hint="Customers see it."),
    NEW_EMAIL,
    Field(
        "role", "Role", "choice", Role, choices=[*ROLES.items()], hint="Supervisors see everything, admins set it up."
    ),
    LANGUAGE,
]


async def agents(request: Request) -> Response:
    entries = [
        Entry(
            f"{AGENTS.path}/{agent.id}",
            agent.name,
            agent.email,
            [("", ROLES[agent.role])] if agent.active else [("", "Inactive")],
            gone=not agent.active,
        )
        for agent in await read(request, _everybody)
    ]
    return listing(request, AGENTS, entries)


async def add(request: Request) -> Response:
    form = Form(FIELDS, {"role": "agent"})
    if await posted(request, form):
        with form.noting():
            token = new_token()
            agent = await change(request, _add, token, **form.values())
            return _link(request, agent, token)
    return editing(request, AGENTS, form, name="")


async def edit(request: Request) -> Response:
    agent: Agent = await read(request, row, Agent, request.path_params["id"])
    form = Form(FIELDS, {name: getattr(agent, name) for name in ("name", "email", "role", "language")})
    if await posted(request, form):
        with form.noting():
            await change(request, _edit, agent.id, **form.values())
            return go(f"{AGENTS.path}/{agent.id}?done=saved")
    return editing(request, AGENTS, form, name=agent.name, acts=_acts(agent))


async def link(request: Request) -> Response:
    """Shown once: only its hash is kept."""
    token = new_token()
    return _link(request, await change(request, accounts.invite, request.path_params["id"], token), token)


async def leave(request: Request) -> Response:
    await change(
        request,
        accounts.deactivate,
        request.path_params["id"],
        says="They are signed out, and their open tickets go back to the queues.",
    )
    return go(f"{AGENTS.path}/{request.path_params['id']}?done=gone")


async def come_back(request: Request) -> Response:
    await change(request, accounts.reactivate, request.path_params["id"], says="They can sign in again.")
    return go(f"{AGENTS.path}/{request.path_params['id']}?done=back")


def _add(change: Change, token: str, **said: Any) -> Agent:
    agent = accounts.add(change, **said)
    accounts.invite(change, agent.id, token)
    return agent


def _edit(change: Change, agent_id: int, *, name: str, email: str, role: Role, language: str) -> None:
    accounts.describe(change, agent_id, name=name, email=email, language=language)
    accounts.change_role(change, agent_id, role)


def _acts(agent: Agent) -> list[Act]:
    path = f"{AGENTS.path}/{agent.id}"
    if agent.active:
        return [Act(f"{path}/link", "Make a link to choose a password"), Act(f"{path}/leave", "Deactivate", bad=True)]
    return [Act(f"{path}/return", "Reactivate")]


def _link(request: Request, agent: Agent, token: str) -> Response:
    address = f"{request.state.config.public_url}/app/welcome/{token}"
    return page(request, "admin/link.html", subject=AGENTS, agent=agent, address=address)


def _everybody(session: Session) -> Sequence[Agent]:
    return session.exec(select(Agent).order_by(col(Agent.active).desc(), func.lower(Agent.name))).all()


DOORS = [
    door(AGENTS.path, agents, who=Who.ADMIN),
    door(f"{AGENTS.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{AGENTS.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{AGENTS.path}/{{id:number}}/link", link, who=Who.ADMIN, methods=["POST"]),
    door(f"{AGENTS.path}/{{id:number}}/leave", leave, who=Who.ADMIN, methods=["POST"]),
    door(f"{AGENTS.path}/{{id:number}}/return", come_back, who=Who.ADMIN, methods=["POST"]),
]
