"""The log: everything that happened, in the order in which it became true."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, Session, SQLModel, col, func, select

from tickets.events import Event, decoded
from tickets.moment import Moment


class LogRow(SQLModel, table=True):
    """One event. Rows are only ever appended; `pos` appears in commit order, and none is ever filled in late."""

    __tablename__ = "log"
    __table_args__ = (Index("ix_log_ticket", "ticket_id", "pos"),)

    pos: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Moment)
    kind: str
    ticket_id: int | None = None
    by: str
    data: str = Field(sa_column=Column(Text, nullable=False))

    @property
    def event(self) -> Event:
        return decoded(self.kind, self.data)


def newest(session: Session) -> int:
    """The position of the newest event; 0 on an empty log."""
    return session.exec(select(func.max(LogRow.pos))).one() or 0


def after(
    session: Session, pos: int, *, upto: int | None = None, ticket: int | None = None, limit: int = 500
) -> Sequence[LogRow]:
    """Events after `pos` (and up to `upto`), oldest first, at most `limit`; of one ticket where `ticket` is given."""
    query = select(LogRow).where(LogRow.pos > pos)
    if upto is not None:
        query = query.where(LogRow.pos <= upto)
    if ticket is not None:
        query = query.where(LogRow.ticket_id == ticket)
    return session.exec(query.order_by(col(LogRow.pos)).limit(limit)).all()


def row(at: datetime, by: str, event: Event) -> dict[str, Any]:
    """The columns of one log row, for a grouped insert; its position comes last."""
    return {"at": at, "kind": event.kind, "ticket_id": event.ticket, "by": by, "data": event.encoded()}


class History(SQLModel, table=True):
    """Names this log. After a restore it has another name, and cursors into the old one are worthless."""

    id: int = Field(default=1, primary_key=True)
    epoch: str


def epoch(session: Session) -> str | None:
    """The name of this log, once it has one."""
    history = session.get(History, 1)
    return history.epoch if history else None
