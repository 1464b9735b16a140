"""The console's pages: lists, tickets and search, whole or in parts."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from server.console.reader import reader
from tickets.edge import Surface, Who, door
from widgets import merge_targets as merging_into

PART = "x-frontdesk-part"  # the console's scripts ask for one pane instead of the whole page
USUAL_VIEW = "mine"


async def home(request: Request) -> Response:
    return RedirectResponse(f"/app/views/{USUAL_VIEW}", status_code=303)


async def front_door(request: Request) -> Response:
    """Whoever types the desk's name and nothing else is an agent on their way to work."""
    return RedirectResponse("/app", status_code=303)


async def view(request: Request) -> Response:
    return await _screen(request, view=request.path_params["view"], ticket_number=None)


async def ticket(request: Request) -> Response:
    view = request.query_params.get("view", USUAL_VIEW)
    return await _screen(request, view=view, ticket_number=request.path_params["number"])


async def search(request: Request) -> Response:
    pages, state = request.state.pages, request.state
    query = request.query_params.get("q", "")
    return HTMLResponse(await state.desk.read(pages.search, query=query, part=_part(request), **_reader(request)))


async def canned(request: Request) -> Response:
    """Canned replies whose shortcut, title or text holds `q`, filled in for the ticket that is open."""
    state, params = request.state, request.query_params
    number = params.get("ticket", "")
    found = await state.desk.read(
        state.pages.canned,
        state.agent,
        query=params.get("q", ""),
        ticket_number=int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None,
    )
    return JSONResponse({"canned": found})


async def merge_targets(request: Request) -> Response:
    """What this ticket can be merged into, as entries of the menu: by `q`, or what its customer brought besides."""
    ticket_id, query = int(request.path_params["id"]), request.query_params.get("q", "")
    state = request.state
    return HTMLResponse(await state.desk.read(merging_into.drawn, ticket_id, query, state.language))


async def _screen(request: Request, *, view: str, ticket_number: int | None) -> Response:
    pages, desk = request.state.pages, request.state.desk
    part = _part(request)
    known = _reader(request)
    before = request.query_params.get("after", "")
    if part is None:
        html = await desk.read(pages.console, view=view, ticket_number=ticket_number, **known)
    else:
        html = await desk.read(
            pages.console_part, part=part, view=view, ticket_number=ticket_number, after=before, **known
        )
    return HTMLResponse(html)


def _reader(request: Request) -> dict[str, Any]:
    return {**reader(request), "largest": request.state.desk.rules.largest_file}


def _part(request: Request) -> str | None:
    return request.headers.get(PART)


DOORS = [
    door("/", front_door, who=Who.ANYONE, surface=Surface.PAGE),
    door("/app", home, who=Who.AGENT),
    door("/app/views/{view}", view, who=Who.AGENT),
    door("/app/tickets/{number:number}", ticket, who=Who.AGENT),
    door("/app/tickets/{id:number}/merge-targets", merge_targets, who=Who.AGENT),
    door("/app/search", search, who=Who.AGENT),
    door("/app/canned", canned, who=Who.AGENT),
]
