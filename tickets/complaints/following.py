"""What a customer sees of their complaint: how far it is, what was promised, and what both sides have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session, col, select

from tickets.complaints.categories import called
from tickets.complaints.complaint import Complaint, number_of
from tickets.errors import NotFound
from tickets.files.attachment import Attachment, files_of
from tickets.message import Message, MessageKind
from tickets.ticket import Ticket

MOST_WORDS = 200  # messages on the page, the newest
PUBLIC = (MessageKind.IN.value, MessageKind.OUT.value)
"""What either side said to the other. Notes, machines and strangers are nobody's business outside."""


class Promises(Protocol):
    """`request.state.promises`: by when we said that we acknowledge (complaint_ack) and decide (complaint_final)."""

    def __call__(self, session: Session, ticket_id: int) -> Mapping[str, datetime]: ...


@dataclass(frozen=True)
class Words:
    """One message with its files."""

    message: Message
    files: Sequence[Attachment]

    @property
    def ours(self) -> bool:
        return self.message.kind == MessageKind.OUT


@dataclass(frozen=True)
class Progress:
    """Everything on the customer's page. `answer` is the message that told the decision; `said` are all others."""

    complaint: Complaint
    ticket: Ticket
    said: Sequence[Words]
    answer: Words | None
    acknowledge_by: datetime | None = None
    decide_by: datetime | None = None

    @property
    def number(self) -> str:
        return number_of(self.ticket)


def progress(session: Session, ticket_id: int, promises: Promises) -> Progress:
    """Raises NotFound."""
    complaint, ticket = session.get(Complaint, ticket_id), session.get(Ticket, ticket_id)
    if complaint is None or ticket is None:
        raise NotFound("There is nothing at this address.")
    words = _words(session, ticket_id)
    promised = promises(session, ticket_id)
    return Progress(
        complaint,
        ticket,
        said=[one for one in words if one.message.id != complaint.answer_id],
        answer=next((one for one in words if one.message.id == complaint.answer_id), None),
        acknowledge_by=promised.get("complaint_ack") or complaint.acknowledge_by,
        decide_by=complaint.answer_by
        if complaint.extended_at
        else promised.get("complaint_final", complaint.answer_by),
    )


def category_of(session: Session, complaint: Complaint, language: str) -> str:
    return called(session, complaint.category, language)


def filed_with(session: Session, key: str) -> Complaint | None:
    """The complaint that this form was sent for before."""
    return session.exec(select(Complaint).where(Complaint.client_id == key)).first()


def uploads(session: Session, uploader: str, ids: Sequence[int]) -> Sequence[Attachment]:
    """Those of these files that came with an earlier try of the form, and still wait for its message."""
    mine = select(Attachment).where(Attachment.uploaded_by == uploader, col(Attachment.id).in_(ids))
    return session.exec(mine.where(col(Attachment.message_id).is_(None)).order_by(col(Attachment.id))).all()


def public_file(session: Session, file_id: int, ticket_id: int) -> Attachment:
    """A file that stands in what was said to the customer, or by them. Raises NotFound for any other."""
    row = session.get(Attachment, file_id)
    message = session.get(Message, row.message_id) if row is not None and row.message_id is not None else None
    if row is None or message is None or message.ticket_id != ticket_id or message.kind not in PUBLIC:
        raise NotFound("This file does not exist any more.")
    return row


def _words(session: Session, ticket_id: int) -> list[Words]:
    """Oldest first."""
    mine = select(Message).where(Message.ticket_id == ticket_id, col(Message.kind).in_(PUBLIC))
    newest = session.exec(mine.order_by(col(Message.seq).desc()).limit(MOST_WORDS)).all()
    files = files_of(session, newest)
    return [Words(message, files.get(message.id, ())) for message in reversed(newest)]
