"""Stands at every door: who may pass, whose page is asking, how much they may bring, how long it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from server.auth.admission import Auth
from server.auth.cookies import Cookies
from server.auth.tokens import hashed, new_token
from server.config.settings import Server
from server.doors.crowd import turn_away
from server.doors.languages import chosen
from server.doors.legible import Endpoint, is_legible, reading_legibly
from server.doors.origins import SAFE, own_form, own_page, own_socket
from server.doors.refusals import Dribbled, SignInNeeded, not_here, too_big
from tickets.closing.live import RESTART, Closing
from tickets.edge import Door, Policy, SocketDoor, Surface
from tickets.errors import NotAllowed, Refused, Unavailable, unavailable

SECONDS = 30.0  # for an ordinary request
BODY_SECONDS = 20.0  # for what an ordinary request brings along: whoever dribbles has no line afterwards
FILE_SECONDS = 600.0  # for one that brings a file: a slow line is no fault
A_FILE = 1024 * 1024  # bytes: a door that takes more than this takes files
TOO_LONG = "This took too long. Please try again in a moment."
TOKEN_HEADER = "x-csrf-token"
TOKEN_FIELD = "csrf"
NOT_SIGNED_IN, NOT_ALLOWED = 4401, 4403  # close codes of a socket
_FORM_TYPES = ("", "application/x-www-form-urlencoded", "multipart/form-data", "application/json")

Limit = Callable[[HTTPConnection, Policy], Awaitable[None]]


async def no_limit(_: HTTPConnection, __: Policy) -> None:
    """Each room counts what it minds by itself."""


def check_doors(routes: Iterable[BaseRoute]) -> None:
    """Raises RuntimeError for a route that does not say who may use it, or that another one hides."""
    seen: set[tuple[str, str]] = set()
    for route in routes:
        if not isinstance(getattr(route, "policy", None), Policy):
            raise RuntimeError(
                f"{getattr(route, 'path', route)} does not say who may use it: make it with tickets.edge.door"
            )
        for way in _ways(route):
            if way in seen:
                raise RuntimeError(f"{' '.join(way)} is answered by two doors")
            seen.add(way)


def guarded(routes: Sequence[BaseRoute], server: Server, *, limit: Limit = no_limit) -> list[BaseRoute]:
    """The same doors with a guard at each: needs `auth` in the state, leaves `agent`, `csrf`, `language` there."""
    check_doors(routes)
    return [_guarded(route, server, limit) for route in routes]


def _ways(route: BaseRoute) -> Iterator[tuple[str, str]]:
    if isinstance(route, SocketDoor):
        yield "SOCKET", route.path
    elif isinstance(route, Door):
        for method in sorted(route.methods or ()):
            yield method, route.path


def _guarded(route: BaseRoute, server: Server, limit: Limit) -> BaseRoute:
    if isinstance(route, SocketDoor):
        socket = SocketDoor(route.path, route.endpoint, name=route.name)
        socket.policy = route.policy
        socket.app = SocketGuard(socket.app, route.policy, server, limit)
        return socket
    assert isinstance(route, Door)
    endpoint = _asking_for_token(route.endpoint, route.policy) if _by_cookie(route.policy) else route.endpoint
    door = Door(route.path, reading_legibly(endpoint), methods=sorted(route.methods or ()), name=route.name)
    door.policy = route.policy
    door.app = DoorGuard(door.app, route.policy, server, limit)
    return door


def _by_cookie(policy: Policy) -> bool:
    """Whether the browser shows by a cookie whose request this is, so that another page could borrow it."""
    return policy.who.role is not None or policy.surface is Surface.CONSOLE


class _Guard:
    """What both kinds of door have in common."""

    def __init__(self, app: ASGIApp, policy: Policy, server: Server, limit: Limit) -> None:
        self._app = app
        self._policy = policy
        self._origins = server.origins
        self._cookies = Cookies(https=server.base_url.startswith("https://"))
        self._limit = limit

    async def _recognise(self, connection: HTTPConnection) -> None:
        auth: Auth = connection.state.auth
        token = self._cookies.read(connection, self._cookies.session) if _by_cookie(self._policy) else ""
        found = await auth.recognise(token) if token else None
        if found is not None:
            state = connection.state
            state.agent, state.csrf = found.agent, found.csrf
            state.language = chosen(found.agent.language) or state.language

    def _while_closing(self, connection: HTTPConnection) -> Closing | None:
        """What closes, where the house does and this is a door that people come through to stay."""
        closing: Closing | None = connection.state.closing if self._policy.stays else None
        return closing if closing is not None and closing.begun else None

    def _may_pass(self, connection: HTTPConnection) -> None:
        needed, agent = self._policy.who.role, connection.state.agent
        if needed is None:
            return
        if agent is None:
            raise SignInNeeded("Sign in to go on.")
        if not agent.role.includes(needed):
            raise NotAllowed("This page is not for you. Ask an admin if it should be.")


class DoorGuard(_Guard):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        request.state.surface, request.state.cookies = self._policy.surface, self._cookies
        if not is_legible(scope):
            raise not_here()
        if closing := self._while_closing(request):
            raise unavailable(retry_after=closing.retry_after)
        if _by_cookie(self._policy):
            await self._recognise(request)
            send = self._with_form_cookie(request, send)
            if request.method not in SAFE:
                own_page(request.headers, self._origins)
                _known_type(request)
        self._may_pass(request)
        await self._limit(request, self._policy)
        await self._in_time(scope, _measured(request, receive, self._policy), send)

    async def _in_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = asyncio.timeout(FILE_SECONDS if _takes_files(self._policy) else SECONDS)
        try:
            async with deadline:
                await self._app(scope, receive, send)
        except TimeoutError:
            if not deadline.expired():
                raise
            raise Unavailable(TOO_LONG, retry_after=5.0) from None

    def _with_form_cookie(self, request: Request, send: Send) -> Send:
        """Somebody who is not signed in gets a cookie that their forms' token is made from."""
        if request.state.agent is not None:
            return send
        held = self._cookies.read(request, self._cookies.form)
        secret = held or new_token()
        request.state.csrf = hashed(secret)
        if held or request.method not in SAFE:
            return send

        async def giving(message: Message) -> None:
            if message["type"] == "http.response.start":
                response = Response()
                self._cookies.give(response, self._cookies.form, secret)
                MutableHeaders(scope=message).append("set-cookie", response.headers["set-cookie"])
            await send(message)

        return giving


