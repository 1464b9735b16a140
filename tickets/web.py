"""The doors through which an agent's browser acts on a ticket; the event that follows shows what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tickets import by_hand
from tickets.by_hand import Shown
from tickets.edge import Who, done, door, form_of
from tickets.email import by_hand as mail_by_hand
from tickets.email import planned
from tickets.email.planned import Planned
from tickets.email.sending import send_again
from tickets.email.suppressed import lift
from tickets.errors import Refused
from tickets.status import Priority
from tickets.status_names import chosen

Choice = TypeVar("Choice", bound=StrEnum)


async def send_reply(request: Request) -> Response:
    """Told where it waits: {"planned": id}."""
    form = await form_of(request)
    shown = Shown(agent=_whole(form, "shown_agent"), status=_text(form, "shown_status") or None)
    then: dict[str, Any] = {name: _text(form, name) == "yes" for name in ("resolves", "alone")}
    then["at"] = _moment(form, "at") if _text(form, "at") else None
    found = await _do(request, planned.answer, **_said(form), shown=shown, **then)
    return JSONResponse({"planned": found.id}) if isinstance(found, Planned) else done()


async def take_back(request: Request) -> Response:
    """An answer that waits does not go: {"ticket", "text", "files": [{"id", "name"}], "alone"} are for the composer."""
    desk, agent = request.state.desk, request.state.agent
    back = await desk.change(planned.take_back, int(request.path_params["id"]), by=agent.actor)
    files = [{"id": id, "name": name} for id, name in back.files]
    return JSONResponse({"ticket": back.ticket, "text": back.text, "files": files, "alone": back.alone})


async def send_now(request: Request) -> Response:
    agent = request.state.agent
    await request.state.desk.change(planned.send_now, int(request.path_params["id"]), by=agent.actor)
    return done()


async def add_note(request: Request) -> Response:
    await _do(request, by_hand.note, **_said(await form_of(request)))
    return done()


async def set_priority(request: Request) -> Response:
    form = await form_of(request)
    await _do(request, by_hand.set_priority, _one_of(Priority, form, "priority"), shown=_text(form, "shown") or None)
    return done()


async def set_status(request: Request) -> Response:
    form = await form_of(request)
    status, name_id = chosen(_text(form, "status"))
    await _do(request, by_hand.set_status, status, name_id, shown=_text(form, "shown") or None)
    return done()


async def set_subject(request: Request) -> Response:
    form = await form_of(request)
    shown = form.get("shown")
    await _do(request, by_hand.set_subject, _text(form, "subject"), shown=shown if isinstance(shown, str) else None)
    return done()


async def snooze(request: Request) -> Response:
    if request.method == "DELETE":
        await _do(request, by_hand.wake)
    else:
        await _do(request, by_hand.snooze, _moment(await form_of(request), "until"))
    return done()


async def resolution(request: Request) -> Response:
    await _do(request, by_hand.reopen if request.method == "DELETE" else by_hand.resolve)
    return done()


async def seen(request: Request) -> Response:
    seq = _whole(await form_of(request), "seq")
    if seq is not None:
        await _do(request, by_hand.see, seq)
    return done()


async def copies(request: Request) -> Response:
    """Who stands in copy of the answers that go by mail."""
    if request.method == "DELETE":
        await _do(request, mail_by_hand.remove_copy, request.query_params.get("address", ""))
        return done()
    form = await form_of(request)
    if _text(form, "everybody") == "yes":
        await _do(request, mail_by_hand.answer_everybody)
    else:
        await _do(request, mail_by_hand.add_copy, _text(form, "address"))
    return done()


async def recipient(request: Request) -> Response:
    """Who gets the answers."""
    await _do(request, mail_by_hand.answer_to, _text(await form_of(request), "address"))
    return done()


async def attempts(request: Request) -> Response:
    """Send a mail again."""
    await request.state.desk.change(send_again, int(request.path_params["id"]), by=request.state.agent.actor)
    return done()


async def suppression(request: Request) -> Response:
    """Let mail go again to an address from which one came back."""
    await request.state.desk.change(lift, int(request.path_params["id"]), by=request.state.agent.actor)
    return done()


async def _do(request: Request, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    ticket_id, by = int(request.path_params["id"]), request.state.agent.actor
    return await request.state.desk.change(verb, ticket_id, *args, by=by, about=ticket_id, **kwargs)


def _said(form: dict[str, Any]) -> dict[str, Any]:
    return {"text": _text(form, "text"), "client_id": _text(form, "client_id"), "files": _ids(form, "files")}


def _text(form: dict[str, Any], field: str) -> str:
    value = form.get(field, "")
    return value if isinstance(value, str) else ""


def _whole(form: dict[str, Any], field: str) -> int | None:
    value = _text(form, field)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None


def _ids(form: dict[str, Any], field: str) -> Sequence[int]:
    """A list of ids as "12,13"."""
    parts = [part for part in _text(form, field).split(",") if part]
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
        raise Refused("This file is not known.", field=field)
    return [int(part) for part in parts]


def _one_of(choices: type[Choice], form: dict[str, Any], field: str) -> Choice:
    try:
        return choices(_text(form, field))
    except ValueError:
        raise Refused("Choose one of the values offered.", field=field) from None


def _moment(form: dict[str, Any], field: str) -> datetime:
    """An instant as ISO 8601 with its offset, as the browser sends it."""
    try:
        moment = datetime.fromisoformat(_text(form, field))
    except ValueError:
        raise Refused("Choose a date and a time.", field=field) from None
    if moment.tzinfo is None or not 2000 < moment.year < 2200:
        raise Refused("Choose a date and a time.", field=field)
    return moment.astimezone(UTC)


_TICKET = "/app/tickets/{id:number}"
_LETTER = 256 * 1024  # bytes: the longest message, each character escaped

DOORS = [
    door(f"{_TICKET}/replies", send_reply, who=Who.AGENT, methods=["POST"], largest=_LETTER),
    door(f"{_TICKET}/notes", add_note, who=Who.AGENT, methods=["POST"], largest=_LETTER),
    door(f"{_TICKET}/priority", set_priority, who=Who.AGENT, methods=["POST"]),
    door(f"{_TICKET}/status", set_status, who=Who.AGENT, methods=["POST"]),
    door(f"{_TICKET}/subject", set_subject, who=Who.AGENT, methods=["POST"]),
    door(f"{_TICKET}/snooze", snooze, who=Who.AGENT, methods=["POST", "DELETE"]),
    door(f"{_TICKET}/resolution", resolution, who=Who.AGENT, methods=["POST", "DELETE"]),
    door(f"{_TICKET}/seen", seen, who=Who.AGENT, methods=["POST"]),
    door(f"{_TICKET}/recipient", recipient, who=Who.AGENT, methods=["POST"]),
    door(f"{_TICKET}/copies", copies, who=Who.AGENT, methods=["POST", "DELETE"]),
    door("/app/mails/{id:number}/attempts", attempts, who=Who.AGENT, methods=["POST"]),
    door("/app/planned/{id:number}", take_back, who=Who.AGENT, methods=["DELETE"]),
    door("/app/planned/{id:number}/sending", send_now, who=Who.AGENT, methods=["POST"]),
    door("/app/suppressed/{id:number}", suppression, who=Who.AGENT, methods=["DELETE"]),
]
