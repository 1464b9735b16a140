"""Tiers of customers: what they are called, what they are entitled to, and who has each."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from routing.belonging import TierMember, belong
from routing.entitlements import entitlements
from routing.events import TiersChanged
from routing.names import LONGEST_NAME
from routing.sla.retiring import remove_tier
from routing.tiers import Tier, save_tier, tiers
from server.admin import members
from server.admin.pages import HOME, Act, Entry, Subject, change, editing, listing, read, row
from server.admin.queues import queue_choices
from server.forms import Field, Form, as_id, go, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.events import CustomerChanged
from widgets.labels import PRIORITIES

TIERS = Subject(
    "Customer tiers",
    "Customers who are promised more than others. Policies can be for a tier or for an entitlement.",
    "Add a tier",
    f"{HOME}/tiers",
    "No tiers yet: all customers are promised the same.",
)


async def all_tiers(request: Request) -> Response:
    found = await read(request, _with_members)
    return listing(request, TIERS, [Entry(f"{TIERS.path}/{tier.id}", tier.name, about) for tier, about in found])


async def add(request: Request) -> Response:
    form = Form(await read(request, _fields, request.state.language))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, None, form.values())
            return go(f"{TIERS.path}?done=added")
    return editing(request, TIERS, form, name="")


async def edit(request: Request) -> Response:
    tier: Tier = await read(request, row, Tier, request.path_params["id"])
    form = Form(await read(request, _fields, request.state.language, tier.lane_id), await read(request, _texts, tier))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, tier.id, form.values())
            return go(f"{TIERS.path}?done=saved")
    remove = Act(f"{TIERS.path}/{tier.id}/remove", "Remove", bad=True)
    return editing(request, TIERS, form, name=tier.name, acts=[remove])


async def remove(request: Request) -> Response:
    await change(request, remove_tier, request.path_params["id"], says="Removed.")
    return go(f"{TIERS.path}?done=removed")


def favour_fields(session: Session, language: str, lane_id: int | None = None) -> list[Field]:
    """What a new ticket of theirs is given, whether they have a tier or an entitlement, with this lane so far."""
    lanes = [("", "Like everybody’s"), *queue_choices(session, language, {lane_id})]
    return [
        Field("name", "Name", longest=LONGEST_NAME),
        Field(
            "priority", "New tickets are at least", "choice", needed=False,
            choices=[("", "As they come"), *PRIORITIES.items()],
        ),
        Field(
            "lane_id", "Fast lane: the queue in which they wait", "choice", as_id,
            needed=False, choices=lanes, names=True,
            hint="Before the queue of a site, a mailbox or a channel; after that of a topic",
        ),
    ]  # fmt: skip


def _fields(session: Session, language: str, lane_id: int | None = None) -> list[Field]:
    rights = [(one.key, one.name) for one in entitlements(session)]
    return [
        *favour_fields(session, language, lane_id),
        Field("rights", "Entitlements", "several", choices=rights, names=True),
        members.members_field(),
    ]


def _texts(session: Session, tier: Tier) -> dict[str, Any]:
    theirs = session.exec(select(TierMember).where(TierMember.tier_id == tier.id))
    return {
        "name": tier.name,
        "priority": tier.priority,
        "lane_id": str(tier.lane_id or ""),
        "rights": tier.rights,
        members.NAME: members.written(session, {one.customer_id: one.until for one in theirs}),
    }


def _save(change: Change, tier_id: int | None, said: dict[str, Any]) -> None:
    """Who has it is told as a change of the tier."""
    tier = save_tier(change, tier_id, **{name: value for name, value in said.items() if name != members.NAME})
    change.write()
    ends = members.wanted(change, said[members.NAME])
    had = change.rows(select(TierMember.customer_id).where(TierMember.tier_id == tier.id))
    for customer_id in members.left_out(change, had, ends):
        belong(change, customer_id, None)
    for customer_id, until in ends.items():
        belong(change, customer_id, tier.id, until=until)
    kinds = {type(event) for _, event in change.events}
    if CustomerChanged in kinds and TiersChanged not in kinds:
        change.record(TiersChanged(tier=tier.id))


def _with_members(session: Session) -> list[tuple[Tier, str]]:
    counted = select(TierMember.tier_id, func.count()).group_by(col(TierMember.tier_id))
    numbers = dict(session.exec(counted).all())
    return [(tier, str(numbers.get(tier.id, 0))) for tier in tiers(session)]


DOORS = [
    door(TIERS.path, all_tiers, who=Who.ADMIN),
    door(f"{TIERS.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{TIERS.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{TIERS.path}/{{id:number}}/remove", remove, who=Who.ADMIN, methods=["POST"]),
]
