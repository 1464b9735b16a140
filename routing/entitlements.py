"""What a customer can be entitled to, under the desk's own names: a promise of a policy, a priority, a fast lane."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, func, select

from routing.events import EntitlementsChanged
from routing.names import free_name
from routing.queues import Queue
from tickets.change import Change
from tickets.errors import Conflict, NotFound, Refused
from tickets.status import Priority

MOST_RIGHTS = 20


class Entitlement(SQLModel, table=True):
    """Tiers, customers and policies know it by its `key`, which stays as it is whatever it is called later."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: str = Field(unique=True)
    name: str = Field(unique=True)
    position: int  # of several that name a fast lane the first one counts
    priority: str = ""  # at least, for every new ticket of whoever has it; empty: as it comes
    lane_id: int | None = Field(default=None, foreign_key="queue.id")  # the fast lane: where new tickets wait


# Verbs


def save_entitlement(
    change: Change, entitlement_id: int | None, *, name: str, priority: str = "", lane_id: int | None = None
) -> Entitlement:
    """A new one, as the last of the list, or another version of this one. Raises Refused, Conflict, NotFound."""
    found = None if entitlement_id is None else change.take(Entitlement, entitlement_id)
    kept: dict[str, Any] = {
        "name": name if found is not None and found.name == name else _free_name(change, name, but=entitlement_id),
        "priority": checked_priority(priority),
        "lane_id": checked_lane(change, lane_id, was=found.lane_id if found else None),
    }
    if found is None:
        last = change.one(select(func.max(Entitlement.position))) or 0
        id = change.new_id()
        found = change.add(Entitlement(id=id, key=_key(change, kept["name"], id), position=last + 1, **kept))
        change.record(EntitlementsChanged(entitlement=id))
    elif any(getattr(found, column) != value for column, value in kept.items()):
        for column, value in kept.items():
            setattr(found, column, value)
        change.record(EntitlementsChanged(entitlement=found.id))
    return found


def move_entitlement(change: Change, entitlement_id: int, by: int) -> None:
    """Earlier or later by so many places."""
    known = change.rows(select(Entitlement).order_by(col(Entitlement.position), col(Entitlement.id)))
    order = [one for one in known if one.id != entitlement_id]
    if len(order) == len(known):
        raise NotFound("This does not exist any more.")
    at = [one.id for one in known].index(entitlement_id)
    order.insert(max(at + by, 0), known[at])
    if list(order) != list(known):
        for position, one in enumerate(order, start=1):
            one.position = position
        change.record(EntitlementsChanged(entitlement=entitlement_id))


# What others ask


def entitlements(session: Session) -> Sequence[Entitlement]:
    """In the order in which they are asked for a fast lane."""
    return session.exec(select(Entitlement).order_by(col(Entitlement.position), col(Entitlement.id))).all()


def entitlement_names(session: Session) -> dict[str, str]:
    """By their keys."""
    return {one.key: one.name for one in entitlements(session)}


def of_keys(change: Change, keys: Collection[str]) -> Sequence[Entitlement]:
    """Those of these that there are, in their order."""
    mine = select(Entitlement).where(col(Entitlement.key).in_(sorted(keys)))
    return change.rows(mine.order_by(col(Entitlement.position), col(Entitlement.id))) if keys else ()


def checked_rights(change: Change, keys: Iterable[str]) -> list[str]:
    """In order, each once; each of them is there."""
    kept = sorted(set(keys))
    if len(kept) > MOST_RIGHTS:
        raise Refused("At most {n} entitlements.", field="rights", n=MOST_RIGHTS)
    if len(of_keys(change, kept)) < len(kept):
        raise NotFound("This entitlement does not exist any more.", field="rights")
    return kept


def checked_priority(priority: str) -> str:
    if priority and priority not in set(Priority):
        raise Refused("There is no such priority.", field="priority")
    return priority


def checked_lane(change: Change, lane_id: int | None, *, was: int | None) -> int | None:
    """`was` may stay, also where it was archived since."""
    queue = None if lane_id is None else change.find(Queue, lane_id)
    if lane_id not in (None, was) and (queue is None or queue.archived):
        raise NotFound("This queue is no longer in use.", field="lane_id")
    return lane_id


# How


def _key(change: Change, name: str, id: int) -> str:
    """Its first name; another one may have had that before."""
    return f"{name} {id}" if change.one(select(Entitlement.id).where(Entitlement.key == name)) else name


def _free_name(change: Change, name: str, *, but: int | None) -> str:
    return free_name(
        change,
        Entitlement,
        name,
        but=but,
        needed=Refused("An entitlement needs a name.", field="name"),
        taken=lambda name: Conflict("There is already an entitlement named {name}.", field="name", name=name),
    )
