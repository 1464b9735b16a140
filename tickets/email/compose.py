"""Writes a mail as it goes over the wire: headers that nobody can break out of, text, and a plain page of the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from html import escape

from tickets.text import one_line

_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]}，。；：！？）】」』]")
_SAFE_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
LONGEST_DISPLAY = 100


@dataclass(frozen=True)
class Enclosure:
    """A file that goes along."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A mail in plain values. Addresses are pairs of name and address; ids carry their angle brackets."""

    sender: tuple[str, str]
    to: tuple[str, str]
    subject: str
    text: str
    mail_id: str
    date: datetime
    cc: Sequence[str] = ()
    reply_to: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    language: str = ""
    automated: bool = False
    files: Sequence[Enclosure] = ()


def compose(letter: Letter) -> bytes:
    """The mail as bytes with CRLF (RFC 5322). Raises ValueError for an address that cannot stand in a header."""
    mail = EmailMessage(_POLICY)
    mail["Date"] = format_datetime(letter.date)
    mail["From"] = _address(*letter.sender)
    mail["To"] = _address(*letter.to)
    if letter.cc:
        mail["Cc"] = [_address("", address) for address in letter.cc]
    if letter.reply_to:
        mail["Reply-To"] = _address(letter.sender[0], letter.reply_to)
    mail["Subject"] = one_line(letter.subject, 1000)
    mail["Message-ID"] = letter.mail_id
    if letter.in_reply_to:
        mail["In-Reply-To"] = letter.in_reply_to
    if letter.references:
        mail["References"] = " ".join(letter.references)
    if letter.language:
        mail["Content-Language"] = one_line(letter.language, 20)
    if letter.automated:
        _say_automated(mail, is_answer=bool(letter.in_reply_to))
    mail.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    mail.add_alternative(as_html(letter.text, letter.language), subtype="html", charset="utf-8", cte="quoted-printable")
    for file in letter.files:
        _enclose(mail, file)
    return mail.as_bytes()


def as_html(text: str, language: str = "") -> str:
    """The same words as a page: paragraphs, line breaks, and links that can be clicked. Everything else is literal."""
    paragraphs = re.split(r"\n[ \t]*\n", text.strip("\n"))
    body = "\n".join(f"<p>{'<br>'.join(map(_linked, part.splitlines()))}</p>" for part in paragraphs)
    head = f'<html lang="{escape(language)}">' if language else "<html>"
    page = f'<head><meta charset="utf-8"></head>\n<body dir="auto">\n{body}\n</body>'
    return f"<!doctype html>\n{head}{page}</html>\n"


class _Ids(UnstructuredHeader):
    """Message ids, one a line: folding must never break or encode one (RFC 5322 3.6.4)."""

    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + policy.linesep


def _headers() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references"):
        registry.map_to_type(name, _Ids)  # type: ignore[arg-type]
    return registry


_POLICY = SMTP.clone(header_factory=_headers(), max_line_length=78)


def wire_address(address: str) -> str:
    """An address as it travels: its domain in punycode (RFC 5890). Raises ValueError where it cannot.

    Letters beyond ASCII before the @ would need relays that all know SMTPUTF8 (RFC 6531), which few do.
    """
    if address.isascii():
        return address
    from email_validator import validate_email

    known = validate_email(address, check_deliverability=False).ascii_email
    if known is None:
        raise ValueError("no address in ASCII")
    return known


def _address(name: str, address: str) -> Address:
    local, _, host = wire_address(address).rpartition("@")
    return Address(one_line(name, LONGEST_DISPLAY), local, host)


def _say_automated(mail: EmailMessage, *, is_answer: bool) -> None:
    """Nobody's machine should answer this (RFC 3834 5, and what Exchange asks for)."""
    mail["Auto-Submitted"] = "auto-replied" if is_answer else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"


def _enclose(mail: EmailMessage, file: Enclosure) -> None:
    kind = file.type if _SAFE_TYPE.fullmatch(file.type) else "application/octet-stream"
    maintype, _, subtype = kind.partition("/")
    if maintype in {"text", "message", "multipart"}:  # sent as it is, byte for byte, and opened by nobody's reader
        maintype, subtype = "application", "octet-stream"
    mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=one_line(file.name, 200) or "file")


def _linked(line: str) -> str:
    found, end = "", 0
    for link in _LINK.finditer(line):
        address = escape(link[0])
        found += f'{escape(line[end : link.start()])}<a href="{address}">{address}</a>'
        end = link.end()
    return found + escape(line[end:])
