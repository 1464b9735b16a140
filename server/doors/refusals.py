"""How a no is told: as a page to somebody who looks at one, as JSON to a script."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.websockets import WebSocketClose

from tickets.edge import Surface
from tickets.errors import NotFound, Refused, TooBig
from tickets.forms.web import NOWHERE, Visit
from tickets.status import Priority, Status
from widgets import labels, pages
from widgets.words import translate

LOGIN = "/app/login"
OUR_FAULT = 1011  # close code (RFC 6455, 7.4.1)
_OUTSIDE = {Surface.PORTAL, Surface.FORM}
PROBLEMS = {
    400: "This request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that.",
    413: "This is more than we take.",
    415: "This cannot be sent here.",
}

NAMES: dict[type, dict[str, str]] = {Status: labels.STATUSES, Priority: labels.PRIORITIES}


class SignInNeeded(Refused):
    """Nobody is signed in, or not any more."""

    status = 401


class Dribbled(Refused):
    """What a request was to bring along did not come in time: the rest of it is not waited for either."""

    status = 408


def wants_page(request: HTTPConnection) -> bool:
    """Whether a person's browser is loading a page, rather than a script asking for data."""
    headers = request.headers
    if "x-requested-with" in headers or headers.get("sec-fetch-mode", "navigate") != "navigate":
        return False
    return "text/html" in headers.get("accept", "")


def refused(request: Request, error: Exception) -> Response | WebSocketClose:
    """The answer to a Refused. A socket has no page for it: it ends, and its client comes back."""
    assert isinstance(error, Refused)
    if request.scope["type"] == "websocket":
        return WebSocketClose(OUR_FAULT)
    if isinstance(error, SignInNeeded) and wants_page(request):
        return _to_login(request)
    headers = retry_after(error) | ({"Connection": "close"} if isinstance(error, Dribbled) else {})
    language = request.state.language
    says = translate(language, error.says, **{name: _called(language, fact) for name, fact in error.facts.items()})
    if wants_page(request):
        return _page(request, error.status, says, headers)
    told: dict[str, Any] = {"says": says}
    told |= {"field": error.field} if error.field is not None else {}
    told |= {"retry_after": round(error.retry_after, 3)} if error.retry_after is not None else {}
    return JSONResponse(told, status_code=error.status, headers=headers)


def turned_away(request: Request, error: Exception) -> Response:
    """The answer where no endpoint was reached, or a body could not be read."""
    assert isinstance(error, HTTPException)
    says = PROBLEMS.get(error.status_code, "This does not work.")
    translated = translate(request.state.language, says)
    headers = dict(error.headers or {})
    if wants_page(request):
        return _page(request, error.status_code, translated, headers)
    return JSONResponse({"says": translated}, status_code=error.status_code, headers=headers)


def broken(request: Request) -> Response:
    """The answer to a bug: that it is ours, and a reference to what was written down."""
    language, reference = request.state.language, request.state.request_id
    told = "Something went wrong on our side. It has been written down as {reference}."
    says = translate(language, told, reference=reference)
    if wants_page(request):
        return _page(request, 500, says, {})
    return JSONResponse({"says": says, "reference": reference}, status_code=500)


HANDLERS: dict[Any, Callable[[Any, Exception], Any]] = {Refused: refused, HTTPException: turned_away}
"""For Starlette(exception_handlers=...)."""


def too_big() -> TooBig:
    return TooBig(PROBLEMS[413])


def not_here() -> NotFound:
    return NotFound(PROBLEMS[404])


def retry_after(error: Refused) -> dict[str, str]:
    """When trying again helps, in whole seconds (RFC 9110, 10.2.3)."""
    return {} if error.retry_after is None else {"Retry-After": str(max(1, ceil(error.retry_after)))}


def _to_login(request: Request) -> Response:
    """And back to where they wanted to go, if that is a page that can be loaded again."""
    path = str(request.scope["path"]) if request.method in {"GET", "HEAD"} else ""
    query = request.scope.get("query_string", b"").decode("latin-1")
    wanted = f"{path}?{query}" if path and query else path
    target = f"{LOGIN}?next={quote(wanted, safe='/')}" if wanted not in {"", "/app", "/app/"} else LOGIN
    return RedirectResponse(target, status_code=303)


def _called(language: str, fact: object) -> object:
    """Statuses and priorities by the names that people read; everything else stands as it is."""
    names = NAMES.get(type(fact), {})
    return translate(language, names[str(fact)]) if names else fact


def _page(request: Request, status: int, says: str, headers: dict[str, str]) -> Response:
    template, facts = "auth/refusal.html", {}
    if getattr(request.state, "surface", None) in _OUTSIDE:  # a customer knows no way to the console
        template, facts = "portal/refusal.html", {"visit": Visit(NOWHERE, request.state.language), "form": None}
    reference = request.state.request_id
    html = pages.render(template, request.state.language, says=says, status=status, reference=reference, **facts)
    return HTMLResponse(html, status_code=status, headers=headers)
