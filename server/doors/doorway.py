"""What every request passes on its way in and out: a name of its own, a line in the log, our own host name, a net."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Collection, MutableMapping
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from server.config.settings import Server
from server.doors.addresses import Network, client_address, is_one_of, networks
from server.doors.crowd import Crowd
from server.doors.headers import HeaderSets, SecurityHeaders
from server.doors.languages import COOKIE, chosen, negotiated
from server.doors.refusals import OUR_FAULT, broken
from server.watching.health import WATCHED

_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9-]{7,63}", re.ASCII)  # a UUID, or what nginx calls $request_id
HUNG_UP = 499  # whoever asked had gone before they were answered: as nginx writes it down
EVERYWHERE = networks(("0.0.0.0/0", "::/0"))

_log = structlog.get_logger("frontdesk.requests")


def layers(server: Server) -> list[Middleware]:
    """Outermost first. Everything that depends on the door follows at the door (server/doors/guard.py)."""
    return [
        Middleware(Named, trusted_proxies=networks(server.trusted_proxies)),
        Middleware(SecurityHeaders, sets=HeaderSets(server)),
        Middleware(OwnHost, hosts=server.hosts),
        Middleware(Crowd, most=server.most_sockets),
        Middleware(Net),
    ]


class Named:
    """Gives the request an id, an address and a language, and writes its line when it is over.

    The line holds the pattern of the path, never the path, the query or the body: a one-time link would be in it.
    """

    def __init__(self, app: ASGIApp, *, trusted_proxies: Collection[Network]) -> None:
        self._app = app
        self._proxies = tuple(trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state.update(
            request_id=_given_name(scope, self._proxies) or secrets.token_hex(8),
            address=client_address(scope, self._proxies),
            language=language_of(scope),
            agent=None,
            csrf="",
        )
        began, status = time.perf_counter(), 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = state["request_id"]
            elif message["type"] == "websocket.accept":
                status = 101
                named_too = [*message.get("headers", ()), (b"x-request-id", state["request_id"].encode())]
                message = {**message, "headers": named_too}
            elif message["type"] == "websocket.close":
                status = message.get("code", 1000)
            await send(message)

        try:
            await self._app(scope, receive, named)
        finally:
            seconds = time.perf_counter() - began
            status = status or (HUNG_UP if scope["type"] == "http" else 0)
            _say(scope, state, status, seconds)
            _count(scope, state, status, seconds)


class OwnHost:
    """Answers only for the names that the desk was told are its own: links are never built from what a caller says.

    Whoever watches a machine calls it by its number; a page in somebody's browser cannot (its host has a name).
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "lifespan"
            or self._is_ours(named := Headers(scope=scope).getlist("host"))
            or (scope["path"] in WATCHED and len(named) == 1 and is_one_of(named[0], EVERYWHERE))
        ):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            refusal = PlainTextResponse("There is no desk under this name.\n", status_code=400)
            await refusal(scope, receive, send)

    def _is_ours(self, named: list[str]) -> bool:
        if len(named) != 1:
            return False
        host, colon, port = named[0].lower().rpartition(":")
        if not colon or named[0].endswith("]"):
            host, port = named[0].lower(), ""
        return host in self._hosts and (not port or (port.isascii() and port.isdigit()))


class Net:
    """Whatever nobody foresaw is written down once, and the person gets a sentence with a reference."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return  # in the middle of what they sent: no fault of ours, and nobody to be told
        except Exception as error:
            if scope["type"] == "lifespan":
                raise
            state = scope["state"]
            _log.error("request failed", id=state["request_id"], path=_pattern(scope), exc_info=error)
            if scope["type"] == "websocket":
                await WebSocketClose(OUR_FAULT)(scope, receive, send)
            elif started:
                raise
            else:
                await broken(Request(scope, receive))(scope, receive, send)


def language_of(scope: Scope) -> str:
    """What the browser chose or prefers; the agent's own choice comes over it at the door."""
    headers = Headers(scope=scope)
    cookies = (part.strip().partition("=") for part in headers.get("cookie", "")[:4096].split(";"))
    wish = next((value for name, _, value in cookies if name == COOKIE), "")
    return chosen(wish) or negotiated(headers.get("accept-language", ""))


def _given_name(scope: Scope, proxies: Collection[Network]) -> str:
    """What our own proxy calls this request, so that its log and ours can be read together; nobody else names it."""
    peer = scope["client"][0] if scope.get("client") else ""
    given = Headers(scope=scope).getlist("x-request-id") if is_one_of(peer, tuple(proxies)) else []
    return given[0] if len(given) == 1 and _NAME.fullmatch(given[0]) else ""


def _pattern(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "path", "") or "(no such address)"


def _say(scope: Scope, state: MutableMapping[str, Any], status: int, seconds: float) -> None:
    agent = state.get("agent")
    _log.info(
        "request",
        id=state["request_id"],
        method=scope.get("method", "SOCKET"),
        path=_pattern(scope),
        status=status,
        ms=round(seconds * 1000, 1),
        surface=state["surface"].value if "surface" in state else "socket",
        address=state["address"],
        **({"agent": agent.id} if agent is not None else {}),
    )


def _count(scope: Scope, state: MutableMapping[str, Any], status: int, seconds: float) -> None:
    metrics = state.get("metrics")
    if metrics is not None and scope["type"] == "http":
        metrics.answered(state["surface"].value, status, seconds)
    elif metrics is not None:
        metrics.closed(status)
