"""One mail on its way out: what it is, whom it is for, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import JSON, Column, Index, Text, text
from sqlmodel import Field

from tickets.moment import Moment
from tickets.table import Swift


class MailState(StrEnum):
    QUEUED = "queued"  # waits for its turn
    SENDING = "sending"  # somebody has it in hand, until `due_at`
    RETRY = "retry"  # could not be sent for now, is tried again at `due_at`
    SENT = "sent"
    FAILED = "failed"  # at least one of those it was for did not get it
    INDETERMINATE = "indeterminate"  # nobody knows: the line broke after the final dot


Recipient = dict[str, str]
"""One of those a mail is for: `address`, `kind` (to, cc), `state` (a MailState), `said` (the relay about them)."""

UNSENT = "unsent"  # an answer that waited did not go
TO_STAFF = ("promise", UNSENT)  # the notices that go to a colleague

_DUE = text("due_at is not null")
_NOTICE = text("notice <> ''")


class Outgoing(Swift, table=True):
    """Written in the change that caused it; its Message-ID is fixed then, whatever becomes of it."""

    __table_args__ = (
        Index("ix_outgoing_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_outgoing_ticket", "ticket_id"),
        Index("ix_outgoing_message", "message_id"),
        Index("ix_outgoing_state", "state", "id"),
        Index("ix_outgoing_notice", "created_at", sqlite_where=_NOTICE, postgresql_where=_NOTICE),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    message_id: int | None = Field(default=None, foreign_key="message.id")  # the row it carries; None for a notice
    mailbox_id: int | None = Field(default=None, foreign_key="mailbox.id")  # None: there is none to send from yet
    carries: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # answers of a chat
    notice: str = ""  # the template of an automated mail; empty: an agent wrote it
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    language: str = ""
    from_name: str = ""
    to_address: str
    to_name: str = ""
    recipients: list[Recipient] = Field(sa_column=Column(JSON, nullable=False))
    subject: str = ""
    mail_id: str  # its Message-ID, with angle brackets
    in_reply_to: str = ""
    references: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = MailState.QUEUED.value
    due_at: datetime | None = Field(default=None, sa_type=Moment)  # when somebody must look at it (again)
    handed_over: bool = False  # while sending: the relay may have all of it
    attempts: int = 0
    extra: bool = False  # it was sent again although it may have arrived: not a third time
    said: str = Field(default="", sa_column=Column(Text, nullable=False))  # what the relay said last, on one line
    created_at: datetime = Field(sa_type=Moment)
    tried_since: datetime | None = Field(default=None, sa_type=Moment)  # the first attempt of this run
    sent_at: datetime | None = Field(default=None, sa_type=Moment)

    def is_for(self, *states: MailState) -> list[Recipient]:
        """Those for whom it stands like this."""
        return [one for one in self.recipients if one["state"] in states]


def recipient(address: str, kind: Literal["to", "cc"] = "to") -> Recipient:
    return {"address": address, "kind": kind, "state": MailState.QUEUED.value, "said": ""}
