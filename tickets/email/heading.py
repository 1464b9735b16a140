"""Writes the head of a mail: whatever somebody's name or subject is, it is that header's words and nothing else.

By hand, because the standard library's folding loses and adds spaces in words that are not ASCII (Python 3.11).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence

from tickets.text import one_line

LONGEST_NAME = 100
LONGEST_TEXT = 1000  # characters
LINE = 76  # characters that a line should not go beyond (RFC 5322 2.1.1 allows 78)
_PIECE = 45  # bytes in one encoded word, which is at most 75 characters long (RFC 2047 2)

_PLAIN = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.:\[\]-]+")


def heading(headers: Iterable[tuple[str, Sequence[str]]]) -> bytes:
    """Lines with CRLF. Each header is a name and pieces that may stand on lines of their own; without any it is left
    out."""
    return "".join(_folded(name, pieces) for name, pieces in headers if pieces).encode("ascii")


def words(text: str) -> list[str]:
    """A subject, or any text (RFC 5322 2.2.1): its words, or all of it encoded where a word would not do."""
    text = one_line(text, LONGEST_TEXT)
    plain = text.split()
    fits = _PLAIN.fullmatch(text) and "=?" not in text and all(len(word) < LINE for word in plain)
    return plain if fits else [*_encoded(text)]


def people(told: Iterable[tuple[str, str]]) -> list[str]:
    """Names and addresses (RFC 5322 3.4). Raises ValueError for what is no address in ASCII."""
    pieces: list[str] = []
    for name, address in told:
        if not _ADDRESS.fullmatch(address):
            raise ValueError("no address in ASCII")
        if pieces:
            pieces[-1] += ","
        phrase = _phrase(one_line(name, LONGEST_NAME))
        pieces += [*phrase, f"<{address}>"] if phrase else [address]
    return pieces


def _phrase(name: str) -> list[str]:
    if not name:
        return []
    if not _PLAIN.fullmatch(name) or "=?" in name:
        return [*_encoded(name)]
    if _ATOMS.fullmatch(name):
        return name.split()
    return ['"' + re.sub(r'(["\\])', r"\\\1", name) + '"']


def _encoded(text: str) -> Iterator[str]:
    """Encoded words (RFC 2047); what stands between two of them is not part of the text."""
    piece = b""
    for character in text:
        letter = character.encode()
        if len(piece) + len(letter) > _PIECE:
            yield _word(piece)
            piece = b""
        piece += letter
    if piece:
        yield _word(piece)


def _word(piece: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(piece).decode()}?="


def _folded(name: str, pieces: Sequence[str]) -> str:
    lines = [f"{name}:"]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) > LINE and len(lines[-1]) > len(name) + 1:
            lines.append("")
        lines[-1] += f" {piece}"
    return "\r\n".join(lines) + "\r\n"