class SocketGuard(_Guard):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        if not own_socket(websocket.headers, self._origins):
            await websocket.close(NOT_ALLOWED)  # before it was accepted: the upgrade is answered with 403
            return
        if closing := self._while_closing(websocket):
            await turn_away(websocket, RESTART, closing.retry_after)
            return
        await self._recognise(websocket)
        try:
            self._may_pass(websocket)
            await self._limit(websocket, self._policy)
        except Refused as refusal:
            await websocket.accept()  # a page can read a close code only of a socket that was open
            await websocket.close(NOT_SIGNED_IN if isinstance(refusal, SignInNeeded) else NOT_ALLOWED)
        else:
            await self._app(scope, receive, send)


def _asking_for_token(endpoint: Endpoint, policy: Policy) -> Endpoint:
    """The form must carry its page's token. A form with a file carries it in a header: nothing is read before that."""
    takes_files = _takes_files(policy)

    async def asked(request: Request) -> Response:
        if request.method not in SAFE:
            own_form(request.state.csrf, await _token_of(request, header_only=takes_files))
        return await endpoint(request)

    return asked


async def _token_of(request: Request, *, header_only: bool) -> str:
    sent = request.headers.get(TOKEN_HEADER)
    if sent is not None or header_only:
        return sent or ""
    field = (await request.form()).get(TOKEN_FIELD, "")
    return field if isinstance(field, str) else ""


def _known_type(request: Request) -> None:
    """Only what our own pages send; text/plain is what foreign forms use to smuggle JSON."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in _FORM_TYPES:
        raise Refused("This cannot be sent here.")


def _measured(request: Request, receive: Receive, policy: Policy) -> Receive:
    """Refuses a body that says it is too large before any of it is read, and one that lies as soon as it is."""
    largest, said = policy.largest, request.headers.get("content-length", "")
    if policy.cut:
        return _cut(receive, largest)
    if said.isascii() and said.isdigit() and int(said[:20]) > largest:
        raise too_big()
    total, comes = 0, True
    ends = asyncio.get_running_loop().time() + (FILE_SECONDS if _takes_files(policy) else BODY_SECONDS)

    async def measured() -> Message:
        nonlocal total, comes
        try:
            async with asyncio.timeout_at(ends if comes else None):
                message = await receive()
        except TimeoutError:
            raise Dribbled(TOO_LONG, retry_after=5.0) from None
        if message["type"] == "http.request":
            comes = message.get("more_body", False)
            total += len(message.get("body", b""))
            if total > largest:
                raise too_big()
        return message

    return measured


def _takes_files(policy: Policy) -> bool:
    return policy.largest > A_FILE


def _cut(receive: Receive, largest: int) -> Receive:
    """Ends a body where it becomes too large; what follows is never looked at."""
    left = largest

    async def cut() -> Message:
        nonlocal left
        message = await receive()
        if message["type"] == "http.request":
            body = message.get("body", b"")[:left]
            left -= len(body)
            return {**message, "body": body, "more_body": left > 0 and message.get("more_body", False)}
        return message

    return cut
