"""Texts that are UTF-8 but for a few bytes: a footer of another program, a letter cut in two, an accent of Windows."""

from __future__ import annotations

import re
from collections.abc import Callable

_LOOKED_AT = 20_000  # bytes
_FEW = 6
_BEYOND = re.compile(rb"[\x80-\xff]+")
_LONGER = re.compile("[\u0800-\U0010ffff]")  # of more than two bytes
_NOBODYS = re.compile("[\ue000-\uf8ff]")  # letters that nobody writes speak for nothing
_STRAY = re.compile("[\udc80-\udcff]+")
_OTHER_SCRIPT = "\u0370"  # from here on letters are not of Latin
_CUT = re.compile(rb"[\xe2-\xef][\x80-\x84]|[\xf0-\xf4][\x80-\xbf]{1,2}")  # what is left of a longer sequence
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_LOST = "\ufffd"


def is_nearly_utf_8(data: bytes, *, most: float, of_pairs: bool) -> bool:
    """Whether much of it is sound UTF-8, and the strays are at most that share of the bytes that speak for it.

    Those are all but the first of each letter's: other encodings have nothing like them, but for those `of_pairs`,
    where only the longer ones count. Strays that stand alone say nothing, those beside sound letters say most.
    """
    data = data[:_LOOKED_AT]
    proof, strays = _weighed(data)
    if of_pairs:
        proof = 2 * len(_LONGER.findall(data.decode("utf-8", "ignore")))
    runs = _BEYOND.findall(data) if proof else []
    if strays - sum(len(run) == 1 for run in runs) > most * proof or proof < (1 if most == 1 else 2 * _FEW):
        return False
    beside = sum(strays for sound, strays in map(_weighed, runs) if sound)
    return beside * 2 <= proof and (not beside or proof >= _FEW)


def with_halves_joined(data: bytes) -> bytes:
    """Old databases write some letters as two halves, each a letter: CESU-8 (Unicode Technical Report 26)."""
    return _HALVES.sub(_joined, data) if b"\xed" in data else data


def mended(data: bytes, by_itself: Callable[[bytes], str]) -> str:
    """Line by line: sound ones stay, of others the strays are read; those that are foreign are read by themselves."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    foreign = [at for at, line in enumerate(lines) if not line.isascii() and _is_foreign(line)]
    read = by_itself(b"\n".join(lines[at] for at in foreign)).split("\n") if foreign else []
    told = dict(zip(foreign, read, strict=False)) if len(read) == len(foreign) else {}
    return "\n".join(told[at] if at in told else _repaired(line) for at, line in enumerate(lines))


def _weighed(data: bytes) -> tuple[int, int]:
    """How many of these bytes speak for UTF-8, and how many are none of it."""
    text = data.decode("utf-8", "ignore")
    sound = len(text.encode())
    return sound - len(text) - 2 * len(_NOBODYS.findall(text)), len(data) - sound


def _is_foreign(line: bytes) -> bool:
    """More than a stray or two, and hardly anything else."""
    proof, strays = _weighed(line)
    return strays >= _FEW and strays > 2 * proof


def _repaired(line: bytes) -> str:
    text = line.decode("utf-8", "surrogateescape")
    return _STRAY.sub(_letter, text) if _STRAY.search(text) else text


def _letter(found: re.Match[str]) -> str:
    """As Windows writes it, among letters of Latin; else it is a piece of a letter, and lost."""
    run = found[0].encode("utf-8", "surrogateescape")
    text, begin, end = found.string, found.start(), found.end()
    beside = text[max(begin - 1, 0) : begin] + text[end : end + 1]
    if any(c >= _OTHER_SCRIPT for c in beside if not _STRAY.match(c)) or _CUT.fullmatch(run):
        return _LOST
    return run.decode("cp1252", "replace")


def _joined(found: re.Match[bytes]) -> bytes:
    halves = found[0].decode("utf-8", "surrogatepass")
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()
