"""What the headers of a mail are most likely written in where they do not say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import EmailMessage

from tickets.email.charsets import says_what, seems
from tickets.email.mime import Part
from tickets.email.parts import param
from tickets.email.transfer import content_of

_WORD = re.compile(r"=\?([^?\s]{1,60})\?[bq]\?", re.IGNORECASE)
_MOST = 16 * 1024  # bytes of each that are looked at


def nearby(head: EmailMessage, texts: Sequence[Part]) -> str:
    """The encoding of the mail's text, as declared; of another header, where that names one; else the one that the
    bytes of all of them together look like. Empty where nothing tells, or nothing needs to be told.
    """
    told = [charset for part in texts if (charset := param(part, "charset"))]
    raw = [value for _, value in head.raw_items() if _is_unlabelled(value)]
    if not raw:
        return next(iter(told), "")
    named = [charset for _, value in head.raw_items() for charset in _WORD.findall(str(value)[:_MOST])]
    known = next((charset for charset in [*told, *named] if says_what(charset)), "")
    return known or seems([*map(_bytes, raw), *(content_of(part)[:_MOST] for part in texts)])


def _is_unlabelled(value: object) -> bool:
    """Bytes that are neither ASCII nor UTF-8 (RFC 6532)."""
    try:
        _bytes(value).decode()
    except UnicodeDecodeError:
        return True
    return False


def _bytes(value: object) -> bytes:
    return str(value)[:_MOST].encode("utf-8", "surrogateescape")
