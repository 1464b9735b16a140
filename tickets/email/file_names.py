"""What the sender called a file: a plain name, or one in pieces that says its charset (RFC 2231)."""

from __future__ import annotations

import re
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import unquote_to_bytes

from tickets.email.charsets import BROKEN, decoded, plain
from tickets.email.encoded_words import worded

_LONGEST = 4096  # characters of the header
_PARAMETER = re.compile(
    r";\s*(?:file)?name(\*\d{1,3})?(\*)?\s*=\s*(?:\"((?:[^\"\\]|\\.){0,2000})\"|([^;]{0,2000}))", re.IGNORECASE
)
_SAYS_CHARSET = re.compile(r"([A-Za-z0-9_.:-]{0,40})'[^']{0,40}'(.*)", re.DOTALL)


def file_name(head: EmailMessage) -> str:
    """Empty where they did not call it anything."""
    with suppress(*BROKEN):
        for header in ("content-disposition", "content-type"):
            told = str(head.get(header, ""))[:_LONGEST]
            if "*" in told and (name := _in_pieces(told)):
                return name
        name = worded(plain(head.get_filename() or "")[0])[0]
        return name.strip('"') if name.count('"') == 1 else name  # one that was opened, and never closed
    return ""


def _in_pieces(told: str) -> str:
    """One that says its charset comes before the plain one beside it, which is there for old programs."""
    pieces = [
        (int(number[1:]) if number else 0, bool(number or star), _unquoted(quoted) if quoted else bare.strip())
        for number, star, quoted, bare in _PARAMETER.findall(told)
    ]
    told = "".join(text for _, extended, text in sorted(pieces, key=lambda piece: piece[0]) if extended)
    found = _SAYS_CHARSET.fullmatch(told)
    charset, name = (found[1], found[2]) if found else ("", told)
    if not found and "%" not in name:
        return worded(plain(name)[0])[0]
    return worded(decoded(unquote_to_bytes(name), charset)[0])[0]


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
