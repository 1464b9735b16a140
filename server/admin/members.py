"""Which customers have something until when: a line each in a field, by an address that we know."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, select

from server.forms import Field, as_lines
from tickets.change import Change
from tickets.errors import Refused
from tickets.people import Identifier, IdentifierKind

NAME = "members"
LONGEST_LIST = 60_000  # characters: about a thousand customers
_EMAIL = col(Identifier.kind) == IdentifierKind.EMAIL.value
_FIRST = col(Identifier.verified).desc(), col(Identifier.id)  # of all who say that an address is theirs

Ends = Mapping[int, datetime | None]
"""When it ends, by customer; None: never."""
Lines = Sequence[tuple[str, datetime | None]]
"""Addresses, and the end of the last day of each."""


def members_field() -> Field:
    return Field(
        NAME, "Customers", "long", as_members, needed=False, longest=LONGEST_LIST, rows=8,
        hint="One a line: an address that we know and, if it ends, the last day: sam@mail.example 2027-01-31",
    )  # fmt: skip


def as_members(text: str) -> Lines:
    found = []
    for line in as_lines(text):
        address, _, day = line.partition(" ")
        found.append((IdentifierKind.EMAIL.normal(address), _end_of(day.strip(), line) if day.strip() else None))
    return found


def written(session: Session, ends: Ends) -> str:
    """One address of each, by which they are found. Whoever has none was given it in another way, and keeps it."""
    named = _addresses(session, ends)
    return "\n".join(f"{one} {_last_day(ends[customer_id])}".strip() for one, customer_id in sorted(named.items()))


def wanted(change: Change, lines: Lines) -> Ends:
    """Refuses an address that we do not know."""
    return dict(_customer(change, address, until) for address, until in lines)


def left_out(change: Change, had: Collection[int], ends: Ends) -> Sequence[int]:
    """Who had it, and stands in the field no more though they could."""
    return sorted(_addresses(change, set(had) - set(ends)).values())


def _addresses(asked: Session | Change, customer_ids: Collection[int]) -> Mapping[str, int]:
    """Of each customer the first address that leads back to them: a claim to somebody else's does not."""
    theirs = select(Identifier.value).where(_EMAIL, col(Identifier.customer_id).in_(customer_ids))
    said = select(Identifier).where(_EMAIL, col(Identifier.value).in_(theirs)).order_by(*_FIRST)
    owners: dict[str, int] = {}
    for one in asked.exec(said) if isinstance(asked, Session) else asked.rows(said):
        owners.setdefault(one.value, one.customer_id)
    first: dict[int, str] = {}
    for value, customer_id in owners.items():
        first.setdefault(customer_id, value)
    return {value: customer_id for customer_id, value in first.items() if customer_id in customer_ids}


def _end_of(day: str, line: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        raise Refused("The last day is written 2027-01-31, but one line is “{line}”.", line=line[:60]) from None


def _last_day(until: datetime | None) -> str:
    return "" if until is None else (until - timedelta(days=1)).date().isoformat()


def _customer(change: Change, address: str, until: datetime | None) -> tuple[int, datetime | None]:
    found = change.one(select(Identifier).where(_EMAIL, Identifier.value == address).order_by(*_FIRST))
    if found is None:
        raise Refused("We know no customer by {value}.", field=NAME, value=address)
    return found.customer_id, until
