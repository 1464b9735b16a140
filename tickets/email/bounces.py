"""What a mail server says about a mail of ours that it could not deliver (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage

import msgspec

from tickets.email.charsets import BROKEN, plain
from tickets.email.parts import kind_of_part, leaves
from tickets.text import one_line

_ID = re.compile(r"^message-id:\s{0,5}(<[^<>\s]{1,996}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_MOST_BLOCKS = 50
_LONGEST = 64 * 1024


class Bounce(msgspec.Struct, frozen=True, kw_only=True):
    """About one mail of ours. `failed` are those it will not reach any more; a mere delay has none."""

    mail_id: str  # its Message-ID; empty where the server did not say
    failed: list[str]
    status: str  # the first enhanced code, like 5.2.2 (RFC 3463)
    said: str  # in the other server's words


def bounce_of(message: EmailMessage) -> Bounce | None:
    """None for a mail that is no delivery report."""
    parts = list(leaves(message))
    reports = [part for part in parts if kind_of_part(part) == "message/delivery-status"]
    if kind_of_part(message) != "multipart/report" or not reports:
        return None
    blocks = [dict(_fields(block)) for block in _blocks(reports[0])]
    failed = [block for block in blocks if block.get("action", "") == "failed"]
    told = next(iter([*failed, *(block for block in blocks if "status" in block)]), {})
    code = _STATUS.search(told.get("status", ""))
    return Bounce(
        mail_id=next((id for part in parts if (id := _original(part))), ""),
        failed=[address for block in failed if (address := _address(block))],
        status=code[0] if code else "",
        said=one_line(told.get("diagnostic-code", "").partition(";")[2].strip(), 300),
    )


def _blocks(report: EmailMessage) -> list[EmailMessage]:
    """The one about the mail, then one for each recipient."""
    payload: object = report.get_payload()
    return payload[:_MOST_BLOCKS] if isinstance(payload, list) else []


def _fields(block: EmailMessage) -> Iterator[tuple[str, str]]:
    with suppress(*BROKEN):
        for name, value in block.raw_items():
            text = plain(value)[0].strip()
            yield name.lower(), text.lower() if name.lower() == "action" else text


def _address(block: dict[str, str]) -> str:
    told = block.get("final-recipient") or block.get("original-recipient") or ""
    return one_line(told.partition(";")[2].strip().strip("<>"), 254).lower()


def _original(part: EmailMessage) -> str:
    """The Message-ID of the mail that is sent back, whole or only its headers."""
    if kind_of_part(part) not in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
        return ""
    payload: object = part.get_payload()
    if isinstance(payload, list) and payload:
        return next(
            (plain(value)[0].strip() for name, value in payload[0].raw_items() if name.lower() == "message-id"), ""
        )
    data = part.get_payload(decode=True)
    found = _ID.search(data[:_LONGEST].decode("latin-1")) if isinstance(data, bytes) else None
    return found[1] if found else ""
