"""Who left a line for another one: sent on before anybody had taken them, neither answered nor lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, Text, and_, cast, exists, literal, literal_column, or_, select
from sqlmodel import Session, col

from routing.wallboard.entries import Figure, counted
from routing.wallboard.today import AsOf, Day
from tickets.log import LogRow
from tickets.status import Channel
from tickets.ticket import Ticket

_earlier = LogRow.__table__.alias("earlier")  # type: ignore[attr-defined]
_DATA = JSON().with_variant(Text(), "sqlite")  # to SQLite it is a text, from which it takes what it is asked for


def sent_on(day: Day) -> Select[Any]:
    """Chats whose customer waited in one queue and was moved to another today, before any agent had taken them.

    The queue is the one that they left. Whoever had gone by then counts as gone.
    """
    left = cast(col(LogRow.data), _DATA)["before"].as_integer()
    began = and_(_earlier.c.kind == "TicketOpened", cast(_earlier.c.data, _DATA)["live"].as_boolean())
    return (
        select(
            col(Ticket.id).label("ticket_id"),
            left.label("queue_id"),
            col(LogRow.at).label("at"),
            literal("").label("what"),
            literal(1).label("good"),
        )
        .where(col(LogRow.kind) == literal_column("'TicketMoved'"))  # spelled out for its partial index
        .where(col(LogRow.ticket_id) == Ticket.id, col(Ticket.channel) == Channel.CHAT.value)
        .where(day.holds(LogRow.at), left.is_not(None))
        .where(_was(or_(_earlier.c.kind == "LiveBegan", began)))
        .where(~_was(_earlier.c.kind.in_(["TicketAssigned", "LiveEnded"])))
    )


def _was(so: ColumnElement[bool]) -> ColumnElement[bool]:
    """Before it was moved."""
    return exists().where(_earlier.c.ticket_id == Ticket.id, _earlier.c.pos < col(LogRow.pos), so)


FIGURES: dict[str, Figure] = {"sent-on-today": Figure(sent_on)}


def flows(session: Session, as_of: AsOf) -> Mapping[int, int]:
    """How many each queue has sent on today."""
    found = counted(session, FIGURES["sent-on-today"], as_of)
    return {queue: count.n for queue, count in found.parts.items() if isinstance(queue, int)}
