"""Words of a header that were encoded to travel as ASCII (RFC 2047), and what is left of them after bad programs."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from contextlib import suppress

from tickets.email.charsets import decoded, encodes_as

_LONGEST_HEADER = 16 * 1024  # characters that are looked at
_CHARSET, _BODY = r"=\?[^?\s]{0,60}\?[bq]\?", r"[^?\r\n]{0,8000}"
_END = r"(?:\?=|\??$)"  # the last word of a header may have lost its own
_RUN = re.compile(rf"(?:{_CHARSET}{_BODY}\?=[ \t]*)*{_CHARSET}{_BODY}{_END}", re.IGNORECASE)
_WORD = re.compile(rf"=\?([^?\s]{{0,60}})\?([bq])\?({_BODY}){_END}", re.IGNORECASE)
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_DEEPEST = 2  # some programs encode what is encoded already


def worded(text: str) -> tuple[str, bool]:
    """A header with its encoded words decoded; and whether one of their charsets had to be guessed."""
    guessed = False

    def read(run: re.Match[str]) -> str:
        nonlocal guessed
        text, one_guessed = _read(run[0])
        guessed |= one_guessed
        return text

    for _ in range(_DEEPEST):
        if "=?" not in text:
            break
        text = _RUN.sub(read, text[:_LONGEST_HEADER])
    return text, guessed


def set_aside(text: str) -> tuple[str, Callable[[str], str]]:
    """The header with a plain word in place of the encoded ones, for a grammar that must not see what they say; and
    what puts them back, decoded.
    """
    kept: list[str] = []
    marker = next(letters for letters in ("qzxw", "wxzqk", "zzkqwx") if letters not in text.lower())

    def keep(run: re.Match[str]) -> str:
        kept.append(run[0])
        return f"{marker}{len(kept) - 1}q"

    def put_back(text: str) -> str:
        return re.sub(rf"{marker}(\d{{1,4}})q", lambda found: kept[int(found[1])], text)

    return _RUN.sub(keep, text) if "=?" in text else text, put_back


def _read(run: str) -> tuple[str, bool]:
    """Neighbours in one charset are joined as bytes: some programs cut in the middle of a character."""
    texts: list[str] = []
    guessed = False
    words = [(charset, _bytes(kind, body, charset)) for charset, kind, body in _WORD.findall(run)]
    while words:
        charset, data = words.pop(0)
        while words and words[0][0].lower() == charset.lower():
            data += words.pop(0)[1]
        text, one_guessed = decoded(data, charset)
        texts.append(text)
        guessed |= one_guessed
    return "".join(texts), guessed


def _bytes(kind: str, body: str, charset: str) -> bytes:
    if kind in "bB":
        letters = _NO_BASE64.sub("", body)
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]  # six bits are no byte
        with suppress(binascii.Error):
            return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
        return b""
    raw = encodes_as(body.replace("_", " "), charset)  # some leave characters as they are
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), raw)
