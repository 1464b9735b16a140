"""One thing said on a ticket: by the customer, by an agent, or a note among staff."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import Column, Executable, Index, Text, UniqueConstraint, bindparam
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, col

from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.moment import Moment
from tickets.table import AppendOnly
from tickets.text import clean_text

LONGEST_CLIENT_ID = 64


class MessageKind(StrEnum):
    IN = "in"  # from the customer
    OUT = "out"  # from an agent
    NOTE = "note"  # staff only
    AUTO = "auto"  # a machine wrote: staff only, and nobody waits for an answer
    ASIDE = "aside"  # somebody wrote who is not known to belong here: staff only until an agent looks at it


class Message(AppendOnly, table=True):
    """Only ever appended. `seq` counts from 1 without gaps on each ticket; `client_id` was made by the sender."""

    __table_args__ = (
        UniqueConstraint("ticket_id", "seq", name="uq_message_seq"),
        UniqueConstraint("by", "client_id", name="uq_message_client_id"),
        Index("ix_message_ticket", "ticket_id", "id"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    seq: int
    kind: str
    channel: str
    by: str  # the actor: customer:91, agent:7, system
    name: str  # as shown when it was written
    text: str = Field(sa_column=Column(Text, nullable=False))
    client_id: str
    at: datetime = Field(sa_type=Moment)
    files: int = 0  # how many attachments came with it


def messages_of(session: Session, ids: Collection[int]) -> dict[int, Message]:
    """Those of these ids, by id, oldest first."""
    if not ids:
        return {}
    found = session.connection().execute(_by_id(), {"ids": ids})
    names = tuple(found.keys())
    return {row[0]: Message.read(names, row) for row in found}


@cache
def _by_id() -> Executable:
    """Made once, and read as plain rows: every feed asks it after every commit, and no message ever changes."""
    columns = [col(getattr(Message, name)) for name in Message.model_fields]
    wanted = col(Message.id).in_(bindparam("ids", expanding=True))
    return core_select(*columns).where(wanted).order_by(col(Message.id))


def sent_before(change: Change, kind: MessageKind, client_id: str, text: str) -> Message | None:
    """A resend gets the first message; the same id with another text is refused."""
    if not 0 < len(client_id) <= LONGEST_CLIENT_ID or not client_id.isprintable():
        raise Refused("The message has no usable id.", field="client_id")
    earlier = change.said(change.by, client_id)
    if earlier is not None and (earlier.kind, earlier.text) != (kind.value, clean_text(text)):
        raise Conflict("This message was already sent.")
    return earlier
