"""One thing said on a ticket: by the customer, by an agent, or a note among staff."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache

import msgspec
from sqlalchemy import Column, Index, Text, UniqueConstraint, text, tuple_
from sqlmodel import Field, Session, col

from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.moment import Moment
from tickets.plain import Plain, listed, plain
from tickets.table import AppendOnly
from tickets.text import clean_text
from tickets.turns import is_shared

LONGEST_CLIENT_ID = 64
_NO_ID = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")  # controls, and what stands for no character at all
_SENDS = "select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(:sends)"
_SENDS_THERE = "select value ->> 0, value ->> 1 from json_array_elements(cast(:sends as json))"


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
    return {message.id: message for message in _BY_ID.all(session, ids=ids)} if ids else {}


def messages_sent(session: Session, sends: Collection[tuple[str, str]]) -> Sequence[Message]:
    """Those of these sends, each an author and a client id, that were kept before."""
    listed = msgspec.json.encode(list(sends)).decode()
    return _by_send(there=is_shared(session.get_bind())).all(session, sends=listed)


_BY_ID = Plain(Message, plain(Message).where(listed(col(Message.id))).order_by(col(Message.id)))


@cache
def _by_send(*, there: bool) -> Plain[Message]:
    """Made once: every batch asks it. Given a list of pairs as such, SQLite would look at every message there is."""
    sends = text(_SENDS_THERE if there else _SENDS)
    return Plain(Message, plain(Message).where(tuple_(col(Message.by), col(Message.client_id)).in_(sends)))


def check_client_id(client_id: str) -> None:
    """Raises Refused for what no sender may call a thing that they send."""
    if not is_client_id(client_id):
        raise Refused("The message has no usable id.", field="client_id")


def is_client_id(client_id: str) -> bool:
    """Any 1 to 64 characters but controls and U+FFFD."""
    return 0 < len(client_id) <= LONGEST_CLIENT_ID and not _NO_ID.search(client_id)


def sent_before(change: Change, kind: MessageKind, client_id: str, text: str) -> Message | None:
    """A resend gets the first message; the same id with another text is refused."""
    check_client_id(client_id)
    earlier = change.said(change.by, client_id)
    if earlier is not None and (earlier.kind, earlier.text) != (kind.value, clean_text(text)):
        raise Conflict("This message was already sent.")
    return earlier
