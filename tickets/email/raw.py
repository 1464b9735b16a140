"""Every mail as it came, stored before anybody looks into it: nothing that arrived is ever lost or read twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint, bindparam, update
from sqlmodel import Field, Session, col, select

from tickets.change import Change
from tickets.errors import Conflict
from tickets.files.store import Stored
from tickets.moment import Moment
from tickets.table import Swift

LEASE = timedelta(seconds=60)  # how long a reader may take before another one may try
MOST_TRIES = 3
MOST_ADDRESSES = 20  # of one mail that are written down
# What says the same however often and along whichever way a mail comes. Received, Return-Path and the like do not.
_STABLE = re.compile(
    rb"^(from|sender|reply-to|to|cc|subject|date|message-id|in-reply-to|references|mime-version|content-[a-z-]+):", re.I
)


class RawState(StrEnum):
    RECEIVED = "received"
    DONE = "done"
    QUARANTINED = "quarantined"


class RawMail(Swift, table=True):
    """One mail to one mailbox. Its bytes lie in the file store under `sha256`; the row is committed before the 250."""

    __tablename__ = "raw_mail"
    __table_args__ = (
        UniqueConstraint("mailbox_id", "fingerprint", name="uq_raw_mail_fingerprint"),
        Index("ix_raw_mail_line", "state", "received_at", "id"),
        Index("ix_raw_mail_mailbox", "mailbox_id", "received_at", "id"),
        Index("ix_raw_mail_author", "author", "received_at"),
        Index("ix_raw_mail_sha256", "sha256"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    mailbox_id: int
    sender: str  # of the envelope; empty: a bounce
    recipients: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # of the envelope
    sha256: str
    fingerprint: str  # of what is the same when the same mail comes again
    size: int  # bytes
    received_at: datetime = Field(sa_type=Moment)
    state: str = RawState.RECEIVED.value
    attempts: int = 0  # readings that failed
    lease_until: datetime | None = Field(default=None, sa_type=Moment)  # somebody reads it until then
    why: str = Field(default="", sa_column=Column(Text, nullable=False))  # it was quarantined
    author: str = ""  # the From address, once it was read
    opened: bool = False  # it opened a ticket
    ticket_id: int | None = None
    message_id: int | None = None
    duplicates: int = 0  # how often the same mail came again


def fingerprint(content: bytes) -> str:
    """The same for the same mail, whichever way it came: its body and the headers that nobody on the way touches."""
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    stable = sorted(line for line in _unfolded(head) if _STABLE.match(line))
    return hashlib.sha256(b"\n".join([*stable, b"", body.rstrip()])).hexdigest()


def _unfolded(head: bytes) -> list[bytes]:
    """Header lines, each on one line with single spaces (RFC 5322, 2.2.3)."""
    lines: list[bytes] = []
    for line in head.split(b"\n"):
        if line[:1] in b" \t" and lines:
            lines[-1] += b" " + line
        else:
            lines.append(line)
    return [b" ".join(line.split()) for line in lines]


@dataclass(frozen=True)
class Envelope:
    """Who handed it over for whom (RFC 5321): these addresses, by the mailbox that they belong to."""

    sender: str
    recipients: Mapping[int, Sequence[str]]


def accept(change: Change, envelope: Envelope, stored: Stored, fingerprint: str) -> list[int]:
    """Write it down, once for each mailbox; the same mail again only raises a counter. Returns the rows' ids."""
    return [
        _accepted(change, mailbox_id, addresses, envelope.sender, stored, fingerprint)
        for mailbox_id, addresses in envelope.recipients.items()
    ]


def _accepted(
    change: Change, mailbox_id: int, addresses: Sequence[str], sender: str, stored: Stored, fingerprint: str
) -> int:
    known = change.peek(RawMail, _KNOWN, mailbox_id=mailbox_id, fingerprint=fingerprint)
    row = next(iter(known), None)
    if row is not None:
        row.duplicates += 1
        return row.id
    row = RawMail(
        id=change.new_id(),
        mailbox_id=mailbox_id,
        sender=sender,
        recipients=list(addresses)[:MOST_ADDRESSES],
        sha256=stored.sha256,
        fingerprint=fingerprint,
        size=stored.size,
        received_at=change.now,
    )
    return change.add(row).id


_KNOWN = select(RawMail).where(
    col(RawMail.mailbox_id) == bindparam("mailbox_id"), col(RawMail.fingerprint) == bindparam("fingerprint")
)


@dataclass(frozen=True)
class Leased:
    """A mail that is being read by whoever holds this. Another reader may try after `until`."""

    id: int
    sha256: str
    size: int
    until: datetime


def lease(change: Change, most: int) -> list[Leased]:
    """The oldest mails that nobody is reading, to read them."""
    free = (col(RawMail.lease_until).is_(None)) | (col(RawMail.lease_until) <= change.now)
    waiting = select(RawMail.id).where(RawMail.state == RawState.RECEIVED.value, free)
    oldest = change.rows(waiting.order_by(col(RawMail.received_at), col(RawMail.id)).limit(most))
    found = sorted(change.find_all(RawMail, oldest), key=lambda row: oldest.index(row.id))
    for row in found:
        row.lease_until = change.now + LEASE
    return [Leased(row.id, row.sha256, row.size, change.now + LEASE) for row in found]


def held(change: Change, leased: Leased) -> RawMail | None:
    """The row, if this lease is still the one that counts; else somebody else has it, or is done with it."""
    row = change.find(RawMail, leased.id)
    mine = row is not None and row.state == RawState.RECEIVED.value and row.lease_until == leased.until
    return row if mine else None


def give_back(change: Change, leases: Sequence[Leased]) -> None:
    """Not read after all; no try is counted."""
    for leased in leases:
        row = held(change, leased)
        if row is not None:
            row.lease_until = None


def free_all(change: Change) -> None:
    """Nobody reads anything: what a process that died had begun is free at once. For desks of one process."""
    held = update(RawMail).where(col(RawMail.state) == RawState.RECEIVED.value, col(RawMail.lease_until).is_not(None))
    change.claim(held.values(lease_until=None))


def quarantine(change: Change, row: RawMail, why: str) -> None:
    row.state, row.why, row.lease_until = RawState.QUARANTINED.value, why, None


def read_again(change: Change, raw_id: int) -> RawMail:
    """An agent asks for another try at a mail that was put aside."""
    row = change.take(RawMail, raw_id)
    if row.state != RawState.QUARANTINED:
        raise Conflict("This mail has already been read.")
    row.state, row.why, row.attempts, row.lease_until = RawState.RECEIVED.value, "", 0, None
    return row


def used(session: Session, hashes: Collection[str]) -> set[str]:
    """Which of these contents are mails as they came."""
    return set(session.exec(select(RawMail.sha256).where(col(RawMail.sha256).in_(hashes))))
