"""The doors through which an agent answers offers, says whether they are there, and hands tickets around."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from routing import handing, matching, merging, offers, presence, wrapping
from routing.sla import notices
from tickets.edge import Who, done, door, form_of
from tickets.errors import Refused


async def accept(request: Request) -> Response:
    """Answers {"ticket": number}, so that the browser can open it."""
    ticket = await request.state.desk.change(offers.accept, _id(request), by=request.state.agent.actor)
    return _open(request, ticket.number)


async def decline(request: Request) -> Response:
    why = _text(await form_of(request), "why")
    await request.state.desk.change(offers.decline, _id(request), why, by=request.state.agent.actor)
    return done()


async def set_presence(request: Request) -> Response:
    """POST with `intent` as the state's name, `reason` where it asks for one; `later`: after the present talk."""
    form, agent = await form_of(request), request.state.agent
    said = {"reason": _text(form, "reason"), "later": bool(_text(form, "later"))}
    await request.state.desk.change(presence.choose, agent.id, _text(form, "intent"), by=agent.actor, **said)
    return done()


async def wrap_up(request: Request) -> Response:
    """DELETE: they have written down what was said."""
    await request.state.desk.change(wrapping.finish, _id(request), by=request.state.agent.actor)
    return done()


async def see_notice(request: Request) -> Response:
    """DELETE: the agent has seen what they were told of a promise."""
    await request.state.desk.change(notices.see, _id(request), by=request.state.agent.actor)
    return done()


async def see_notices(request: Request) -> Response:
    """POST with `upto`, the newest that stood there: they have seen all of them."""
    agent, upto = request.state.agent, _whole(await form_of(request), "upto")
    await request.state.desk.change(notices.see_all, agent.id, upto, by=agent.actor)
    return done()


async def take_next(request: Request) -> Response:
    agent = request.state.agent
    ticket = await request.state.desk.change(matching.next_ticket, agent.id, by=agent.actor)
    return _open(request, ticket.number)


async def assignment(request: Request) -> Response:
    """POST with `agent` as an id or "me"; DELETE gives the ticket back to its queue."""
    desk, agent, ticket_id = request.state.desk, request.state.agent, _id(request)
    if request.method == "DELETE":
        await desk.change(handing.give_back, ticket_id, by=agent.actor, about=ticket_id)
    else:
        form = await form_of(request)
        to = agent.id if _text(form, "agent") == "me" else _whole(form, "agent")
        shown = _whole(form, "shown_agent") if "shown_agent" in form else None
        await desk.change(handing.assign, ticket_id, to, shown=shown, by=agent.actor, about=ticket_id)
    return done()


async def move(request: Request) -> Response:
    ticket_id, queue_id = _id(request), _whole(await form_of(request), "queue")
    await request.state.desk.change(handing.move, ticket_id, queue_id, by=request.state.agent.actor, about=ticket_id)
    return done()


async def merge(request: Request) -> Response:
    """POST with `number`: it goes on as that ticket, which is answered as {"ticket": number}. DELETE undoes it."""
    desk, agent, ticket_id = request.state.desk, request.state.agent, _id(request)
    if request.method == "DELETE":
        await desk.change(merging.undo, ticket_id, by=agent.actor, about=ticket_id)
        return done()
    number = _whole(await form_of(request), "number")
    target = await desk.change(merging.merge, ticket_id, number, by=agent.actor, about=ticket_id)
    return _open(request, target.number)


def _open(request: Request, number: int) -> Response:
    if request.headers.get("x-requested-with") == "frontdesk":
        return JSONResponse({"ticket": number})
    return RedirectResponse(f"/app/tickets/{number}", status_code=303)


def _id(request: Request) -> int:
    return int(request.path_params["id"])


def _text(form: dict[str, object], field: str) -> str:
    value = form.get(field, "")
    return value if isinstance(value, str) else ""


def _whole(form: dict[str, object], field: str) -> int:
    value = _text(form, field)
    if not (value.isascii() and value.isdigit() and len(value) < 18):
        raise Refused("Choose one of the values offered.", field=field)
    return int(value)


DOORS = [
    door("/app/offers/{id:number}/acceptance", accept, who=Who.AGENT, methods=["POST"]),
    door("/app/offers/{id:number}/refusal", decline, who=Who.AGENT, methods=["POST"]),
    door("/app/presence", set_presence, who=Who.AGENT, methods=["POST"]),
    door("/app/wrap-ups/{id:number}", wrap_up, who=Who.AGENT, methods=["DELETE"]),
    door("/app/notices", see_notices, who=Who.AGENT, methods=["POST"]),
    door("/app/notices/{id:number}", see_notice, who=Who.AGENT, methods=["DELETE"]),
    door("/app/next", take_next, who=Who.AGENT, methods=["POST"]),
    door("/app/tickets/{id:number}/assignment", assignment, who=Who.AGENT, methods=["POST", "DELETE"]),
    door("/app/tickets/{id:number}/merge", merge, who=Who.AGENT, methods=["POST", "DELETE"]),
    door("/app/tickets/{id:number}/queue", move, who=Who.AGENT, methods=["POST"]),
]
