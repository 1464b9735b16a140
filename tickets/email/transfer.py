"""Takes the encoding off the bytes of a part in which they travelled (RFC 2045, 6; and uuencode, which is older)."""

from __future__ import annotations

import binascii
import re
from contextlib import suppress

from tickets.email.charsets import BROKEN
from tickets.email.mime import Part
from tickets.email.uuencoded import contents

_BAD_LETTERS = "InvalidBase64CharactersDefect"
_BAD_END = "InvalidBase64PaddingDefect"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes(set(range(256)) - set(_ALPHABET) - {ord("=")})
_BEHIND = re.compile(rb"(?<==)[ \t][^\r\n]+")  # a remark behind the padding
_MOST_STRANGE = 0.05  # of the letters; what has more is no Base64
_UU = {"x-uuencode", "uuencode", "uue", "x-uue"}


def encoding_of(part: Part) -> str:
    """In lower case, without what some write behind it; empty where nothing is said."""
    with suppress(*BROKEN):
        told = str(part.head.get("content-transfer-encoding", "")).lower().split(";")[0].split()
        return told[0].strip("\"'") if told else ""
    return ""


def content_of(part: Part) -> bytes:
    """What was sent, with what else can be saved: what spilled above it, a lost padding, what is uuencoded."""
    carried = part.spilled + part.body
    encoding = encoding_of(part)
    if encoding == "base64":
        whole, rest = _from_base64(_BEHIND.sub(b"", carried), part.defects)
        return whole + rest
    if encoding in _UU:
        with suppress(ValueError, IndexError):
            return contents(carried)
    return _decoded(carried, encoding)


def by_the_book(part: Part) -> bytes:
    """The body alone, by the encodings that the RFC knows; of Base64 what is complete."""
    encoding = encoding_of(part)
    return _from_base64(part.body, [])[0] if encoding == "base64" else _decoded(part.body, encoding)


def _decoded(body: bytes, encoding: str) -> bytes:
    return binascii.a2b_qp(body) if encoding == "quoted-printable" else body


def _from_base64(body: bytes, defects: list[str]) -> tuple[bytes, bytes]:
    """The whole bytes, and those of an end that has no padding.

    Letters that are none of it are left out (RFC 2045, 6.8), unless there are so many that it is something else; where
    it ends and begins again, both are read.
    """
    strange = len(body.translate(None, _ALPHABET + b"= \t\r\n"))
    if strange:
        defects.append(_BAD_LETTERS)
    if strange > _MOST_STRANGE * len(body):
        return body, b""
    *ended, last = re.split(b"=+", body.translate(None, _OTHERS))
    whole = len(last) - len(last) % 4
    if len(last) != whole:
        defects.append(_BAD_END)
    return b"".join(map(_piece, [*ended, last[:whole]])), _piece(last[whole:])


def _piece(letters: bytes) -> bytes:
    """A single letter too many says nothing: six bits are no byte."""
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
