"""Turns bytes into text, whatever charset they claim to be in: something readable always comes out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from tickets.email.hanzi import is_chinese
from tickets.email.iso_2022_jp import from_iso_2022_jp, has_shifts

# What senders call by a narrower name than they use (WHATWG Encoding, labels), or by one that Python does not know.
_MEANT = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "windows-874": "cp874",
    "iso-8859-11": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "kz1048": "cp1251",
}
# In these every run of bytes is a text: that it can be read says nothing, so that UTF-8 is tried first.
_TAKES_ANYTHING = re.compile(r"(cp|windows-?)(125\d|874|437|85\d|866)|iso-?8859|koi8|mac-?roman|latin|tis-?620")
# Texts in these may look like plain ASCII, or like ASCII with zeros.
_HIDDEN = re.compile(r"iso-?2022|utf-?(7|16|32)|hz")
_SAYS_NOTHING = {"", "utf-8", "cp1252"}  # about bytes that are all ASCII
_LONGEST_NAME = 60
_LATIN = {"cp1252", "cp1250", "cp1254", "iso-8859-15", "iso-8859-2", "mac-roman"}
_ASCII = bytes(range(128))
_MOST_ACCENTS = 0.3  # of all bytes; Vietnamese and Czech have a fifth
_FEW = 6  # a currency, quotation marks and a dash
_LOST = "\ufffd"
_MOST_LOST = 0.1  # of the letters beyond ASCII
_LOOKED_AT = 20_000  # bytes
_LEAST_SURE = 0.03  # short subjects are never surer than that, and usually right
_RATHER_SURE = 0.08  # of what is written letter by letter
_SHORT = 64  # bytes; of more, statistics know more than a list of daily characters does
_ANOTHER_SCRIPT = re.compile(
    r"gb|big5|euc|shift|cp(9(32|49)|866|874|1251|1253|1255|1256)|windows-?125[1356]|iso-?8859-?(5|6|7|8|11)|koi8|mac-cyr|tis-?620"
)
_CHINESE_OR_KOREAN = re.compile(r"gb|big5|euc-kr|cp949")
_OF_PAIRS = re.compile(r"gb|big5|euc|cp9(32|49)")
_TWO_PAIRS = re.compile(rb"[\x81-\xfe]{4}")  # side by side: no Latin language does that
_ACCENTS = re.compile(  # one, or a few in the midst of a word
    rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])|(?<=[a-z])[\x80-\xff]{2,3}(?=[a-z])"
)
_IN_MAIL = re.compile(r"gb|big5|euc|(cp|windows-?)125\d|cp(9(32|49)|866|874)|iso-?8859|koi8|mac|tis-?620")
_LONGEST_HEADER = 16 * 1024  # characters that are looked at
BROKEN = (LookupError, ValueError, TypeError, AttributeError, RecursionError)  # what the library raises for garbage


def decoded(data: bytes, declared: str = "", *, near: str = "") -> tuple[str, bool]:
    """The text, and whether its encoding had to be guessed: undeclared, unknown, or not what was declared.

    `near` is what the text beside it is declared to be in: who leaves out one usually means the same.
    """
    codec = _codec(_name(declared))
    if has_shifts(data) and (codec in _SAYS_NOTHING or codec.startswith("iso-2022-jp")):
        return from_iso_2022_jp(data), not codec.startswith("iso-2022-jp")
    if codec and _HIDDEN.search(codec) and (text := _read(data, codec)) is not None:
        return text, False
    text = _read(data, "utf-8-sig")
    believed = data.isascii() or codec in {"", "utf-8"} or _TAKES_ANYTHING.match(codec)
    if text is not None and (believed or _is_utf_8(text)):
        return text, not data.isascii() and codec != "utf-8"
    if codec and not _is_mislabelled(data, codec) and (text := _read(data, codec)) is not None:
        return text, False
    return _guessed(data, codec, _codec(_name(near))), True


def _is_utf_8(text: str) -> bool:
    """Whether so much that is no ASCII is sound UTF-8 that no other encoding can have come by it."""
    return sum(not c.isascii() for c in text[:_LOOKED_AT]) >= _FEW


def _is_mislabelled(data: bytes, codec: str) -> bool:
    """No language that is written in Latin letters has so many accents: this is another script, under a wrong name."""
    accents = len(data.translate(None, _ASCII))
    return codec in _LATIN and accents >= _FEW and accents > _MOST_ACCENTS * len(data)


def _guessed(data: bytes, declared: str, near: str) -> str:
    """As declared, if only little of it is broken; as what stands beside it; as its bytes look; in this order."""
    for codec in (declared, near):
        if codec is near and _OF_PAIRS.match(near) and not _ACCENTS.sub(b"", data).translate(None, _ASCII):
            continue  # accents among plain letters, whatever stands beside it
        text = (codec and codec not in _LATIN and _read(data, codec, "replace")) or _LOST
        lost, read = text.count(_LOST), sum(not c.isascii() for c in text)
        if lost <= _MOST_LOST * read:
            return text
    return data.decode(_looks_like(data) or "cp1252", "replace")


def _looks_like(data: bytes) -> str:
    """The encoding that its bytes speak for; empty where nothing does."""
    import chardet  # takes 30 MB and a quarter of a second: few mails need it

    found = chardet.detect(data[:_LOOKED_AT])
    codec, sure = _codec(_name(found["encoding"] or "")), found["confidence"]
    if sure < (_LEAST_SURE if codec.startswith("euc-jp") else _RATHER_SURE) or _CHINESE_OR_KOREAN.match(codec):
        codec, sure = (chinese, 1.0) if (chinese := _daily_chinese(data)) else (codec, sure)
    pairs = bool(_OF_PAIRS.match(codec) and _TWO_PAIRS.search(data))
    return codec if (pairs or sure >= _LEAST_SURE) and _IN_MAIL.match(codec) else ""


def says_what(declared: str) -> bool:
    """Whether this name of an encoding tells more of bytes beyond ASCII than that they are letters of Latin."""
    codec = _codec(_name(declared))
    return bool(_ANOTHER_SCRIPT.match(codec))


def seems(pieces: Iterable[bytes]) -> str:
    """The encoding, of another script than Latin, that all of these together speak for; empty where none does."""
    found = _looks_like(b"\n".join(piece for piece in pieces if _read(piece, "utf-8") is None))
    return found if says_what(found) else ""


def _daily_chinese(data: bytes) -> str:
    """For a few words, the encoding in which they are Chinese as it is written every day; in both, nobody knows."""
    if len(data) > _SHORT:
        return ""
    found = [codec for codec in ("gb18030", "big5hkscs") if is_chinese(_read(data, codec) or "")]
    return found[0] if len(found) == 1 else ""


def plain(value: object, *, near: str = "") -> tuple[str, bool]:
    """A header as it stands, on one line; and whether bytes that are no UTF-8 (RFC 6532) had to be guessed."""
    text = str(value)[:_LONGEST_HEADER].replace("\r", "").replace("\n", "")
    if text.isascii() and "\x1b" not in text:
        return text, False
    return decoded(text.encode("utf-8", "surrogateescape"), "utf-8", near=near)


def encodes_as(text: str, declared: str) -> bytes:
    """The bytes that a text had which was left as it is, in the midst of what is declared to be in that charset."""
    try:
        return text.encode(_codec(_name(declared)) or "utf-8")
    except UnicodeError:
        return text.encode("utf-8", "surrogateescape")


def _name(declared: str) -> str:
    kept = "".join(c for c in declared[:_LONGEST_NAME] if c.isascii() and c.isprintable())
    return kept.strip(" '\"").lower().partition("*")[0]


def _codec(name: str) -> str:
    """The codec that is meant; empty where nothing was said or nobody knows it."""
    meant = _MEANT.get(name, name)
    try:
        known = codecs.lookup(meant) if meant else None
    except (LookupError, ValueError):
        return ""
    return meant if known is not None and known._is_text_encoding else ""


def _read(data: bytes, codec: str, errors: str = "strict") -> str | None:
    try:
        return data.decode(codec, errors)
    except (UnicodeError, LookupError, ValueError):
        return None
