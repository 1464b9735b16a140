"""Who came into the chat today and was neither taken nor left: they wait still, or were answered in another way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, Text, and_, cast, exists, literal, literal_column, select, union_all
from sqlmodel import col

from routing import line
from routing.wallboard.entries import Figure, row
from routing.wallboard.today import NOW, Day
from tickets.log import LogRow
from tickets.status import Channel, Status
from tickets.ticket import Ticket

_earlier = LogRow.__table__.alias("earlier")  # type: ignore[attr-defined]
_DATA = JSON().with_variant(Text(), "sqlite")  # to SQLite it is a text, from which it takes what it is asked for
_YES = literal(1)


def others(day: Day) -> Select[Any]:
    """By their first wait, as who is taken or leaves. `what` says which: waits, turned or settled."""
    both = union_all(_waits(), _turned(day), _settled(day)).subquery()
    return select(both)


def _waits() -> Select[Any]:
    waits = select(*row(col(Ticket.opened_at), literal("waits"), _YES)).where(
        line.undone(), col(Ticket.agent_id).is_(None), col(Ticket.queue_id).is_not(None), col(Ticket.live)
    )
    return _of_chats(waits).where(col(Ticket.opened_at) <= NOW, ~_was("TicketAssigned", "LiveBegan", "ChannelChanged"))


def _turned(day: Day) -> Select[Any]:
    """They are called, or written to: nobody had taken them before."""
    before = cast(col(LogRow.data), _DATA)["before"].as_string()
    return (
        select(*row(col(LogRow.at), literal("turned"), _YES))
        .where(col(LogRow.kind) == literal_column("'ChannelChanged'"))  # spelled out for its partial index
        .where(col(LogRow.ticket_id) == Ticket.id, day.holds(LogRow.at), before == Channel.CHAT.value)
        .where(~_was("TicketAssigned", "LiveBegan", "LiveEnded", "ChannelChanged", sooner=True))
    )


def _settled(day: Day) -> Select[Any]:
    """Resolved or closed while they waited, by somebody who had not taken them."""
    settled = col(Ticket.status).in_([Status.RESOLVED.value, Status.CLOSED.value])
    found = select(*row(col(Ticket.resolved_at), literal("settled"), _YES)).where(
        settled, day.holds(Ticket.resolved_at)
    )
    opened = and_(_earlier.c.kind == "TicketOpened", cast(_earlier.c.data, _DATA)["live"].as_boolean())
    came = exists().where(_earlier.c.ticket_id == Ticket.id, opened)
    return _of_chats(found).where(came, ~_was("TicketAssigned", "LiveBegan", "LiveEnded", "ChannelChanged"))


def _of_chats(query: Select[Any]) -> Select[Any]:
    return query.where(col(Ticket.channel) == Channel.CHAT.value)


def _was(*kinds: str, sooner: bool = False) -> ColumnElement[bool]:
    """One of these happened to the ticket; `sooner`: than what the log says here."""
    then = [_earlier.c.pos < col(LogRow.pos)] if sooner else []
    return exists().where(_earlier.c.ticket_id == Ticket.id, _earlier.c.kind.in_(kinds), *then)


OTHERS = Figure(others)
