"""The desk's own states of agents: their names and looks, and what reaches who is in them."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from routing.medium import Medium
from routing.names import LONGEST_NAME
from routing.states import GLYPHS, AgentState, Colour, StateForm, Takes, add_state, states
from server.admin.pages import HOME, Entry, Subject, archiving, change, editing, listing, read, row
from server.forms import Field, Form, as_ticked, go, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.errors import Refused

STATES = Subject(
    "Agents' states",
    "What agents can say of themselves, besides Available, Break, Lunch, Meeting, Training, Away and Offline.",
    "Add a state",
    f"{HOME}/states",
    "No own states yet: the built-in ones are all there is to choose from.",
)
MEDIA = {"chat": "Chats", "callback": "Calls", "email": "Emails", "ticket": "Other tickets"}
TAKES = {"new": "New ones reach them", "transfers": "Only what a colleague hands them", "nothing": "None"}
COLOURS = {"green": "Green", "yellow": "Yellow", "red": "Red", "purple": "Purple", "grey": "Grey"}
GLYPH_NAMES = {
    "moon": "Moon",
    "clock": "Clock",
    "book": "Book",
    "people": "People",
    "phone": "Telephone",
    "mail": "Letter",
    "chat": "Speech bubble",
    "pen": "Pen",
    "star": "Star",
    "flag": "Flag",
}
assert set(GLYPH_NAMES) == set(GLYPHS)


async def all_states(request: Request) -> Response:
    found = await read(request, _all)
    entries = [Entry(f"{STATES.path}/{one.id}", one.name, chips=_chips(one), gone=one.archived) for one in found]
    return listing(request, STATES, entries)


async def add(request: Request) -> Response:
    usual = {medium.value: Takes.NOTHING.value for medium in Medium}
    form = Form(_FIELDS, {"glyph": "clock", "colour": Colour.YELLOW.value, "place": "10", **usual})
    if await posted(request, form):
        with form.noting():
            await change(request, add_state, _said(form.values()))
            return go(f"{STATES.path}?done=added")
    return editing(request, STATES, form, name="")


async def edit(request: Request) -> Response:
    state: AgentState = await read(request, row, AgentState, request.path_params["id"])
    form = Form(_FIELDS, _texts(state))
    if await posted(request, form):
        with form.noting():
            await change(request, _edit, state.id, _said(form.values()))
            return go(f"{STATES.path}?done=saved")
    act = archiving(f"{STATES.path}/{state.id}", archived=state.archived)
    return editing(request, STATES, form, name=state.name, acts=[act])


async def archive(request: Request) -> Response:
    await change(
        request,
        lambda change, id: change.take(AgentState, id).archive(change),
        request.path_params["id"],
        says="Archived.",
    )
    return go(f"{STATES.path}?done=archived")


async def restore(request: Request) -> Response:
    await change(
        request,
        lambda change, id: change.take(AgentState, id).restore(change),
        request.path_params["id"],
        says="In use again.",
    )
    return go(f"{STATES.path}?done=restored")


def _all(session: Session) -> list[AgentState]:
    return sorted(states(session, archived=True), key=lambda one: one.archived)


def _place(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise Refused("A place is a number from 1 to 99.")
    return int(text)


def _takes(medium: Medium, hint: str = "") -> Field:
    return Field(
        medium.value,
        MEDIA[medium.value],
        "choice",
        Takes,
        hint,
        choices=[*TAKES.items()],
        group="What reaches who is in it" if medium is Medium.CHAT else "",
    )


_FIELDS = [
    Field("name", "Name", longest=LONGEST_NAME, hint="Agents choose it by this, and colleagues see it."),
    Field("glyph", "Mark", "choice", choices=[*GLYPH_NAMES.items()]),
    Field("colour", "Colour", "choice", Colour, choices=[*COLOURS.items()]),
    Field("place", "Place in the list", "number", _place, "1 to 99: the lowest comes first.", longest=4),
    Field("asks_reason", "Whoever chooses it says why", "tick", as_ticked, needed=False),
    *(_takes(medium) for medium in Medium),
]


def _texts(state: AgentState) -> dict[str, Any]:
    return {
        "name": state.name,
        "glyph": state.glyph,
        "colour": state.colour,
        "place": str(state.place),
        "asks_reason": "yes" if state.asks_reason else "",
        **{medium.value: state.takes(medium).value for medium in Medium},
    }


def _said(values: dict[str, Any]) -> StateForm:
    takes = {medium: values.pop(medium.value) for medium in Medium}
    return StateForm(takes=takes, **values)


def _edit(change: Change, state_id: int, form: StateForm) -> None:
    change.take(AgentState, state_id).edit(change, form)


def _chips(state: AgentState) -> list[tuple[str, str]]:
    new = [("good", MEDIA[medium.value]) for medium in Medium if state.takes(medium) is Takes.NEW]
    return [("", "Archived")] if state.archived else new


DOORS = [
    door(STATES.path, all_states, who=Who.ADMIN),
    door(f"{STATES.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{STATES.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{STATES.path}/{{id:number}}/archive", archive, who=Who.ADMIN, methods=["POST"]),
    door(f"{STATES.path}/{{id:number}}/restore", restore, who=Who.ADMIN, methods=["POST"]),
]
