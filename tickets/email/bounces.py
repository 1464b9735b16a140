"""What a server or a provider says about a mail of ours: it did not arrive, it was complained about, it was seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.message import EmailMessage

import msgspec

from tickets.email import free_reports
from tickets.email.charsets import BROKEN, plain
from tickets.email.head_block import head_block
from tickets.email.headers import Head
from tickets.email.mime import Part, leaves
from tickets.email.parts import kind_of_part
from tickets.email.transfer import content_of
from tickets.text import one_line

_ID = re.compile(r"^message-id:\s{0,5}(<[^<>\s]{1,996}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_REPORTS = {"message/delivery-status", "message/global-delivery-status"}  # RFC 3464, RFC 6533
_MOST_BLOCKS = 50
_RECIPIENTS = ("original-recipient", "final-recipient", "x-actual-recipient")  # the first is whom the sender named
_WHOLE = {"message/rfc822", "message/global"}
_COPIES = _WHOLE | {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
_EMPTY_LINES = re.compile(rb"\n(?:[ \t]{0,80}\r?\n)+")
_LONGEST = 64 * 1024


class Bounce(msgspec.Struct, frozen=True, kw_only=True):
    """About one mail of ours. `failed` are those it will not reach any more; a mere delay has none.

    A server that names nobody means everybody.
    """

    mail_id: str  # its Message-ID; empty where the server did not say
    about: list[str]  # whom it was for
    failed: list[str]
    status: str  # the first enhanced code, like 5.2.2 (RFC 3463)
    said: str  # in the other server's words

    @property
    def hard(self) -> bool:
        """It will not arrive however often it is sent. What only ran out of time may (RFC 3463, 2)."""
        return self.status.startswith("5") and bool(self.failed or not self.about)


def bounce_of(whole: Part, head: Head, text: str) -> Bounce | None:
    """None for a mail that is no delivery report. `text`: its words."""
    parts = list(leaves(whole))
    reports = [part for part in parts if kind_of_part(part) in _REPORTS]
    mail_id = next((id for part in parts if (id := _original(part))), "")
    by_the_book = _by_the_book(reports[0], mail_id) if reports else None
    if by_the_book is not None and by_the_book.about:
        return by_the_book
    return _freely_told(head, text, mail_id) if reports or free_reports.is_report(head, text) else None


def untold(head: Head, text: str, sent_to: Sequence[str]) -> Bounce:
    """What a server says in words that nobody understands, of a mail that is known otherwise: it failed, unless it
    speaks of a delay; for those of `sent_to` (in lower case) whom it names, or the only one. It is never hard.
    """
    found = _freely_told(head, text, "")
    about = [one for one in found.about if one in sent_to] or (list(sent_to) if len(sent_to) == 1 else [])
    failed = about if found.status.startswith("5") else []
    return Bounce(mail_id="", about=about, failed=failed, status="", said=one_line(text, 300))


def is_complaint(whole: Part, head: Head) -> bool:
    """Whether somebody marked a mail of ours as spam (RFC 5965, and what providers say in words of their own)."""
    kinds = {kind_of_part(part) for part in leaves(whole)}
    return "message/feedback-report" in kinds or ("message/rfc822" in kinds and free_reports.is_complaint(head))


def is_receipt(whole: Part) -> bool:
    """Whether a mail program says that a mail of ours was shown, or thrown away (RFC 8098)."""
    return any(kind_of_part(part) == "message/disposition-notification" for part in leaves(whole))


def _by_the_book(report: Part, mail_id: str) -> Bounce:
    blocks = [dict(_fields(block)) for block in _blocks(report)]
    failed = [block for block in blocks if block.get("action", "") == "failed" or _gives_up(block)]
    told = next(iter([*failed, *(block for block in blocks if "status" in block)]), {})
    code = _STATUS.search(told.get("status", "") or told.get("diagnostic-code", ""))
    return Bounce(
        mail_id=mail_id,
        about=_addresses(blocks),
        failed=_addresses(failed),
        status=code[0] if code else "5.0.0" if failed else "",
        said=one_line(told.get("diagnostic-code", "").partition(";")[2].strip(), 300),
    )


def _freely_told(head: Head, text: str, mail_id: str) -> Bounce:
    status, people = free_reports.status(text), free_reports.recipients(head, text)
    failed = people if status.startswith("5") else []
    return Bounce(mail_id=mail_id or free_reports.mail_id(text), about=people, failed=failed, status=status, said="")


def _gives_up(block: dict[str, str]) -> bool:
    return "action" not in block and block.get("status", "").strip().startswith("5")


def _addresses(blocks: list[dict[str, str]]) -> list[str]:
    """Whom we wrote to, and under what other names they are known there: an address may have been passed on."""
    return list(dict.fromkeys(address for block in blocks for address in _names(block)))


def _blocks(report: Part) -> list[EmailMessage]:
    """The one about the mail, then one for each recipient."""
    blocks = _EMPTY_LINES.split(content_of(report).strip(), _MOST_BLOCKS)[:_MOST_BLOCKS]
    return [head_block(block).head for block in blocks]


def _fields(block: EmailMessage) -> Iterator[tuple[str, str]]:
    with suppress(*BROKEN):
        for name, value in block.raw_items():
            text = plain(value)[0].strip()
            yield name.lower(), text.lower() if name.lower() == "action" else text


def _names(block: dict[str, str]) -> Iterator[str]:
    for name in _RECIPIENTS:
        kind, separator, told = block.get(name, "").partition(";")
        address = one_line((told if separator else kind).strip().strip("<>"), 254).lower()
        if "@" in address:
            yield address


def _original(part: Part) -> str:
    """The Message-ID of the mail that is sent back, whole or only its headers."""
    if kind_of_part(part) not in _COPIES:
        return ""
    content = content_of(part)[:_LONGEST]
    told = plain(head_block(content).head.get("message-id", ""))[0].strip()
    found = _ID.search(content.decode("latin-1")) if not told and kind_of_part(part) not in _WHOLE else None
    return found[1] if found else told
