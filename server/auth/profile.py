"""An agent's own page: name, language, password, and the browsers they are signed in with."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.auth import accounts, sessions
from server.auth.admission import Auth, Caller, new_secrets
from server.auth.browsers import browser_name
from server.auth.fields import NAME, NEW_PASSWORD
from server.auth.passwords import good_enough
from server.doors.languages import LANGUAGES
from server.forms import Field, Form, go, page, posted
from tickets.edge import SignedIn, Who, door
from tickets.people import Agent

HERE = "/app/profile"
LANGUAGE = Field(
    "language",
    "Language",
    "choice",
    needed=False,
    choices=[("", "As the browser says"), *LANGUAGES.items()],
)
ABOUT = [NAME, LANGUAGE]
_OLD = Field("old_password", "Password now", "password", str, longest=10_000, autocomplete="current-password")
PASSWORDS = [_OLD, NEW_PASSWORD]


async def about(request: Request) -> Response:
    me: SignedIn = request.state.agent
    form = Form(ABOUT, {"name": me.name, "language": me.language})
    if await posted(request, form):
        with form.noting():
            await request.state.desk.change(accounts.describe, me.id, **form.values(), by=me.actor)
            return go(f"{HERE}?done=saved")
    return await _shown(request, about=form)


async def password(request: Request) -> Response:
    me: SignedIn = request.state.agent
    form = Form(PASSWORDS)
    if await posted(request, form):
        with form.noting():
            return await _with_new_password(request, me, **form.values())
    form.texts = dict.fromkeys(form.texts, "")
    return await _shown(request, password=form)


async def end_session(request: Request) -> Response:
    me: SignedIn = request.state.agent
    await request.state.desk.change(sessions.sign_out, request.path_params["id"], of=me.id, by=me.actor)
    return go(f"{HERE}?done=ended")


async def _with_new_password(request: Request, me: SignedIn, old_password: str, password: str) -> Response:
    auth: Auth = request.state.auth
    agent = await request.state.desk.read(_agent, me.id)
    caller = Caller(request.state.address, request.headers.get("user-agent", ""))
    await auth.confirm(agent, old_password, caller, field="old_password")
    good_enough(password, person=(agent.name, agent.email))
    secrets = new_secrets()
    await request.state.desk.change(
        accounts.change_password,
        me.id,
        await auth.passwords.hashed(password),
        session_id=me.session_id,
        secrets=secrets,
        by=me.actor,
    )
    answer = go(f"{HERE}?done=password")
    request.state.cookies.give(answer, request.state.cookies.session, secrets.token)
    return answer


async def _shown(request: Request, *, about: Form | None = None, password: Form | None = None) -> Response:
    me, desk = request.state.agent, request.state.desk
    mine = await desk.read(sessions.of_agent, me.id, desk.clock.now())
    facts: dict[str, Any] = {
        "about": about or Form(ABOUT, {"name": me.name, "language": me.language}),
        "password": password or Form(PASSWORDS),
        "sessions": mine,
        "browser_name": browser_name,
        "done": request.query_params.get("done", ""),
    }
    return page(request, "auth/profile.html", about or password, **facts)


def _agent(session: Any, agent_id: int) -> Agent:
    agent: Agent = session.get(Agent, agent_id)
    return agent


DOORS = [
    door(HERE, about, who=Who.AGENT, methods=["GET", "POST"]),
    door(f"{HERE}/password", password, who=Who.AGENT, methods=["GET", "POST"]),
    door(f"{HERE}/sessions/{{id:number}}/end", end_session, who=Who.AGENT, methods=["POST"]),
]
