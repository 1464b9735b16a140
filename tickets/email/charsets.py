"""Turns bytes into text, whatever charset they claim to be in: something readable always comes out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from tickets.email.charset_names import codec_of
from tickets.email.hanzi import is_chinese
from tickets.email.iso_2022_jp import from_iso_2022_jp, has_shifts, with_shifts
from tickets.email.strays import is_nearly_utf_8, mended, with_halves_joined

# In these every run of bytes is a text: that it can be read says nothing, so that UTF-8 is tried first.
_TAKES_ANYTHING = re.compile(r"(cp|windows-?)(125\d|874|437|85\d|866)|iso-?8859|koi8|mac-?roman|latin|tis-?620")
# Texts in these may look like plain ASCII, or like ASCII with zeros.
_HIDDEN = re.compile(r"iso-?2022|utf-?(7|16|32)|hz")
_SAYS_NOTHING = {"", "utf-8", "cp1252"}  # about bytes that are all ASCII
_LATIN = {"cp1252", "cp1254", "iso8859-15", "iso8859-2", "mac-roman"}
# Windows' own of an ISO 8859: it has letters and quotation marks where that has controls, which nobody writes.
_OF_WINDOWS = {
    "iso8859-2": "cp1250",
    "iso8859-4": "cp1257",
    "iso8859-5": "cp1251",
    "iso8859-6": "cp1256",
    "iso8859-7": "cp1253",
    "iso8859-8": "cp1255",
    "iso8859-13": "cp1257",
    "iso8859-15": "cp1252",
}
_CONTROLS = re.compile(rb"[\x80-\x84\x86-\x9f]")  # 0x85 ends lines on mainframes
_ALSO = {"big5hkscs": "cp950", "euc_jp": "euc_jis_2004", "cp932": "shift_jisx0213"}  # with letters that vendors added
_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WIDE = re.compile(r"utf-(16|32)")
_ASCII = bytes(range(128))
_MOST_ACCENTS = 0.3  # of all bytes; Vietnamese and Czech have a fifth
_FEW = 6  # a currency, quotation marks and a dash
_LOST = "\ufffd"
_HALF = re.compile("[\ud800-\udfff]")  # of a letter: some encodings let one stand alone, and no text may hold it
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # the others stand for the bytes that could not be read
_MOST_LOST = 0.1  # of the letters beyond ASCII
_LOOKED_AT = 20_000  # bytes
_LEAST_SURE = 0.03  # short subjects are never surer than that, and usually right
_RATHER_SURE = 0.08  # of what is written letter by letter
_SHORT = 64  # bytes; of more, statistics know more than a list of daily characters does
_ANOTHER_SCRIPT = re.compile(
    r"gb|big5|euc|shift|cp(9(32|49)|866|874|1251|1253|1255|1256)|windows-?125[1356]|iso-?8859-?(5|6|7|8|11)|koi8|mac-cyr|tis-?620"
)
_CHINESE_OR_KOREAN = re.compile(r"gb|big5|cp949")
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
    claimed = codec_of(declared)
    codec, data = _wide(data, claimed), with_shifts(data, claimed)
    if has_shifts(data) and (data.isascii() or codec in _SAYS_NOTHING or codec.startswith("iso2022_jp")):
        return from_iso_2022_jp(data), not codec.startswith("iso2022_jp")
    if codec and _HIDDEN.search(codec) and (text := _read(data, codec)) is not None:
        return text.removeprefix("\ufeff"), codec[:6] != claimed[:6]
    text = _read(data, "utf-8-sig") or _read(with_halves_joined(data), "utf-8-sig")
    believed = data.isascii() or codec in {"", "utf-8"} or _TAKES_ANYTHING.match(codec)
    if text is not None and (believed or _is_utf_8(text)):
        return text, not data.isascii() and codec != "utf-8"
    most = 1.0 if codec in {"", "utf-8"} else 0.5
    if (
        text is None
        and not _daily_chinese(data)
        and is_nearly_utf_8(data, most=most, of_pairs=bool(_OF_PAIRS.match(codec)))
    ):
        return mended(data, lambda foreign: _guessed(foreign, "", codec_of(near))), True
    if codec and not _is_mislabelled(data, codec) and (told := _as_declared(data, codec)) is not None:
        return told
    return _guessed(data, codec, codec_of(near)), True


def _wide(data: bytes, codec: str) -> str:
    """As declared, unless its bytes say that it is written two or four to a letter, or cannot be."""
    if data.startswith(_MARKS):
        return "utf-32" if data.startswith(_MARKS[:2]) else "utf-16"
    if b"\0" not in data:
        return "" if _WIDE.match(codec) and _read(data, "utf-8") is not None else codec
    first, second = data[:_LOOKED_AT:2].count(0), data[1:_LOOKED_AT:2].count(0)
    if codec == "utf-16" or (not codec and max(first, second) > len(data[:_LOOKED_AT]) / 4 > 20 * min(first, second)):
        return "utf-16-le" if second > first else "utf-16-be"
    return codec


def _as_declared(data: bytes, codec: str) -> tuple[str, bool] | None:
    """And whether it is really in what Windows, or some vendor, made of that."""
    for really in (_OF_WINDOWS.get(codec, "") if _CONTROLS.search(data) else "", codec, _ALSO.get(codec, "")):
        if really and (text := _read(data, really)) is not None:
            return text, really in _OF_WINDOWS.values() and really != codec
    return None


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
        if codec is near and _OF_PAIRS.match(near) and _is_accented(data):
            continue  # whatever stands beside it
        if codec in _LATIN and (codec is near or _is_mislabelled(data, codec) or not _is_accented(data)):
            continue
        text = (codec and _read(data, codec, "replace")) or _LOST
        lost, read = text.count(_LOST), sum(not c.isascii() for c in text)
        if lost <= _MOST_LOST * read:
            return text
    return data.decode(_looks_like(data) or "cp1252", "replace")


def _is_accented(data: bytes) -> bool:
    """All that is no ASCII are accents among plain letters."""
    return not _ACCENTS.sub(b"", data).translate(None, _ASCII)


def _looks_like(data: bytes) -> str:
    """The encoding that its bytes speak for; empty where nothing does."""
    import chardet  # takes 30 MB and a quarter of a second: few mails need it

    found = chardet.detect(data[:_LOOKED_AT])
    codec, sure = codec_of(found["encoding"] or ""), found["confidence"]
    if sure < (_LEAST_SURE if codec.startswith("euc_jp") else _RATHER_SURE) or _CHINESE_OR_KOREAN.match(codec):
        codec, sure = (chinese, 1.0) if (chinese := _daily_chinese(data)) else (codec, sure)
    if codec.startswith("mac") and codec != "mac-cyrillic" and not _CONTROLS.search(data):
        return "cp1252"  # most letters of the other one stand where that has none
    pairs = bool(_OF_PAIRS.match(codec) and _TWO_PAIRS.search(data))
    return codec if (pairs or sure >= _LEAST_SURE) and _IN_MAIL.match(codec) else ""


def says_what(declared: str) -> bool:
    """Whether this name of an encoding tells more of bytes beyond ASCII than that they are letters of Latin."""
    codec = codec_of(declared)
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


def plain(value: object, *, near: str = "", longest: int = _LONGEST_HEADER) -> tuple[str, bool]:
    """A header as it stands, on one line; and whether bytes that are no UTF-8 (RFC 6532) had to be guessed."""
    text = str(value)[:longest].replace("\r", "").replace("\n", "")
    if text.isascii() and "\x1b" not in text:
        return text, False
    return decoded(_bytes(text), "utf-8", near=near)


def encodes_as(text: str, declared: str) -> bytes:
    """The bytes that a text had which was left as it is, in the midst of what is declared to be in that charset."""
    codec = codec_of(declared)
    if text.isascii() and not _WIDE.match(codec):
        return text.encode()  # as it travelled: + and ~ may be signs of the encoding itself
    try:
        return text.encode(codec or "utf-8")
    except UnicodeError:
        return _bytes(text)


def _bytes(text: str) -> bytes:
    return _NO_BYTE.sub(_LOST, text).encode("utf-8", "surrogateescape")


def _read(data: bytes, codec: str, errors: str = "strict") -> str | None:
    try:
        text = data.decode(codec, errors)
    except (UnicodeError, LookupError, ValueError):
        return None
    return text if text.isascii() else _HALF.sub(_LOST, text)
