"""The log: everything that happened, in the order in which it became true."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Index, Integer, Text, bindparam, func, select, text
from sqlmodel import Field, Session, col

from tickets.events import Event, decoded
from tickets.moment import Moment
from tickets.plain import Plain, plain
from tickets.statement import Statement
from tickets.table import AppendOnly

_LEFT, _MOVED = text("kind = 'LiveEnded'"), text("kind = 'TicketMoved'")
_TURNED, _REOPENED = text("kind = 'ChannelChanged'"), text("kind = 'TicketReopened'")


class LogRow(AppendOnly, table=True):
    """One event. Rows are only ever appended; `pos` appears in commit order, and none is ever filled in late."""

    __tablename__ = "log"
    __table_args__ = (
        Index("ix_log_ticket", "ticket_id", "pos"),
        Index("ix_log_left", "at", sqlite_where=_LEFT, postgresql_where=_LEFT),  # for figures of a day
        Index("ix_log_moved", "at", sqlite_where=_MOVED, postgresql_where=_MOVED),  # and these
        Index("ix_log_turned", "at", sqlite_where=_TURNED, postgresql_where=_TURNED),
        Index("ix_log_reopened", "at", sqlite_where=_REOPENED, postgresql_where=_REOPENED),
    )

    pos: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Moment)
    kind: str
    ticket_id: int | None = None
    by: str
    data: str = Field(sa_column=Column(Text, nullable=False))

    @property
    def event(self) -> Event:
        event: Event | None = self.__dict__.get("_event")
        if event is None:  # many look at the same row
            event = self.__dict__["_event"] = decoded(self.kind, self.data)
        return event


def newest(session: Session) -> int:
    """The position of the newest event; 0 on an empty log."""
    ((pos,),) = _NEWEST.rows(session.connection())
    return pos or 0


_NEWEST = Statement(select(func.max(LogRow.pos)))


def after(
    session: Session, pos: int, *, upto: int | None = None, ticket: int | None = None, limit: int = 500
) -> Sequence[LogRow]:
    """Events after `pos` (and up to `upto`), oldest first, at most `limit`; of one ticket where `ticket` is given."""
    return _after(upto=upto is not None, ticket=ticket is not None).all(
        session, after=pos, upto=upto, ticket=ticket, most=limit
    )


class EndIsGone(Exception):
    """What was read last is not there any more: the database went back to an earlier moment."""


def onward(session: Session, pos: int, last: LogRow | None, *, limit: int) -> tuple[LogRow | None, Sequence[LogRow]]:
    """What stands at `pos`, and at most so many events after it. `last` is what stood there when it was read.

    Raises EndIsGone where nothing stands there now, or something else.
    """
    if pos == 0:
        return None, after(session, 0, limit=limit)
    found = after(session, pos - 1, limit=limit + 1)
    if not found or found[0].pos != pos or (last is not None and _facts(found[0]) != _facts(last)):
        raise EndIsGone
    return found[0], found[1:]


def _facts(row: LogRow) -> tuple[Any, ...]:
    return row.at, row.kind, row.ticket_id, row.by, row.data


@cache
def _after(*, upto: bool, ticket: bool) -> Plain[LogRow]:
    """Made once: every feed asks it after every commit."""
    pos = col(LogRow.pos)
    query = plain(LogRow).where(pos > bindparam("after"))
    if upto:
        query = query.where(pos <= bindparam("upto"))
    if ticket:
        query = query.where(col(LogRow.ticket_id) == bindparam("ticket"))
    return Plain(LogRow, query.order_by(pos).limit(bindparam("most", type_=Integer)))


def row(at: datetime, by: str, event: Event) -> dict[str, Any]:
    """The columns of one log row, for a grouped insert; its position comes last."""
    return {"at": at, "kind": event.kind, "ticket_id": event.ticket, "by": by, "data": event.encoded()}
