"""What people typed, made fit to keep and to show, without losing what they meant."""

import re
import unicodedata

from tickets.errors import Refused

LONGEST = 10_000  # characters of a message
_BROKEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # controls but for tab and line feed; lone surrogates
# Letters and marks by name, nothing to the eye: Hangul fillers, empty Braille, joiners, variation selectors.
_BLANKS = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_HALVES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.", re.DOTALL
)
_HALVES_OR_NUL = re.compile(rb"\\u0000|" + _HALVES.pattern, re.DOTALL)


def clean_text(text: str) -> str:
    """The text as it will be stored, of a message that is not too long."""
    cleaned = tidy(text)
    if len(cleaned) > LONGEST:
        raise Refused("The message is longer than it can be, by {n}.", field="text", n=len(cleaned) - LONGEST)
    return cleaned


def tidy(text: str) -> str:
    """In NFC, with plain line ends and U+FFFD for what no screen can show."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _BROKEN.sub("\ufffd", lines))


def legible(text: str) -> str:
    """The text without NUL, which nobody types and a shared database keeps in no text: U+FFFD stands for it."""
    return text.replace("\0", "\ufffd")


def paired(json: bytes, *, but_nul: bool = True) -> bytes:
    """JSON that any reader takes: U+FFFD stands for each half of a surrogate pair, which browsers escape and no text
    can hold, and for NUL, unless `but_nul`.
    """
    escapes = _HALVES if but_nul else _HALVES_OR_NUL
    return escapes.sub(_whole, json) if b"\\u" in json else json


def one_line(text: str, longest: int) -> str:
    """The text on one line, in NFC, without controls, cut to `longest` characters. Bidi marks stay; screens isolate."""
    kept = text if text.isprintable() else "".join(map(_seen, text))
    return " ".join(unicodedata.normalize("NFC", kept).split())[:longest].rstrip()


def is_blank(text: str) -> bool:
    """True where a reader would see nothing: white space, controls and zero-width characters only."""
    return all(c.isspace() or _BLANKS.match(c) or unicodedata.category(c) in {"Cf", "Cc"} for c in text)


def _seen(c: str) -> str:
    if c.isspace():
        return " "
    return "" if unicodedata.category(c) in {"Cc", "Cs"} else c


def _whole(escape: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if len(escape[0]) == 6 else escape[0]
