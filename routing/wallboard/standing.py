"""Who stands where just now: in each queue, and in whose line the longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlmodel import Session, col

from routing import line, views
from routing.callbacks.callback import Callback
from routing.views import view_of
from tickets.moment import Moment
from tickets.status import Channel
from tickets.ticket import Ticket

KINDS = ("in_line", "waiting", "unassigned", "open", "at_risk", "breached")
"""The lists whose tickets are counted, by queue. Each number is by construction that of the rows of its list."""


@dataclass(frozen=True)
class Longest:
    """The ticket that waits in line the longest. `since`: see `waits_since`."""

    ticket_id: int
    number: int
    since: datetime
    warned: bool
    breached: bool


@dataclass(frozen=True)
class Standing:
    """How many tickets of a queue are on each list, and how many people wait in its line live."""

    on: Mapping[str, int]
    live: int

    @staticmethod
    def nobody() -> Standing:
        return Standing(dict.fromkeys(KINDS, 0), 0)


def standing(session: Session) -> dict[int | None, Standing]:
    """By queue; None for tickets in no queue. One look at everything that is not done."""
    names, query = _sums()
    found = session.connection().execute(query)
    return {queue_id: _standing(dict(zip(names, numbers, strict=True))) for queue_id, *numbers in found}


def longest(session: Session) -> dict[int, Longest]:
    """By queue, where somebody stands in line: who waits there the longest."""
    return {queue_id: Longest(*facts) for queue_id, *facts, _ in session.connection().execute(_first_in_line())}


def waits_since() -> ColumnElement[datetime]:
    """Since when a ticket in line waits: since it joined the line, where nobody ever answered it (semantics.md part 8),
    else since its oldest unanswered message; a callback not before its window begins, since nobody expects us earlier.
    """
    queued, asked = col(Ticket.queued_at), col(Ticket.waiting_since)
    unanswered = and_(col(Ticket.first_reply_at).is_(None), queued < asked)
    waits = case((unanswered, queued), else_=func.coalesce(asked, queued, type_=Moment()))
    later = and_(_is_callback(), col(Callback.start) > waits)
    return case((later, col(Callback.start)), else_=waits).label("since")


@cache  # writing a statement takes longer than asking it
def _sums() -> tuple[tuple[str, ...], Select[Any]]:
    """What is summed, and the statement that does it."""
    clauses = {kind: view_of(kind, 0).clause(but=views.UNDONE) for kind in KINDS}
    clauses["live"] = and_(clauses["in_line"], col(Ticket.live))
    sums = [func.count().filter(clause) for clause in clauses.values()]
    columns: list[Any] = [col(Ticket.queue_id), *sums]
    query: Select[Any] = select(*columns).where(line.undone()).group_by(col(Ticket.queue_id))
    return tuple(clauses), query


@cache
def _first_in_line() -> Select[Any]:
    since = waits_since()
    place = func.row_number().over(partition_by=col(Ticket.queue_id), order_by=(since, col(Ticket.id)))
    facts: list[Any] = [col(Ticket.queue_id), col(Ticket.id), col(Ticket.number), since]
    in_line = (
        select(*facts, col(Ticket.sla_warned), col(Ticket.sla_breached), place.label("place"))
        .join(Callback, and_(col(Callback.ticket_id) == Ticket.id, _is_callback()), isouter=True)
        .where(view_of("in_line", 0).clause())
        .subquery()
    )
    return select(in_line).where(in_line.c.place == 1)


def _is_callback() -> ColumnElement[bool]:
    return col(Ticket.channel) == Channel.CALLBACK.value


def _standing(numbers: dict[str, int]) -> Standing:
    live = numbers.pop("live")
    return Standing({kind: int(n) for kind, n in numbers.items()}, int(live))
