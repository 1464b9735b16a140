"""Writes a mail as it goes over the wire: headers that nobody can break out of, text, and a plain page of the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from tickets.email.heading import heading, people, words
from tickets.email.signature import NO_SIGNATURE, Signature
from tickets.text import one_line

_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]}，。；：！？）】」』]")
SEPARATOR = "-- "  # by which mail programs know where the signature begins (RFC 3676 4.3)
_SAFE_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


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
    signature: Signature = NO_SIGNATURE


def compose(letter: Letter) -> bytes:
    """The mail as bytes with CRLF (RFC 5322). Raises ValueError for an address that cannot stand in a header."""
    return heading(_headers(letter)) + _content(letter).as_bytes()


def as_html(text: str, language: str = "", signature: Signature = NO_SIGNATURE) -> str:
    """The same words as a page: paragraphs, line breaks, and links that can be clicked. Everything else is literal."""
    body = paragraphs(text) + _signed(signature)
    head = f'<html lang="{language}">' if _LANGUAGE.fullmatch(language) else "<html>"
    page = f'<head><meta charset="utf-8"></head>\n<body dir="auto">\n{body}\n</body>'
    return f"<!doctype html>\n{head}{page}</html>\n"


def paragraphs(text: str) -> str:
    """Plain words as HTML that shows the same."""
    parts = re.split(r"\n[ \t]*\n", text.strip("\n"))
    return "\n".join(f"<p>{'<br>'.join(map(_linked, part.splitlines()))}</p>" for part in parts)


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


def _headers(letter: Letter) -> list[tuple[str, Sequence[str]]]:
    (name, address), (to_name, to_address) = letter.sender, letter.to
    return [
        ("Date", [format_datetime(letter.date)]),
        ("From", people([(name, wire_address(address))])),
        ("To", people([(to_name, wire_address(to_address))])),
        ("Cc", people(("", wire_address(copy)) for copy in letter.cc)),
        ("Reply-To", people([(name, wire_address(letter.reply_to))] if letter.reply_to else [])),
        ("Subject", words(letter.subject)),
        ("Message-ID", [letter.mail_id]),
        ("In-Reply-To", [letter.in_reply_to] if letter.in_reply_to else []),
        ("References", letter.references),
        ("Content-Language", [letter.language] if _LANGUAGE.fullmatch(letter.language) else []),
        *(_automated(is_answer=bool(letter.in_reply_to)) if letter.automated else []),
    ]


def _automated(*, is_answer: bool) -> list[tuple[str, Sequence[str]]]:
    """Nobody's machine should answer this (RFC 3834 5, and what Exchange asks for)."""
    return [
        ("Auto-Submitted", ["auto-replied" if is_answer else "auto-generated"]),
        ("X-Auto-Response-Suppress", ["All"]),
    ]


def _content(letter: Letter) -> EmailMessage:
    text = letter.text.encode("utf-8", "replace").decode()
    mail = EmailMessage(SMTP)
    plain = f"{text.rstrip()}\n\n{SEPARATOR}\n{letter.signature.text}\n" if letter.signature.text else text
    page = as_html(text, letter.language, letter.signature)
    mail.set_content(plain, charset="utf-8", cte="quoted-printable")
    mail.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
    for file in letter.files:
        _enclose(mail, file)
    return mail


def _enclose(mail: EmailMessage, file: Enclosure) -> None:
    kind = file.type if _SAFE_TYPE.fullmatch(file.type) else "application/octet-stream"
    maintype, _, subtype = kind.partition("/")
    if maintype in {"text", "message", "multipart"}:  # sent as it is, byte for byte, and opened by nobody's reader
        maintype, subtype = "application", "octet-stream"
    mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=one_line(file.name, 200) or "file")


def _signed(signature: Signature) -> str:
    """Under the words, set off as plain text sets it off."""
    shown = signature.html or (paragraphs(signature.text) if signature.text else "")
    return f'\n<div class="signature"><p>{SEPARATOR}</p>\n{shown}</div>' if shown else ""


def _linked(line: str) -> str:
    found, end = "", 0
    for link in _LINK.finditer(line):
        address = escape(link[0])
        found += f'{escape(line[end : link.start()])}<a href="{address}">{address}</a>'
        end = link.end()
    return found + escape(line[end:])
