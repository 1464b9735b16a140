"""What the pages that customers open have in common: whose site they stand for, in which language, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tickets.errors import NotAllowed, NotFound
from tickets.forms.fields import Form
from tickets.portal import Face

NOWHERE = Face(key="", name="", colour="", languages=("en", "zh"), origins=())
IN_CHAT = "widget"  # ?in=widget: shown inside the chat's frame


@dataclass(frozen=True)
class Visit:
    """Somebody on one of our pages. `kept` is what every link and form carries along: site, in, lang."""

    face: Face
    language: str
    framed: bool = False
    kept: dict[str, str] = field(default_factory=dict)

    def link(self, path: str, **more: str) -> str:
        """The path, for the same site, in the same language and the same frame."""
        asked = urlencode({**self.kept, **more})
        return f"{path}?{asked}" if asked else path


async def visit(request: Request, *, strict: bool = False, site: str = "", language: str = "") -> Visit:
    """Whose page this is. From here on the request speaks the language that was asked for, as far as the site does.

    `?site=` is a site's key, `?lang=` a language, `?in=widget` says that the page stands inside the chat. An unknown
    site is an ordinary page of nobody's, or NotFound where the page is `strict`. `site` and `language` are those of the
    matter that the page is about, for an address that names none.
    """
    asked, state = request.query_params, request.state
    key, wish = asked.get("site", site)[:40], asked.get("lang", "")[:20]
    face = await state.desk.read(state.faces, key) if key else None
    if face is None and key and strict:
        raise NotFound("This form is not available here.")
    face = face or NOWHERE
    state.language = face.best_language(wish or language or state.language)
    framed = asked.get("in") == IN_CHAT and bool(face.key)
    if framed:
        state.frame_ancestors = face.origins
    told = {"site": face.key, "in": IN_CHAT if framed else "", "lang": state.language if wish else ""}
    return Visit(face, state.language, framed, {name: value for name, value in told.items() if value})


def show(request: Request, visit: Visit, template: str, form: Form | None = None, **facts: Any) -> Response:
    """A page in the customer's language; with the status of the refusal where its form holds one."""
    refusal = form.refusal if form is not None else None
    here = str(request.scope["path"])
    html = request.state.pages.render(template, visit.language, visit=visit, here=here, form=form, **facts)
    headers = {"X-Robots-Tag": "noindex"}
    if refusal is not None and refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(refusal.retry_after)))
    return HTMLResponse(html, status_code=refusal.status if refusal is not None else 200, headers=headers)


def go(path: str) -> Response:
    """After something was done: a reload does not do it again."""
    return RedirectResponse(path, status_code=303)


def from_our_page(request: Request) -> None:
    """Raises NotAllowed for a form that stands on somebody else's page.

    Our pages tell no referrer, so browsers send "null" as their origin (Fetch, 3.1). The key in the form says more.
    """
    origin, site = request.headers.get("origin", "null"), request.headers.get("sec-fetch-site", "same-origin")
    foreign = origin != "null" and origin not in request.state.public_origins
    if foreign or site not in {"same-origin", "none"}:
        raise NotAllowed("This form is not available here.")
