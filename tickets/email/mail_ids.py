"""Which ticket a mail belongs to that names an earlier one: every message id that came in or went out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from sqlalchemy import Index
from sqlmodel import Field, Session, col, select

from tickets.change import Change
from tickets.table import AppendOnly

LONGEST = 998  # characters: a line of a mail (RFC 5322 2.1.1)


class MailId(AppendOnly, table=True):
    """Not unique: a stranger may have used an id before its owner did. Whoever reads it decides whom to believe."""

    __tablename__ = "mail_id"
    __table_args__ = (Index("ix_mail_id_message_id", "message_id"), Index("ix_mail_id_ticket", "ticket_id"))

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    message_id: str  # with its angle brackets, as it stood in the header
    ticket_id: int = Field(foreign_key="ticket.id")
    message: int | None = None  # the row of the message that came or went with it
    direction: str  # in, out


def remember(
    change: Change, message_id: str, *, ticket_id: int, message: int | None = None, direction: Literal["in", "out"]
) -> None:
    """A mail with this id stands on this ticket."""
    if 0 < len(message_id) <= LONGEST:
        change.append(
            MailId(id=change.new_id(), message_id=message_id, ticket_id=ticket_id, message=message, direction=direction)
        )


def tickets_of(asked: Session | Change, ids: Collection[str]) -> dict[str, list[int]]:
    """The tickets on which each of these message ids stands, the first seen first; unknown ids are left out."""
    query = select(MailId).where(col(MailId.message_id).in_(ids)).order_by(col(MailId.id))
    found: dict[str, list[int]] = {}
    for row in asked.exec(query).all() if isinstance(asked, Session) else asked.rows(query):
        tickets = found.setdefault(row.message_id, [])
        if row.ticket_id not in tickets:
            tickets.append(row.ticket_id)
    return found
