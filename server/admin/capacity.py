"""How much of an agent each kind of work takes, how many of it they may have, and the time to write it down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from routing.loads import LoadForm, WorkLoad, loads, set_loads
from routing.loads import weight as weighs
from routing.medium import TALKS, Medium
from server.admin.pages import HOME, Subject, change, editing, read
from server.admin.states import MEDIA
from server.forms import Field, Form, as_number, as_ticked, go, posted
from tickets.edge import Who, door
from tickets.rules import Rules

CAPACITY = Subject(
    "Capacity",
    "How much of an agent each kind of work takes. It holds for what is offered or taken from now on.",
    "Capacity",
    f"{HOME}/capacity",
)


async def capacity(request: Request) -> Response:
    rules, found = request.state.desk.rules, await read(request, loads)
    form = Form(_FIELDS, _texts(rules, found))
    if await posted(request, form):
        with form.noting():
            await change(request, set_loads, _said(rules, form.values()))
            return go(f"{CAPACITY.path}?done=saved")
    return editing(request, CAPACITY, form, name="")


def _of(medium: Medium) -> list[Field]:
    first = medium is Medium.CHAT
    fields = [
        Field(
            f"{medium}_weight",
            "How much of an agent one takes",
            "number",
            as_number,
            "Of 100, unless the configuration says otherwise: 25 means four at once." if first else "",
            needed=False,
            longest=6,
            group=MEDIA[medium.value],
        ),
        Field(
            f"{medium}_most",
            "At most so many at once",
            "number",
            as_number,
            "Empty: as many as there is room for." if first else "",
            needed=False,
            longest=6,
        ),
        Field(
            f"{medium}_wrap",
            "Time to write it down afterwards, in seconds",
            "number",
            as_number,
            "Its room is kept meanwhile. Empty: none. A queue may say otherwise for talks." if first else "",
            needed=False,
            longest=6,
        ),
    ]
    if first:
        hint = "So long after our answer it takes no room, until they write again. Empty: it always does."
        fields.append(
            Field(
                "chat_silent", "Minutes of the customer's silence", "number", as_number, hint, needed=False, longest=6
            )
        )
    if medium not in TALKS:
        fields.append(
            Field(f"{medium}_waits", "A chat or a call may come on top of it", "tick", as_ticked, needed=False)
        )
    return fields


def _texts(rules: Rules, found: Mapping[Medium, WorkLoad]) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for medium, one in found.items():
        texts[f"{medium}_weight"] = str(weighs(rules, one))
        texts[f"{medium}_most"] = "" if one.most is None else str(one.most)
        texts[f"{medium}_wrap"] = str(one.wrap_seconds) if one.wrap_seconds else ""
        texts[f"{medium}_waits"] = "yes" if one.interruptible else ""
    silent = found[Medium.CHAT].silent_minutes
    return texts | {"chat_silent": "" if silent is None else str(silent)}


def _said(rules: Rules, values: Mapping[str, Any]) -> dict[Medium, LoadForm]:
    """A weight that is as the configuration says stays so."""
    forms = {}
    for medium in Medium:
        weight = values[f"{medium}_weight"]
        usual = weighs(rules, WorkLoad(medium=medium.value))
        forms[medium] = LoadForm(
            weight=None if weight == usual else weight,
            most=values[f"{medium}_most"],
            interruptible=bool(values.get(f"{medium}_waits")),
            wrap_seconds=values[f"{medium}_wrap"] or 0,
            silent_minutes=values.get(f"{medium}_silent"),
        )
    return forms


_FIELDS = [field for medium in Medium for field in _of(medium)]
DOORS = [door(CAPACITY.path, capacity, who=Who.ADMIN, methods=["GET", "POST"])]
