"""The pages where people sign in and out, and come in for the first time."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.auth import accounts, links, live_ticket, profile, sessions
from server.auth.admission import Auth, Caller
from server.auth.fields import AT_SIGN_IN, EMAIL, NAME, NEW_PASSWORD, PASSWORD
from server.auth.next_page import HOME, next_page
from server.auth.passwords import good_enough
from server.auth.sessions import Secrets
from server.auth.tokens import new_token
from server.doors.languages import COOKIE, LANGUAGES, chosen
from server.doors.refusals import LOGIN
from server.forms import Form, go, page, posted
from tickets.change import Change
from tickets.edge import SignedIn, Who, door
from tickets.people import Agent


async def login(request: Request) -> Response:
    target = next_page(request.query_params.get("next", ""))
    wish = chosen(request.query_params.get("language", ""))
    form = Form([EMAIL, PASSWORD])
    if await posted(request, form):
        with form.noting():
            told = form.values()
            return await _signed_in(request, told["email"], told["password"], target)
    elif wish is not None:
        return _in_language(request, wish, target)
    elif request.state.agent is not None:
        return go(target)
    form.texts["password"] = ""
    return page(request, "auth/login.html", form, target=target, languages=LANGUAGES)


async def logout(request: Request) -> Response:
    agent: SignedIn = request.state.agent
    await request.state.desk.change(sessions.sign_out, agent.session_id, of=agent.id, by=agent.actor)
    answer, cookies = go(LOGIN), request.state.cookies
    cookies.take_back(answer, cookies.session)
    return answer


async def welcome(request: Request) -> Response:
    """What a one-time link opens: opening shows the form, only posting it uses the link up."""
    token, desk = request.path_params["token"], request.state.desk
    agent = await desk.read(links.invited, token, desk.clock.now())
    form = Form([NAME, EMAIL, NEW_PASSWORD] if agent is None else [NEW_PASSWORD])
    if await posted(request, form):
        with form.noting():
            return await _welcomed(request, token, agent, **form.values())
    form.texts["password"] = ""
    return page(request, "auth/welcome.html", form, person=agent)


async def ticket(request: Request) -> Response:
    """What the console's socket shows in its first frame: that a page of ours, with this session, opened it."""
    agent: SignedIn = request.state.agent
    token = new_token()
    await request.state.desk.change(live_ticket.issue, agent.session_id, token, by=agent.actor)
    return JSONResponse({"ticket": token})


async def _signed_in(request: Request, email: str, password: str, target: str) -> Response:
    auth: Auth = request.state.auth
    before: SignedIn | None = request.state.agent
    secrets = await auth.admit(email, password, caller(request))
    if before is not None:
        await request.state.desk.change(sessions.sign_out, before.session_id, of=before.id, by=before.actor)
    return _with_session(request, secrets, target)


async def _welcomed(
    request: Request, token: str, agent: Agent | None, *, password: str, name: str = "", email: str = ""
) -> Response:
    auth: Auth = request.state.auth
    person = (name, email) if agent is None else (agent.name, agent.email)
    good_enough(password, person=person)
    kept = await auth.passwords.hashed(password)

    def come(change: Change) -> int:
        if agent is not None:
            return accounts.choose_password(change, token, kept).id
        language = request.state.language
        return accounts.add_first(change, token, name=name, email=email, password_hash=kept, language=language).id

    agent_id = await request.state.desk.change(come, by="system")
    return _with_session(request, await auth.begin(agent_id, caller(request)), HOME)


def _with_session(request: Request, secrets: Secrets, target: str) -> Response:
    answer, cookies = go(target), request.state.cookies
    cookies.give(answer, cookies.session, secrets.token)
    return answer


def _in_language(request: Request, wish: str, target: str) -> Response:
    answer = go(LOGIN if target == HOME else f"{LOGIN}?next={quote(target, safe='/')}")
    answer.set_cookie(COOKIE, wish, max_age=365 * 86400, path="/", httponly=True, samesite="lax")
    return answer


def caller(request: Request) -> Caller:
    return Caller(request.state.address, request.headers.get("user-agent", ""))


DOORS = [
    door("/app/login", login, who=Who.ANYONE, methods=["GET", "POST"], largest=AT_SIGN_IN, cut=True),
    door("/app/logout", logout, who=Who.AGENT, methods=["POST"]),
    door("/app/welcome/{token}", welcome, who=Who.ANYONE, methods=["GET", "POST"]),
    door("/app/live/ticket", ticket, who=Who.AGENT, methods=["POST"]),
    *profile.DOORS,
]
