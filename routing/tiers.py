"""How customers are told apart: tiers under the desk's own names, and what else somebody is entitled to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, Session, SQLModel, col, func, select

from routing.events import TiersChanged
from routing.names import free_name
from routing.placing import has_a_topics_place
from routing.queues import Queue
from tickets.change import Change
from tickets.errors import Conflict, NotFound, Refused
from tickets.events import CustomerChanged, TicketOpened
from tickets.moment import Moment
from tickets.people import Customer
from tickets.status import Priority
from tickets.text import one_line
from tickets.ticket import Ticket

LONGEST_RIGHT, MOST_RIGHTS = 40, 20


class Tier(SQLModel, table=True):
    """`rights` are entitlements by name, such as "weekend"; policies can be for those who have one."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True)
    position: int  # the most ordinary one first
    priority: str = ""  # at least, for every new ticket of theirs; empty: as it comes
    lane_id: int | None = Field(default=None, foreign_key="queue.id")  # the fast lane: where new tickets wait
    rights: list[str] = Field(sa_column=Column(JSON, nullable=False))


class TierMember(SQLModel, table=True):
    """Which tier a customer has, until when, and what they are entitled to besides."""

    __tablename__ = "tier_member"
    __table_args__ = (Index("ix_tier_member_tier", "tier_id"),)

    customer_id: int = Field(primary_key=True, foreign_key="customer.id", sa_column_kwargs={"autoincrement": False})
    tier_id: int = Field(foreign_key="tier.id")
    until: datetime | None = Field(default=None, sa_type=Moment)  # None: for good
    rights: list[str] = Field(sa_column=Column(JSON, nullable=False))

    @staticmethod
    def beside(ticket: Ticket) -> tuple[int]:
        """Looked for at once, for all tickets of a batch (tickets.batch)."""
        return (ticket.customer_id,)


@dataclass(frozen=True)
class Belonging:
    """What policies go by: the tier, if any, and all entitlements."""

    tier: int | None = None
    rights: frozenset[str] = frozenset()


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
    kept: dict[str, Any] = {
        "name": _free_name(change, name, but=tier_id),
        "priority": _priority(priority),
        "lane_id": _lane(change, lane_id),
        "rights": checked_rights(rights),
    }
    if tier_id is None:
        last = change.one(select(func.max(Tier.position))) or 0
        tier = change.add(Tier(id=change.new_id(), position=last + 1, **kept))
        change.record(TiersChanged(tier=tier.id))
        return tier
    tier = change.take(Tier, tier_id)
    if any(getattr(tier, column) != value for column, value in kept.items()):
        for column, value in kept.items():
            setattr(tier, column, value)
        change.record(TiersChanged(tier=tier.id))
    return tier


def remove_tier(change: Change, tier_id: int) -> None:
    """Refused while customers have it."""
    tier = change.take(Tier, tier_id)
    left = change.one(select(func.count()).select_from(TierMember).where(TierMember.tier_id == tier_id))
    if left:
        raise Conflict("Customers of this tier: {n}. Give them another first.", n=left)
    change.remove(tier)
    change.record(TiersChanged(tier=tier_id))


def belong(
    change: Change,
    customer_id: int,
    tier_id: int | None,
    *,
    until: datetime | None = None,
    rights: Collection[str] = (),
) -> None:
    """From now on the customer has this tier; None takes it away. Open tickets go by it when they are next touched."""
    customer, member = change.take(Customer, customer_id), change.find(TierMember, customer_id)
    wanted = None if tier_id is None else (change.take(Tier, tier_id).id, until, checked_rights(rights))
    before = None if member is None else (member.tier_id, member.until, member.rights)
    if wanted == before:
        return
    if member is not None and wanted is None:
        change.remove(member)
    elif wanted is not None:
        member = member or change.add(TierMember(customer_id=customer.id, tier_id=wanted[0], rights=[]))
        member.tier_id, member.until, member.rights = wanted
    change.record(CustomerChanged(customer=customer_id))


def welcome(change: Change, event: TicketOpened) -> None:
    """A new ticket of somebody with a tier is at least as urgent as that says, and waits in its fast lane.

    The lane comes before the queue of a site, a mailbox or a channel, and after that of a topic or a hand.
    """
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    member = change.find(TierMember, ticket.customer_id)
    tier = change.find(Tier, member.tier_id) if member is not None and _counts(member, change.now) else None
    if tier is None:
        return
    if tier.priority and Priority(tier.priority).rank < Priority(ticket.priority).rank:
        ticket.set_priority(change, Priority(tier.priority))
    lane = None if tier.lane_id is None else change.find(Queue, tier.lane_id)
    free = ticket.queue_id is None or event.by_default
    if lane is not None and free and not lane.archived and not has_a_topics_place(change, ticket):
        ticket.move(change, lane.id)


# What others ask


def tiers(session: Session) -> Sequence[Tier]:
    """The most ordinary one first."""
    return session.exec(select(Tier).order_by(col(Tier.position), col(Tier.id))).all()


def tier_names(session: Session) -> dict[int, str]:
    return {tier.id: tier.name for tier in tiers(session)}


def belonging(change: Change, ticket: Ticket) -> Belonging:
    """Whose ticket this is. Asks for nothing that the batch has at hand."""
    member = change.find(TierMember, ticket.customer_id)
    if member is None or not _counts(member, change.now):
        return Belonging()
    tier = change.find(Tier, member.tier_id)
    return Belonging(member.tier_id, frozenset([*member.rights, *(tier.rights if tier else ())]))


def belongings(session: Session, now: datetime) -> Mapping[int, Belonging]:
    """Of all customers who have a tier."""
    known = {tier.id: tier for tier in tiers(session)}
    members = [one for one in session.exec(select(TierMember)) if _counts(one, now) and one.tier_id in known]
    return {
        one.customer_id: Belonging(one.tier_id, frozenset([*one.rights, *known[one.tier_id].rights])) for one in members
    }


def checked_rights(rights: Iterable[str]) -> list[str]:
    """In order, each once."""
    kept = sorted({one_line(one, LONGEST_RIGHT) for one in rights} - {""})
    if len(kept) > MOST_RIGHTS:
        raise Refused("At most {n} entitlements.", field="rights", n=MOST_RIGHTS)
    return kept


# How


def _counts(member: TierMember, now: datetime) -> bool:
    return member.until is None or member.until > now


def _priority(priority: str) -> str:
    if priority and priority not in set(Priority):
        raise Refused("There is no such priority.", field="priority")
    return priority


def _lane(change: Change, lane_id: int | None) -> int | None:
    queue = None if lane_id is None else change.find(Queue, lane_id)
    if lane_id is not None and (queue is None or queue.archived):
        raise NotFound("This queue is no longer in use.", field="lane_id")
    return lane_id


def _free_name(change: Change, name: str, *, but: int | None) -> str:
    return free_name(
        change,
        Tier,
        name,
        but=but,
        needed=Refused("A tier needs a name.", field="name"),
        taken=lambda name: Conflict("There is already a tier named {name}.", field="name", name=name),
    )
