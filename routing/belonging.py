"""What each customer has of it: a tier, and entitlements besides, each for good or until a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any

from sqlalchemy import JSON, Column, Index, String, cast
from sqlmodel import Field, Session, SQLModel, col, select

from routing.entitlements import Entitlement
from routing.tiers import Tier, tiers
from tickets import former
from tickets.change import Change
from tickets.events import CustomerChanged
from tickets.moment import Moment, from_micros, to_micros
from tickets.people import Customer
from tickets.ticket import Ticket


class TierMember(SQLModel, table=True):
    """Which tier a customer has, and until when."""

    __tablename__ = "tier_member"
    __table_args__ = (Index("ix_tier_member_tier", "tier_id"),)

    customer_id: int = Field(primary_key=True, foreign_key="customer.id", sa_column_kwargs={"autoincrement": False})
    tier_id: int = Field(foreign_key="tier.id")
    until: datetime | None = Field(default=None, sa_type=Moment)  # None: for good
    rights: list[str] = Field(  # as before version 0045, for a process of that age beside this one: now `Entitled`
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )

    @staticmethod
    def beside(ticket: Ticket) -> tuple[int]:
        """Looked for at once, for all tickets of a batch (tickets.batch)."""
        return (ticket.customer_id,)


class Entitled(SQLModel, table=True):
    """What a customer is entitled to, whatever their tier: {key: the end in microseconds, or None for good}."""

    customer_id: int = Field(primary_key=True, foreign_key="customer.id", sa_column_kwargs={"autoincrement": False})
    rights: dict[str, int | None] = Field(sa_column=Column(JSON, nullable=False))

    @staticmethod
    def beside(ticket: Ticket) -> tuple[int]:
        """As TierMember."""
        return (ticket.customer_id,)


@dataclass(frozen=True)
class Belonging:
    """What policies go by: the tier, if any, and all entitlements by their keys."""

    tier: int | None = None
    rights: frozenset[str] = frozenset()


# Verbs


def belong(change: Change, customer_id: int, tier_id: int | None, *, until: datetime | None = None) -> None:
    """From now on the customer has this tier; None takes it away. Open tickets go by it when they are next touched."""
    customer, member = change.take(Customer, customer_id), change.find(TierMember, customer_id)
    wanted = None if tier_id is None else (change.take(Tier, tier_id).id, until)
    before = None if member is None else (member.tier_id, member.until)
    if wanted == before:
        return
    former.keep(change, TierMember, customer_id, **_kept(member))
    if member is not None and wanted is None:
        change.remove(member)
    elif wanted is not None:
        member = member or change.add(TierMember(customer_id=customer.id, tier_id=wanted[0]))
        member.tier_id, member.until = wanted
    change.record(CustomerChanged(customer=customer_id))


def entitle(change: Change, customer_id: int, entitlement_id: int, *, until: datetime | None = None) -> None:
    """From now on the customer has this, until then or for good. Open tickets go by it when they are next touched."""
    key, ends = change.take(Entitlement, entitlement_id).key, None if until is None else to_micros(until)
    held = _held(change, customer_id)
    if key not in held or held[key] != ends:
        _keep(change, customer_id, {**held, key: ends})


def withdraw(change: Change, customer_id: int, entitlement_id: int) -> None:
    """What their tier brings they still have."""
    key, held = change.take(Entitlement, entitlement_id).key, _held(change, customer_id)
    if key in held:
        _keep(change, customer_id, {one: ends for one, ends in held.items() if one != key})


# What others ask


def tier_of(change: Change, customer_id: int) -> Tier | None:
    """The one that counts now."""
    member = change.find(TierMember, customer_id)
    return change.find(Tier, member.tier_id) if member is not None and _counts(member, change.now) else None


def belonging(change: Change, ticket: Ticket) -> Belonging:
    """Whose ticket this is. Asks for nothing that the batch has at hand."""
    return _of(tier_of(change, ticket.customer_id), change.find(Entitled, ticket.customer_id), change.now)


def belongings(session: Session, now: datetime) -> Mapping[int, Belonging]:
    """Of all customers who have a tier or an entitlement."""
    known = {tier.id: tier for tier in tiers(session)}
    theirs = {one.customer_id: known.get(one.tier_id) for one in session.exec(select(TierMember)) if _counts(one, now)}
    besides = {one.customer_id: one for one in session.exec(select(Entitled))}
    return {id: _of(theirs.get(id), besides.get(id), now) for id in theirs.keys() | besides.keys()}


def entitled(asked: Session | Change, key: str) -> Mapping[int, datetime | None]:
    """Which customers have this besides their tier, or had it, and until when."""
    query = select(Entitled).where(cast(col(Entitled.rights), String).contains(dumps(key), autoescape=True))
    found = asked.exec(query).all() if isinstance(asked, Session) else asked.rows(query)
    return {one.customer_id: _moment(one.rights[key]) for one in found if key in one.rights}


# How


def _held(change: Change, customer_id: int) -> dict[str, int | None]:
    found = change.find(Entitled, customer_id)
    return {} if found is None else found.rights


def _keep(change: Change, customer_id: int, rights: dict[str, int | None]) -> None:
    found = change.find(Entitled, change.take(Customer, customer_id).id)
    former.keep(change, Entitled, customer_id, **({} if found is None else {"rights": found.rights}))
    if found is None:
        change.add(Entitled(customer_id=customer_id, rights=rights))
    elif rights:
        found.rights = rights
    else:
        change.remove(found)
    change.record(CustomerChanged(customer=customer_id))


def _of(tier: Tier | None, besides: Entitled | None, now: datetime) -> Belonging:
    own: Iterable[str] = () if besides is None else _in_force(besides, now)
    if tier is None:
        return Belonging(None, frozenset(own))
    return Belonging(tier.id, frozenset([*tier.rights, *own]))


def _in_force(besides: Entitled, now: datetime) -> Sequence[str]:
    return [key for key, ends in besides.rights.items() if ends is None or ends > to_micros(now)]


def _counts(member: TierMember, now: datetime) -> bool:
    return member.until is None or member.until > now


def _kept(member: TierMember | None) -> dict[str, Any]:
    return {} if member is None else {"tier_id": member.tier_id, "until": member.until}


def _moment(ends: int | None) -> datetime | None:
    return None if ends is None else from_micros(ends)
