"""Which customers have something until when: a line each in a field, by an address that we know."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, func, select

from server.forms import Field, as_lines
from tickets.change import Change
from tickets.errors import Refused
from tickets.people import Identifier, IdentifierKind

NAME = "members"
LONGEST_LIST = 60_000  # characters: about a thousand customers
_ADDRESSED = select(Identifier.customer_id).where(Identifier.kind == IdentifierKind.EMAIL.value)

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
    """One address of each. Whoever has none was given it in another way, and keeps it."""
    mine = select(func.min(Identifier.value), Identifier.customer_id)
    mine = mine.where(Identifier.kind == IdentifierKind.EMAIL.value, col(Identifier.customer_id).in_(ends))
    named = session.exec(mine.group_by(col(Identifier.customer_id)).order_by(func.min(Identifier.value)))
    return "\n".join(f"{address} {_last_day(ends[customer_id])}".strip() for address, customer_id in named)


def wanted(change: Change, lines: Lines) -> Ends:
    """Refuses an address that we do not know."""
    return dict(_customer(change, address, until) for address, until in lines)


def left_out(change: Change, had: Collection[int], ends: Ends) -> Sequence[int]:
    """Who had it, and stands in the field no more though they could."""
    addressed = change.rows(_ADDRESSED.where(col(Identifier.customer_id).in_(set(had) - set(ends))))
    return sorted(set(addressed))


def _end_of(day: str, line: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        raise Refused("The last day is written 2027-01-31, but one line is “{line}”.", line=line[:60]) from None


def _last_day(until: datetime | None) -> str:
    return "" if until is None else (until - timedelta(days=1)).date().isoformat()


def _customer(change: Change, address: str, until: datetime | None) -> tuple[int, datetime | None]:
    known = select(Identifier).where(Identifier.kind == IdentifierKind.EMAIL.value, Identifier.value == address)
    found = change.one(known.order_by(col(Identifier.verified).desc(), col(Identifier.id)))
    if found is None:
        raise Refused("We know no customer by {value}.", field=NAME, value=address)
    return found.customer_id, until
