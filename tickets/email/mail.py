"""What staff may know of a message that came by mail, besides its words."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, Session, col, select

from tickets.message import Message, MessageKind
from tickets.status import Channel
from tickets.table import AppendOnly

Person = tuple[str, str]
"""A name, which may be empty, and an address."""
Forwarded = dict[str, str]
"""A mail that was passed on inside of this one: `sender`, `date` (ISO 8601, or empty), `subject`, `text`."""


class Mail(AppendOnly, table=True):
    """Stands beside a message and never reaches a visitor. Addresses are claims: whoever wrote it chose them."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_ticket", "ticket_id"), Index("ix_mail_raw", "raw_id"))

    message_id: int = Field(primary_key=True, foreign_key="message.id", sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    raw_id: int = Field(foreign_key="raw_mail.id")
    sender_name: str = ""
    sender: str = ""  # empty: unknown
    recipients: list[Person] = Field(default=(), sa_column=Column(JSON, nullable=False))
    copies: list[Person] = Field(default=(), sa_column=Column(JSON, nullable=False))
    subject: str = ""
    told_date: str = ""  # the Date header, where it cannot be right
    whole: str = Field(default="", sa_column=Column(Text, nullable=False))  # empty: the message's text is all of it
    html: bool = False  # there is a formatted version
    pictures: bool = False  # and it would fetch pictures from elsewhere
    guessed: bool = False  # its encoding was
    robot: str = ""  # why it counts as automatic; empty: a person wrote it
    sender_failed: bool = False  # a check of ours says that the sender is not who it claims to be
    checks: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # auth.Checks
    because: str = ""  # threading.Because: why it is on this ticket; empty: nobody wrote that down then
    stranger: bool = False  # it is for staff only
    private: str = ""  # threading.Private: why it is
    unreadable: bool = False
    relation: str = ""  # to `related`: "follows" or "mentions"
    related: int | None = None  # a ticket's number
    remarks: list[str] = Field(default=(), sa_column=Column(JSON, nullable=False))  # codes: winmail, smime, pgp, ...
    forwarded: list[Forwarded] = Field(default=(), sa_column=Column(JSON, nullable=False))
    left_out: int = 0  # attachments that were too many or too big to keep


def mails_of(session: Session, messages: Iterable[Message]) -> dict[int, Mail]:
    """The mail behind each of these messages, by message id; none where no message came by mail."""
    came = {MessageKind.IN.value, MessageKind.AUTO.value, MessageKind.ASIDE.value}
    ids = [message.id for message in messages if message.channel == Channel.EMAIL.value and message.kind in came]
    if not ids:
        return {}
    return {mail.message_id: mail for mail in session.exec(select(Mail).where(col(Mail.message_id).in_(ids)))}
