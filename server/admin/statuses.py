"""Own names of the statuses, where the usual ones say too little."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server.admin.pages import HOME, Act, Entry, Subject, change, editing, listing, read, row
from server.forms import Field, Form, go, posted
from tickets.edge import Who, door
from tickets.status import Status
from tickets.status_names import (
    LONGEST_NAME,
    NAMED,
    StatusName,
    add_status_name,
    remove_status_name,
    rename_status_name,
    status_names,
)
from widgets.labels import STATUSES

STATUS_NAMES = Subject(
    "Statuses",
    "Own names of a status, such as Waiting for parts for On hold. Lists and clocks go by the status itself.",
    "Add a name",
    f"{HOME}/statuses",
    "No own names yet: each status has its usual one.",
)
A_NAME_OF = {
    "open": "A name of Open.",
    "pending": "A name of Pending.",
    "on_hold": "A name of On hold.",
    "resolved": "A name of Resolved.",
    "closed": "A name of Closed.",
}


async def statuses(request: Request) -> Response:
    entries = [
        Entry(f"{STATUS_NAMES.path}/{one.id}", one.name, chips=[("", STATUSES[one.status])])
        for one in await read(request, status_names)
    ]
    return listing(request, STATUS_NAMES, entries)


async def add(request: Request) -> Response:
    choices = [(status.value, STATUSES[status.value]) for status in NAMED]
    of = Field("status", "Status", "choice", Status, choices=choices, hint="It cannot be another one later.")
    form = Form([_name("Only agents see it."), of], {"status": Status.ON_HOLD.value})
    if await posted(request, form):
        with form.noting():
            await change(request, add_status_name, **form.values())
            return go(f"{STATUS_NAMES.path}?done=added")
    return editing(request, STATUS_NAMES, form, name="")


async def edit(request: Request) -> Response:
    one: StatusName = await read(request, row, StatusName, request.path_params["id"])
    form = Form([_name(A_NAME_OF[one.status])], {"name": one.name})
    if await posted(request, form):
        with form.noting():
            await change(request, rename_status_name, one.id, **form.values())
            return go(f"{STATUS_NAMES.path}?done=saved")
    remove = Act(f"{STATUS_NAMES.path}/{one.id}/remove", "Remove", bad=True)
    return editing(request, STATUS_NAMES, form, name=one.name, acts=[remove])


async def remove(request: Request) -> Response:
    await change(request, remove_status_name, request.path_params["id"], says="Removed.")
    return go(f"{STATUS_NAMES.path}?done=removed")


def _name(hint: str) -> Field:
    return Field("name", "Name", hint=hint, longest=LONGEST_NAME)


DOORS = [
    door(STATUS_NAMES.path, statuses, who=Who.ADMIN),
    door(f"{STATUS_NAMES.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{STATUS_NAMES.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{STATUS_NAMES.path}/{{id:number}}/remove", remove, who=Who.ADMIN, methods=["POST"]),
]
