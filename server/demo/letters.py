"""Mails of the demo's customers, as their mail programs write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime


@dataclass(frozen=True)
class Written:
    """`mail_id` has its angle brackets; `answers` are those of the thread, oldest first."""

    name: str
    address: str
    to: str
    subject: str
    text: str
    mail_id: str
    at: datetime
    html: str = ""
    answers: tuple[str, ...] = ()


def raw(written: Written) -> bytes:
    """As it goes over the wire (RFC 5322)."""
    mail = EmailMessage(policy=SMTP)
    local, _, domain = written.address.rpartition("@")
    mail["From"] = Address(written.name, local, domain)
    mail["To"] = written.to
    mail["Subject"] = written.subject
    mail["Date"] = format_datetime(written.at)
    mail["Message-ID"] = written.mail_id
    if written.answers:
        mail["In-Reply-To"] = written.answers[-1]
        mail["References"] = " ".join(written.answers)
    mail.set_content(written.text)
    if written.html:
        mail.add_alternative(written.html, subtype="html")
    return mail.as_bytes()
