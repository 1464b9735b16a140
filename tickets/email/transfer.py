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
_OF_PAGES = bytes.maketrans(b"-_", b"+/")
_BEHIND = re.compile(rb"(?<==)[ \t][^\r\n]+")  # a remark behind the padding
_MOST_STRANGE = 0.05  # of the letters; what has more is no Base64
_UU = {"x-uuencode", "uuencode", "uue", "x-uue"}
_MEANT = (  # however it is spelled
    ("quoted-printable", re.compile(r"(x-)?q(uoted)?[-_ ]?p(rint[aei]?bles?)?\b|quoted")),
    ("base64", re.compile(r"(x-)?base[-_ ]?64")),
)
_SOFT = re.compile(rb"=[ \t]{1,80}(?=\r?\n)")  # a line that goes on, with blanks behind the mark of it
# Nobody says so, but no equals sign means itself, and lines go on.
_IS_QUOTED = re.compile(rb"(?=(?:[^=]|=[^\r\n]){0,4000}=\r?\n)(?:[\t\r\n -<>-~]++|=(?:[0-9A-F]{2}|\r?\n))++")
_ESCAPE = re.compile(rb"=[0-9A-F]{2}")
_LETTERS = re.compile(rb"[A-Za-z0-9+/]{1,2000}={0,2}")  # a line of Base64
_LEAST = 16  # of its letters between words
_LONG = 40  # a line that is no word


def encoding_of(part: Part) -> str:
    """In lower case, without what some write around it; empty where nothing is said."""
    with suppress(*BROKEN):
        several = [*map(str, part.head.get_all("content-transfer-encoding", []))]
        told = max(several, key=_says_how, default="").lower().split(";")[0].strip(" \t\r\n\"'")
        return next(
            (name for name, spelled in _MEANT if spelled.match(told)), told.split()[0].strip("\"'") if told else ""
        )
    return ""


def _says_how(told: str) -> bool:
    return any(spelled.match(told.lower().strip(" \t\"'")) for _, spelled in _MEANT)


def content_of(part: Part, *, is_text: bool = False) -> bytes:
    """What was sent, with what else can be saved: what spilled above it, a lost padding, what is uuencoded.

    Of a text also what a mailing list wrote above or below its Base64 in plain words.
    """
    carried = part.spilled + part.body
    encoding = encoding_of(part)
    if encoding == "base64":
        above, letters, below = _among_words(_BEHIND.sub(b"", carried))
        if above or below:
            part.defects.append(_BAD_LETTERS)
        content = b"".join(_from_base64(letters, part.defects))
        return b"\n".join(filter(None, (above, content, below))) if is_text else content
    if encoding in _UU:
        with suppress(ValueError, IndexError):
            return contents(carried)
    if is_text and not encoding and _ESCAPE.search(carried) and _IS_QUOTED.fullmatch(carried):
        encoding = "quoted-printable"
    return _decoded(carried, encoding)


def by_the_book(part: Part) -> bytes:
    """The body alone, by the encodings that the RFC knows; of Base64 what is complete."""
    encoding = encoding_of(part)
    return _from_base64(part.body, [])[0] if encoding == "base64" else _decoded(part.body, encoding)


def _decoded(body: bytes, encoding: str) -> bytes:
    return binascii.a2b_qp(_SOFT.sub(b"=", body)) if encoding == "quoted-printable" else body


def _among_words(body: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands above the Base64, that, and what stands below; where they cannot be told apart it is all Base64."""
    if b" " not in body.strip() and not body.translate(None, _ALPHABET + b"= \t\r\n"):
        return b"", body, b""
    lines = [line.strip() for line in body.splitlines()]
    fit = [bool(_LETTERS.fullmatch(line)) for line in lines]
    begin = next((at for at, line in enumerate(lines) if fit[at] and _may_begin(lines, at)), None)
    end = _end_of_base64(lines, fit, begin) if begin is not None else 0
    if begin is None or not end or any(fit[at] and len(lines[at]) >= _LONG for at in range(end, len(lines))):
        return b"", body, b""
    above, letters, below = (b"\n".join(part) for part in (lines[:begin], lines[begin:end], lines[end:]))
    return above.strip(), letters, below.strip()


def _may_begin(lines: list[bytes], at: int) -> bool:
    """A line that is no word; or a shorter one that is a whole text."""
    return len(lines[at]) >= _LONG or (len(lines[at]) >= _LEAST and len(lines[at]) % 4 == 0)


def _end_of_base64(lines: list[bytes], fit: list[bool], begin: int) -> int:
    """Its lines are of one length, but for the last one. 0 where it ends nowhere."""
    at = begin
    while at < len(lines) and fit[at] and len(lines[at]) == len(lines[begin]) and not lines[at].endswith(b"="):
        at += 1
    whole = sum(map(len, lines[begin:at])) % 4 == 0
    if at < len(lines) and fit[at] and (sum(map(len, lines[begin : at + 1])) % 4 == 0 or not whole):
        at += 1
    return at if whole or sum(map(len, lines[begin:at])) % 4 == 0 or lines[at - 1].endswith(b"=") else 0


def _from_base64(body: bytes, defects: list[str]) -> tuple[bytes, bytes]:
    """The whole bytes, and those of an end that has no padding.

    Letters that are none of it are left out (RFC 2045, 6.8), unless there are so many that it is something else; where
    it ends and begins again, both are read.
    """
    strange = len(body.translate(None, _ALPHABET + b"= \t\r\n"))
    if strange and strange == body.count(b"-") + body.count(b"_"):  # as in addresses of pages (RFC 4648, 5)
        body, strange = body.translate(_OF_PAGES), 0
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
