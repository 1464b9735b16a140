"""How customers are told apart: tiers under the desk's own names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, func, select

from routing.entitlements import checked_lane, checked_priority, checked_rights
from routing.events import TiersChanged
from routing.names import free_name
from tickets import former
from tickets.change import Change
from tickets.errors import Conflict, Refused


class Tier(SQLModel, table=True):
    """`rights` are the keys of entitlements that whoever has it has, too."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True)
    position: int  # the most ordinary one first
    priority: str = ""  # at least, for every new ticket of theirs; empty: as it comes
    lane_id: int | None = Field(default=None, foreign_key="queue.id")  # the fast lane: where new tickets wait
    rights: list[str] = Field(sa_column=Column(JSON, nullable=False))

    def keep(self, change: Change) -> None:
        """As it is before it becomes another, or is removed."""
        former.keep(change, Tier, self.id, **{name: getattr(self, name) for name in _KEPT})


_KEPT = ("name", "position", "priority", "lane_id", "rights")


# Verbs


def save_tier(
    change: Change,
    tier_id: int | None,
    *,
    name: str,
    priority: str = "",
    lane_id: int | None = None,
    rights: Collection[str] = (),
) -> Tier:
    """A new one, as the last of the list, or another version of this one. Raises Refused, Conflict, NotFound."""
    tier = None if tier_id is None else change.take(Tier, tier_id)
    kept: dict[str, Any] = {
        "name": _free_name(change, name, but=tier_id),
        "priority": checked_priority(priority),
        "lane_id": checked_lane(change, lane_id, was=tier.lane_id if tier else None),
        "rights": checked_rights(change, rights),
    }
    if tier is None:
        last = change.one(select(func.max(Tier.position))) or 0
        tier = change.add(Tier(id=change.new_id(), position=last + 1, **kept))
        change.record(TiersChanged(tier=tier.id))
        return tier
    if any(getattr(tier, column) != value for column, value in kept.items()):
        tier.keep(change)
        for column, value in kept.items():
            setattr(tier, column, value)
        change.record(TiersChanged(tier=tier.id))
    return tier


# What others ask


def tiers(session: Session) -> Sequence[Tier]:
    """The most ordinary one first."""
    return session.exec(select(Tier).order_by(col(Tier.position), col(Tier.id))).all()


def tier_names(session: Session) -> dict[int, str]:
    return {tier.id: tier.name for tier in tiers(session)}


# How


def _free_name(change: Change, name: str, *, but: int | None) -> str:
    return free_name(
        change,
        Tier,
        name,
        but=but,
        needed=Refused("A tier needs a name.", field="name"),
        taken=lambda name: Conflict("There is already a tier named {name}.", field="name", name=name),
    )
