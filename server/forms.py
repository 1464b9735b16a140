"""The forms of the console's plain pages: read as they were sent, shown again with what was typed."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server.doors.refusals import retry_after
from tickets.forms.fields import (
    Field,
    Form,
    Mistake,
    as_id,
    as_lines,
    as_number,
    as_number_within,
    as_ticked,
    as_typed,
)
from tickets.forms.meanwhile import SEEN, meet, seen
from widgets import pages

__all__ = [
    "Field",
    "Form",
    "Mistake",
    "as_id",
    "as_lines",
    "as_number",
    "as_number_within",
    "as_ticked",
    "as_typed",
    "go",
    "page",
    "posted",
]


async def posted(request: Request, form: Form) -> bool:
    """Whether something was sent; it stands in the form then, and the request knows the form."""
    if request.method != "POST":
        return False
    sent = await request.form()
    form.fill(sent)
    if getattr(request.state, "posted", None) is None:  # the page's own comes first
        request.state.posted = form
        meet(form, str(sent.get(SEEN, "")))
    return True


def page(request: Request, template: str, form: Form | None = None, **facts: Any) -> Response:
    """A page of the console; with the status of the refusal where its form holds one."""
    state, refusal = request.state, form.refusal if form is not None else None
    known = {"csrf": state.csrf, "me": state.agent, "here": str(request.scope["path"]), "form": form, "seen": seen}
    html = pages.render(template, state.language, **known, **facts)
    return HTMLResponse(
        html,
        status_code=refusal.status if refusal is not None else 200,
        headers=retry_after(refusal) if refusal is not None else {},
    )


def go(path: str) -> Response:
    return RedirectResponse(path, status_code=303)
