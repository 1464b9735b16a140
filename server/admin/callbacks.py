"""Waits and callbacks, queue by queue: when a call is offered, how many are promised, and how often we try."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from routing.callbacks.terms import BOUNDS, CLOSING, EXPIRE, OFFER_ABOVE, OWNER, said_of, set_terms
from routing.queues import Queue, queues
from server.admin.pages import HOME, Entry, Subject, change, editing, listing, read, row
from server.forms import Field, Form, as_number_within, go, posted
from tickets.edge import Who, door
from tickets.rules import Rules
from widgets.words import translate

CALLBACKS = Subject(
    "Waits and callbacks",
    "When somebody who waits is offered a call, how many calls a queue promises, and how often it tries.",
    path=f"{HOME}/callbacks",
    empty="No queues yet: new tickets would wait where nobody looks.",
)
USUAL = "As everywhere: {n}."
NO_LIMIT = "Empty: any number."


async def all_queues(request: Request) -> Response:
    entries = [Entry(f"{CALLBACKS.path}/{queue.id}", queue.name) for queue in await read(request, queues)]
    return listing(request, CALLBACKS, entries)


async def edit(request: Request) -> Response:
    queue: Queue = await read(request, row, Queue, request.path_params["id"])
    hint = partial(translate, request.state.language)
    form = Form(_fields(request.state.desk.rules, hint), await read(request, _texts, queue.id))
    if await posted(request, form):
        with form.noting():
            await change(request, set_terms, queue.id, **form.values())
            return go(f"{CALLBACKS.path}?done=saved")
    return editing(request, CALLBACKS, form, name=queue.name)


def _fields(rules: Rules, say: Callable[..., str]) -> list[Field]:
    """What stands in the hints is what holds for a queue of which nothing is said."""
    usual = partial(say, USUAL)
    offer, call, promise = "When a call is offered", "How we call", "What we promise"
    no_answer, busy = (f"{seconds / 60:g}" for seconds in (rules.no_answer_seconds, rules.busy_seconds))
    return [
        _field("offer_above_minutes", "To who may wait longer than so many minutes", usual(n=OFFER_ABOVE), group=offer),
        _field("closing_minutes", "And to everybody so many minutes before the queue closes", usual(n=CLOSING)),
        _field("per_window", "Calls for one window of time", say(NO_LIMIT), group=promise),
        _field("most_waiting", "Requests that may be open at once", say(NO_LIMIT)),
        _field("expire_hours", "Hours after the window until we answer in writing instead", usual(n=EXPIRE)),
        _field("tries", "How often we try", usual(n=rules.call_tries), group=call),
        _field("no_answer_minutes", "Minutes until we try again: no answer", usual(n=no_answer)),
        _field("busy_minutes", "Minutes until we try again: line busy", usual(n=busy)),
        _field("failed_minutes", "Minutes until we try again: call failed", usual(n=busy)),
        _field("owner_minutes", "Minutes for which who called last is asked first", usual(n=OWNER)),
    ]


def _field(name: str, label: str, hint: str, *, group: str = "") -> Field:
    return Field(name, label, "number", as_number_within(*BOUNDS[name]), hint, needed=False, longest=7, group=group)


def _texts(session: Session, queue_id: int) -> dict[str, str]:
    said = said_of(session, queue_id)
    return {name: "" if getattr(said, name) is None else str(getattr(said, name)) for name in BOUNDS}


DOORS = [
    door(CALLBACKS.path, all_queues, who=Who.ADMIN),
    door(f"{CALLBACKS.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
]
