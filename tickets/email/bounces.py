"""What a server says about a mail of ours: it did not arrive, not yet, or it did; whom that is about, and why."""

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
from tickets.email.report_parts import any_delivery_part, delivery_parts, is_delivery_report
from tickets.email.transfer import content_of
from tickets.text import one_line

_ID = re.compile(r"^message-id:\s{0,5}(<[^<>\s]{1,996}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY = re.compile(r"[^;]{0,40};\s{0,9}(?:.{0,200}? said: )?<?([45])[0-5]\d\b", re.IGNORECASE)  # RFC 5321, 4.2.1
_ANGLED = re.compile(r"<([^<>\s]{1,300})>")
_COMMENT = re.compile(r"\([^()]{0,400}\)")
_ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}  # RFC 3464, 2.3.3
_MOST_BLOCKS = 50
_RECIPIENTS = ("original-recipient", "final-recipient", "x-actual-recipient")  # the first is whom the sender named
_WHOLE = {"message/rfc822", "message/global"}
_COPIES = _WHOLE | {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
_EMPTY_LINES = re.compile(rb"\n(?:[ \t]{0,80}\r?\n)+")
_LONGEST = 64 * 1024


class Bounce(msgspec.Struct, frozen=True, kw_only=True):
    """About one mail of ours. `failed` are those it will not reach any more; a mere delay has none.

    A server that names nobody means everybody, unless nobody understands it: then there is no status either.
    """

    mail_id: str  # its Message-ID; empty where the server did not say
    about: list[str]  # whom it was for
    failed: list[str]
    status: str  # the first enhanced code, like 5.2.2 (RFC 3463); empty where none is known
    said: str  # in the other server's words

    @property
    def hard(self) -> bool:
        """It will not arrive however often it is sent. What only ran out of time may (RFC 3463, 2)."""
        return self.status.startswith("5") and bool(self.failed or not self.about)


def bounce_of(whole: Part, head: Head, text: str, first: str) -> Bounce | None:
    """None for a mail that is no delivery report. `text`: its words; `first`: those of the first part of it."""
    parts = list(leaves(whole))
    reports = delivery_parts(whole, head, first)
    by_name = bool(reports) or is_delivery_report(whole)
    if not by_name and (any_delivery_part(parts) or not free_reports.is_report(head, text)):
        return None
    mail_id = next((id for part in parts if (id := _original(part))), "")
    blocks = [dict(_fields(block)) for block in _blocks(reports[0])] if reports else []
    by_the_book = _by_the_book(blocks, mail_id)
    if by_the_book.about:
        return by_the_book
    told = _freely_told(head, text, mail_id, blocks)
    understood = any("action" in block for block in blocks) or free_reports.is_understood(head, text)
    return told if understood else msgspec.structs.replace(told, about=[], failed=[], status="")


def untold(head: Head, text: str, sent_to: Sequence[str]) -> Bounce:
    """What a server says in words that nobody understands, of a mail that is known otherwise: it failed, unless it
    speaks of a delay; for those of `sent_to` (in lower case) whom it names, or the only one. It is never hard.
    """
    found = _freely_told(head, text, "", [])
    about = [one for one in found.about if one in sent_to] or (list(sent_to) if len(sent_to) == 1 else [])
    failed = about if found.status.startswith("5") else []
    return Bounce(mail_id="", about=about, failed=failed, status="", said=one_line(text, 300))


def _by_the_book(blocks: list[dict[str, str]], mail_id: str) -> Bounce:
    failed = [block for block in blocks if _failed(block)]
    told = next(iter([*failed, *(block for block in blocks if "status" in block)]), {})
    return Bounce(
        mail_id=mail_id,
        about=_addresses(blocks),
        failed=_addresses(failed),
        status=_why_it_failed(told) if failed else _enhanced(told, "status"),
        said=one_line(told.get("diagnostic-code", "").partition(";")[2].strip(), 300),
    )


def _freely_told(head: Head, text: str, mail_id: str, blocks: list[dict[str, str]]) -> Bounce:
    """In the words above, where the fields below name nobody; what they say of all is believed."""
    people = free_reports.recipients(head, text)
    status = free_reports.status(text, head.subject)
    told = next((block for block in blocks if block.get("action") in _ACTIONS), {})
    if told:
        milder = _enhanced(told, "status") if not _enhanced(told, "status").startswith("5") else ""
        status = _why_it_failed(told) if _failed(told) else milder or "4.0.0"
    failed = people if status.startswith("5") else []
    return Bounce(mail_id=mail_id or free_reports.mail_id(text), about=people, failed=failed, status=status, said="")


def _failed(block: dict[str, str]) -> bool:
    action = block.get("action", "")
    return action.startswith("fail") or (action not in _ACTIONS and block.get("status", "").startswith("5"))


def _why_it_failed(block: dict[str, str]) -> str:
    """Where the server that tells of it and the one that refused it disagree, it is not for good (RFC 3463, 2).

    5.0.0 and 4.0.0 say nothing: there the other server's words are all that is known.
    """
    told, reply = _enhanced(block, "status"), _REPLY.match(block.get("diagnostic-code", ""))
    codes = [code for code in (told, _enhanced(block, "diagnostic-code")) if code]
    codes += [f"{reply[1]}.0.0"] if reply else []
    telling = [code for code in codes if not code.endswith(".0.0")]
    classes = [code[0] for code in codes if code != told or code in telling or len(codes) == 1]
    why = next(iter([*telling, *codes]), "5.0.0")
    return ("4" if "4" in classes else "5") + why[1:]


def _enhanced(block: dict[str, str], field: str) -> str:
    found = _STATUS.search(block.get(field, ""))
    return found[0] if found else ""


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
            yield name.lower(), text if name.lower() == "diagnostic-code" else _without_comments(name.lower(), text)


def _without_comments(name: str, text: str) -> str:
    """RFC 3464, 2.1.1: they may stand in any field, one inside of another."""
    before = ""
    while before != text:
        before, text = text, _COMMENT.sub(" ", text)
    words = text.strip()
    return words.strip(" .;").lower() if name == "action" else words


def _names(block: dict[str, str]) -> Iterator[str]:
    for name in _RECIPIENTS:
        kind, separator, told = block.get(name, "").partition(";")
        told = (told if separator else kind).strip()
        angled = _ANGLED.search(told)
        address = one_line(angled[1] if angled else told.strip("<>"), 254).lower()
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
