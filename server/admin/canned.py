"""What agents say often, kept once."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server.admin.pages import HOME, Act, Entry, Subject, change, editing, listing, read, row
from server.admin.queues import queue_choices
from server.forms import Field, Form, as_id, go, posted
from tickets.canned import Canned, add_canned, all_canned, edit_canned, remove_canned
from tickets.edge import Who, door

CANNED = Subject(
    "Canned replies",
    "What agents say often. They type / and the shortcut.",
    "Add a reply",
    f"{HOME}/canned",
    "No canned replies yet.",
)


def fields(queues: list[tuple[str, str]]) -> list[Field]:
    return [
        Field("shortcut", "Shortcut", hint="Letters, digits and hyphens, without the slash.", longest=31),
        Field("title", "Title", longest=100),
        Field(
            "text",
            "Text",
            "long",
            str,
            rows=8,
            longest=10_000,
            hint="{{customer.name}}, {{agent.name}} and {{ticket.number}} are filled in when it is used.",
        ),
        Field(
            "queue_id", "Only for", "choice", as_id, needed=False, choices=[("", "Every queue"), *queues], names=True
        ),
    ]


async def canned(request: Request) -> Response:
    replies = await read(request, all_canned)
    queues = dict(await _queues(request, *replies))
    entries = [
        Entry(f"{CANNED.path}/{one.id}", f"/{one.shortcut}", " · ".join([one.title, *_queue(one, queues)]))
        for one in replies
    ]
    return listing(request, CANNED, entries)


async def add(request: Request) -> Response:
    form = Form(fields(await _queues(request)))
    if await posted(request, form):
        with form.noting():
            await change(request, add_canned, **form.values())
            return go(f"{CANNED.path}?done=added")
    return editing(request, CANNED, form, name="")


async def edit(request: Request) -> Response:
    one: Canned = await read(request, row, Canned, request.path_params["id"])
    texts = {"shortcut": one.shortcut, "title": one.title, "text": one.text, "queue_id": str(one.queue_id or "")}
    form = Form(fields(await _queues(request, one)), texts)
    if await posted(request, form):
        with form.noting():
            await change(request, edit_canned, one.id, **form.values())
            return go(f"{CANNED.path}?done=saved")
    remove = Act(f"{CANNED.path}/{one.id}/remove", "Remove", bad=True)
    return editing(request, CANNED, form, name=f"/{one.shortcut}", acts=[remove])


async def remove(request: Request) -> Response:
    await change(request, remove_canned, request.path_params["id"], says="Removed.")
    return go(f"{CANNED.path}?done=removed")


async def _queues(request: Request, *replies: Canned) -> list[tuple[str, str]]:
    """Those in use, and those that these replies are kept to."""
    found: list[tuple[str, str]] = await read(
        request, queue_choices, request.state.language, {one.queue_id for one in replies}
    )
    return found


def _queue(one: Canned, queues: dict[str, str]) -> list[str]:
    return [queues[str(one.queue_id)]] if str(one.queue_id) in queues else []


DOORS = [
    door(CANNED.path, canned, who=Who.ADMIN),
    door(f"{CANNED.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{CANNED.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{CANNED.path}/{{id:number}}/remove", remove, who=Who.ADMIN, methods=["POST"]),
]
