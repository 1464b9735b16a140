"""What the admin pages have in common: a list of things, and a form for one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel
from starlette.requests import Request
from starlette.responses import Response

from server.forms import Form, page
from tickets.errors import NotFound
from tickets.forms.edits import edits_of
from tickets.setting_change import telling

HOME = "/app/admin"
SAID = {
    "saved": "Saved.",
    "added": "Added.",
    "removed": "Removed.",
    "archived": "Archived.",
    "restored": "In use again.",
    "queued": "On its way again.",
    "lifted": "Mail goes there again.",
    "reading": "It is being read again.",
    "gone": "They are signed out, and their open tickets go back to the queues.",
    "back": "They can sign in again.",
    "applied": "Open tickets are being gone through.",
}
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Entry:
    """One line of a list; `chips` are (meaning, word)."""

    path: str
    name: str
    about: str = ""
    chips: Sequence[tuple[str, str]] = ()
    gone: bool = False


@dataclass(frozen=True)
class Act:
    """A button beside the form, with a path of its own."""

    path: str
    says: str
    bad: bool = False


def archiving(path: str, *, archived: bool) -> Act:
    """What is no longer used stays for the past's sake, and can be used again."""
    return Act(f"{path}/restore", "Use it again") if archived else Act(f"{path}/archive", "Archive", bad=True)


@dataclass(frozen=True)
class Subject:
    """What a page is about, in the words of the page."""

    title: str
    lead: str = ""
    add: str = ""  # what the button says that adds one
    path: str = ""  # of the list
    empty: str = ""
    save: str = "Save"  # what the button under a form says


def listing(
    request: Request, subject: Subject, entries: Sequence[Entry], *, template: str = "admin/list.html", **facts: Any
) -> Response:
    """`template` extends the usual one, for a page that says more; `facts` are what it says."""
    return page(request, template, subject=subject, entries=entries, said=_said(request), **facts)


def editing(
    request: Request,
    subject: Subject,
    form: Form,
    *,
    name: str,
    acts: Sequence[Act] = (),
    snippet: str = "",
    more: Sequence[Act] = (),
    template: str = "admin/edit.html",
    **facts: Any,
) -> Response:
    """`name` is the thing's own name; empty for one that is yet to be made. `more` are links to what else is its own.

    `template` extends the usual one, for a page that says more; `facts` are what it says.
    """
    facts |= {"name": name, "acts": acts, "snippet": snippet, "more": more, "said": _said(request)}
    return page(request, template, form, subject=subject, **facts)


async def change(request: Request, verb: Callable[..., Any], *args: Any, says: str = "", **kwargs: Any) -> Any:
    """Of settings it is kept what was changed: what the form that was sent says, else `says`, a text of ours."""
    desk, by, path = request.state.desk, request.state.agent.actor, request.url.path
    if not path.startswith(f"{HOME}/"):
        return await desk.change(verb, *args, by=by, **kwargs)
    form = getattr(request.state, "posted", None)
    area = path.removeprefix(f"{HOME}/").partition("/")[0]
    edits = [] if form is None else edits_of(form)
    return await desk.change(telling, verb, area, says, edits, *args, by=by, **kwargs)


async def read(request: Request, query: Callable[..., Any], *args: Any) -> Any:
    return await request.state.desk.read(query, *args)


def row(session: Session, model: type[Row], id: int) -> Row:
    found = session.get(model, id)
    if found is None:
        raise NotFound("There is nothing at this address.")
    return found


def _said(request: Request) -> str:
    return SAID.get(request.query_params.get("done", ""), "")
