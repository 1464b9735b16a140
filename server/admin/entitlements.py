"""What customers can be entitled to: under which names, what it gives their tickets, and who has it besides a tier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from routing.belonging import entitle, entitled, withdraw
from routing.entitlements import Entitlement, entitlements, move_entitlement, save_entitlement
from routing.events import EntitlementsChanged
from routing.sla.policy import policies
from routing.sla.retiring import remove_entitlement
from routing.tiers import tiers
from server.admin import members
from server.admin.pages import HOME, Act, Subject, change, editing, listing, read, row
from server.admin.queues import said_of
from server.admin.tiers import favour_fields
from server.forms import Field, Form, go, posted
from tickets.change import Change
from tickets.edge import Who, door, form_of
from tickets.events import CustomerChanged
from widgets.labels import PRIORITIES
from widgets.names import Names
from widgets.words import translate

ENTITLEMENTS = Subject(
    "Entitlements",
    "What some customers are given by their tier or besides it. Of several, the highest priority counts,"
    " and the fast lane of the first one in this list before that of a tier.",
    "Add an entitlement",
    f"{HOME}/entitlements",
    "No entitlements yet: tickets are told apart by tiers alone.",
)


@dataclass(frozen=True)
class Line:
    """One in the list: what it gives, and where it comes from."""

    path: str
    name: str
    told: str
    first: bool
    last: bool


async def all_entitlements(request: Request) -> Response:
    lines = await read(request, _lines, request.state.language)
    return listing(request, ENTITLEMENTS, (), template="admin/entitlements.html", lines=lines)


async def add(request: Request) -> Response:
    form = Form(await read(request, _fields, request.state.language))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, None, form.values())
            return go(f"{ENTITLEMENTS.path}?done=added")
    return editing(request, ENTITLEMENTS, form, name="")


async def edit(request: Request) -> Response:
    found: Entitlement = await read(request, row, Entitlement, request.path_params["id"])
    form = Form(await read(request, _fields, request.state.language, found.lane_id), await read(request, _texts, found))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, found.id, form.values())
            return go(f"{ENTITLEMENTS.path}?done=saved")
    remove = Act(f"{ENTITLEMENTS.path}/{found.id}/remove", "Remove", bad=True)
    return editing(request, ENTITLEMENTS, form, name=found.name, acts=[remove])


async def move(request: Request) -> Response:
    """By one place: `way` is up or down."""
    up = (await form_of(request)).get("way") == "up"
    says = "Earlier in the list." if up else "Later in the list."
    await change(request, move_entitlement, request.path_params["id"], -1 if up else 1, says=says)
    return go(ENTITLEMENTS.path)


async def remove(request: Request) -> Response:
    await change(request, remove_entitlement, request.path_params["id"], says="Removed.")
    return go(f"{ENTITLEMENTS.path}?done=removed")


def _fields(session: Session, language: str, lane_id: int | None = None) -> list[Field]:
    return [*favour_fields(session, language, lane_id), members.members_field()]


def _texts(session: Session, found: Entitlement) -> dict[str, Any]:
    return {
        "name": found.name,
        "priority": found.priority,
        "lane_id": str(found.lane_id or ""),
        members.NAME: members.written(session, entitled(session, found.key)),
    }


def _save(change: Change, entitlement_id: int | None, said: dict[str, Any]) -> None:
    """Who has it is told as a change of the entitlement."""
    terms = {name: value for name, value in said.items() if name != members.NAME}
    found = save_entitlement(change, entitlement_id, **terms)
    ends = members.wanted(change, said[members.NAME])
    for customer_id in members.left_out(change, entitled(change, found.key), ends):
        withdraw(change, customer_id, found.id)
    for customer_id, until in ends.items():
        entitle(change, customer_id, found.id, until=until)
    kinds = {type(event) for _, event in change.events}
    if CustomerChanged in kinds and EntitlementsChanged not in kinds:
        change.record(EntitlementsChanged(entitlement=found.id))


def _lines(session: Session, language: str) -> list[Line]:
    found, names = entitlements(session), Names(session)
    return [
        Line(
            f"{ENTITLEMENTS.path}/{one.id}",
            one.name,
            " ".join(_told(session, language, names, one)),
            first=one is found[0],
            last=one is found[-1],
        )
        for one in found
    ]


def _told(session: Session, language: str, names: Names, one: Entitlement) -> list[str]:
    comma, lane = translate(language, ", "), names.queues.get(one.lane_id or 0)
    bring = [tier.name for tier in tiers(session) if one.key in tier.rights]
    for_it = [policy.name for policy in policies(session) if one.key in policy.rights]
    given = [
        one.priority and translate(language, "At least {priority}.", priority=_priority(language, one.priority)),
        lane and translate(language, "Fast lane: {queue}.", queue=said_of(lane, language)),
        bring and translate(language, "Comes with {tiers}.", tiers=comma.join(bring)),
        for_it and translate(language, "Asked for by {policies}.", policies=comma.join(for_it)),
        translate(language, "Customers who have it besides: {n}.", n=len(entitled(session, one.key))),
    ]
    return [str(says) for says in given if says]


def _priority(language: str, priority: str) -> str:
    return translate(language, PRIORITIES[priority])


_ONE = f"{ENTITLEMENTS.path}/{{id:number}}"
DOORS = [
    door(ENTITLEMENTS.path, all_entitlements, who=Who.ADMIN),
    door(f"{ENTITLEMENTS.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(_ONE, edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{_ONE}/place", move, who=Who.ADMIN, methods=["POST"]),
    door(f"{_ONE}/remove", remove, who=Who.ADMIN, methods=["POST"]),
]
