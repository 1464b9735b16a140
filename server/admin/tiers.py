"""Tiers of customers: what they are called, what they are entitled to, and who has each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from routing.names import LONGEST_NAME
from routing.queues import queues
from routing.tiers import Tier, TierMember, belong, remove_tier, save_tier, tiers
from server.admin.pages import HOME, Act, Entry, Subject, change, editing, listing, read, row
from server.forms import Field, Form, as_id, as_lines, go, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.errors import Refused
from tickets.people import Identifier, IdentifierKind
from widgets.labels import PRIORITIES

TIERS = Subject(
    "Customer tiers",
    "Customers who are promised more than others. Policies can be for a tier or for an entitlement.",
    "Add a tier",
    f"{HOME}/tiers",
    "No tiers yet: all customers are promised the same.",
)
LONGEST_LIST = 60_000  # characters: about a thousand customers


async def all_tiers(request: Request) -> Response:
    found = await read(request, _with_members)
    return listing(request, TIERS, [Entry(f"{TIERS.path}/{tier.id}", tier.name, about) for tier, about in found])


async def add(request: Request) -> Response:
    form = Form(await read(request, _fields))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, None, form.values())
            return go(f"{TIERS.path}?done=added")
    return editing(request, TIERS, form, name="")


async def edit(request: Request) -> Response:
    tier: Tier = await read(request, row, Tier, request.path_params["id"])
    form = Form(await read(request, _fields), await read(request, _texts, tier))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, tier.id, form.values())
            return go(f"{TIERS.path}?done=saved")
    remove = Act(f"{TIERS.path}/{tier.id}/remove", "Remove", bad=True)
    return editing(request, TIERS, form, name=tier.name, acts=[remove])


async def remove(request: Request) -> Response:
    await change(request, remove_tier, request.path_params["id"], says="Removed.")
    return go(f"{TIERS.path}?done=removed")


def _fields(session: Session) -> list[Field]:
    lanes = [("", "Like everybody’s"), *((str(one.id), one.name) for one in queues(session))]
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
        Field("rights", "Entitlements", "long", as_lines, "One a line, such as: weekend", needed=False, longest=1000),
        Field(
            "members", "Customers", "long", _members, needed=False, longest=LONGEST_LIST, rows=8,
            hint="One a line: an address that we know and, if it ends, the last day: sam@mail.example 2027-01-31",
        ),
    ]  # fmt: skip


def _texts(session: Session, tier: Tier) -> dict[str, Any]:
    lines = [f"{address} {_last_day(until)}".strip() for address, until in _named(session, tier.id)]
    return {
        "name": tier.name,
        "priority": tier.priority,
        "lane_id": str(tier.lane_id or ""),
        "rights": "\n".join(tier.rights),
        "members": "\n".join(lines),
    }


def _named(session: Session, tier_id: int) -> Sequence[tuple[str, datetime | None]]:
    """One address of each member. Whoever has none was given the tier in another way, and keeps it."""
    mine = select(func.min(Identifier.value), col(TierMember.until))
    mine = mine.join(TierMember, col(TierMember.customer_id) == Identifier.customer_id)
    mine = mine.where(TierMember.tier_id == tier_id, Identifier.kind == IdentifierKind.EMAIL.value)
    return session.exec(
        mine.group_by(col(TierMember.customer_id), col(TierMember.until)).order_by(func.min(Identifier.value))
    ).all()


def _members(text: str) -> list[tuple[str, datetime | None]]:
    """Addresses, and the end of the last day of each."""
    found = []
    for line in as_lines(text):
        address, _, day = line.partition(" ")
        found.append((IdentifierKind.EMAIL.normal(address), _end_of(day.strip(), line) if day.strip() else None))
    return found


def _end_of(day: str, line: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        raise Refused("The last day is written 2027-01-31, but one line is “{line}”.", line=line[:60]) from None


def _last_day(until: datetime | None) -> str:
    return "" if until is None else (until - timedelta(days=1)).date().isoformat()


def _save(change: Change, tier_id: int | None, said: dict[str, Any]) -> None:
    tier = save_tier(change, tier_id, **{name: value for name, value in said.items() if name != "members"})
    change.write()
    wanted = dict(_customer(change, address, until) for address, until in said["members"])
    addressed = select(Identifier.customer_id).where(Identifier.kind == IdentifierKind.EMAIL.value)
    mine = select(TierMember.customer_id).where(TierMember.tier_id == tier.id)
    for customer_id in set(change.rows(mine.where(col(TierMember.customer_id).in_(addressed)))) - set(wanted):
        belong(change, customer_id, None)
    for customer_id, until in wanted.items():
        member = change.find(TierMember, customer_id)
        belong(change, customer_id, tier.id, until=until, rights=member.rights if member else ())


def _customer(change: Change, address: str, until: datetime | None) -> tuple[int, datetime | None]:
    known = select(Identifier).where(Identifier.kind == IdentifierKind.EMAIL.value, Identifier.value == address)
    found = change.one(known.order_by(col(Identifier.verified).desc(), col(Identifier.id)))
    if found is None:
        raise Refused("We know no customer by {value}.", field="members", value=address)
    return found.customer_id, until


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
