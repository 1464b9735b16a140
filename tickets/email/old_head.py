"""The lines with which mail programs begin an older mail below an answer: "From, Sent, To, Subject", and their rule.

They are known by what they are called in some forty languages, and in any other by what stands in them. A list
of a customer's own ("From: Berlin, To: Paris") is none: an address or a time of sending has to be there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickets.email.attribution import ADDRESS
from tickets.email.head_words import ABOVE, AUTHOR, DATE, FORWARDED, ORIGINAL, SENT, SUBJECT, TO

_NEAR = 8  # lines within which the headers stand; a long list of recipients is broken over several
_LABEL = re.compile(
    rf"[\s>*_|]{{0,8}}(?:(?P<author>{AUTHOR})|(?P<sent>{SENT})|(?P<date>{DATE})|(?P<to>{TO})|"
    rf"(?P<subject>{SUBJECT}))"
    r"\s{0,4}[*_]{0,2}\s?[:：|]",
    re.IGNORECASE,
)
_ANY_LABEL = re.compile(r"[\s>*_|]{0,8}[^\W\d_][^\d:：<>@]{0,24}[*_]{0,2}\s?[:：]\s")
_ANGLED = re.compile(rf"[^\s:：].{{0,80}}[<\[] ?{ADDRESS.pattern}")
_WHEN = re.compile(
    r"((19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d\d).{0,30}\d{1,2}( ?h|[:.点點시時])|\d{1,2}[:.]\d\d.{0,30}(19|20)\d\d"
)
_PREFIX = re.compile(r"[\s*_]*[^\W\d_]{1,10}(\[\d+\])?\s?[:：]\s")
_ORIGINAL = re.compile(rf"\s{{0,4}}[-_*]{{2,}}\s{{0,4}}({ORIGINAL})\s{{0,4}}[-_*]{{2,}}\s*", re.IGNORECASE)
_ORIGINAL_ALONE = re.compile(rf"\s*({ORIGINAL})\s*", re.IGNORECASE)
_RULED = re.compile(r"[\s>]{0,8}[-_*=—–]{2,}\s*[^-_*=—–\s][^\n]{1,60}?\s*[-_*=—–]{2,}\s*")
_FORWARDED = re.compile(FORWARDED, re.IGNORECASE)
_GROUPWISE = re.compile(r"\s{0,4}>{3} ?[^>\s][^\n]{0,200}?>{3}\s*")  # ">>> Ada <ada@x.example> 3/5/2024 10:12 AM >>>"
_TYPE_ABOVE = re.compile(
    rf"[\s>]*(#{{2,}}-.{{5,120}}-#{{2,}}|[-#=_*~—–+]{{2,60}}(?=[^-#=_*~—–+]).{{0,80}}?({ABOVE}).{{0,60}})\s*",
    re.IGNORECASE,
)


def head_begins(lines: Sequence[str], at: int) -> bool:
    """Here begins what a mail program writes above an older mail."""
    line = lines[at]
    if _ORIGINAL.fullmatch(line) or _TYPE_ABOVE.fullmatch(line):
        return True
    if _RULED.fullmatch(line) and not _FORWARDED.search(line):
        return any(_is_role(below, "author", "to") for below in _next(lines, at, 2))
    return is_label(line) and _is_head(lines, at)


def between_marks(lines: Sequence[str], at: int) -> bool:
    """Here GroupWise says who wrote what stands below without any mark; the line may be broken."""
    line = lines[at]
    if at and _is_marked(lines[at - 1]):
        return False
    if not line.rstrip().endswith(">>>") and at + 1 < len(lines) and not _is_marked(lines[at + 1]):
        line = f"{line} {lines[at + 1]}"
    return _GROUPWISE.fullmatch(line) is not None and bool(_WHEN.search(line) or ADDRESS.search(line))


def is_introduced(lines: Sequence[str], at: int) -> bool:
    """Whoever writes "I got this:" above them wants them to be read. A rule between is a mail program's."""
    while at and _LABEL.match(lines[at - 1]):
        at -= 1
    above = next((line for line in reversed(lines[max(0, at - 3) : at]) if line.strip()), "")
    return above.rstrip().endswith((":", "：")) and _LABEL.match(above) is None


def names_the_original(line: str) -> bool:
    """Only that: "Original message", without a rule around it."""
    return _ORIGINAL_ALONE.fullmatch(line) is not None


def is_label(line: str) -> bool:
    return _LABEL.match(line) is not None or _ANY_LABEL.match(line) is not None


def is_known_label(line: str) -> bool:
    return _LABEL.match(line) is not None


def forwarding_begins(lines: Sequence[str], at: int) -> bool:
    """Whoever forwards a mail wants it to be read."""
    line = lines[at].strip()
    ruled = line.startswith("--")
    if len(line) > 120 or not (ruled or line.endswith((":", "："))) or not _FORWARDED.search(line):
        return False
    if ruled:
        return any(is_label(below) for below in _next(lines, at, 2))
    return sum(is_known_label(below) for below in _next(lines, at, 3)) >= 2


def _is_head(lines: Sequence[str], at: int) -> bool:
    near = [lines[at], *_next(lines, at, _NEAR - 1)]
    roles = {found.lastgroup for found in map(_LABEL.match, near) if found}
    sent_when = any(_WHEN.search(line) for line in near if is_label(line))
    if "author" in roles and len([line for line in near if _LABEL.match(line)]) >= 3:
        by_whom = any(ADDRESS.search(line) for line in near if _is_role(line, "author"))
        return by_whom or (sent_when and ("sent" in roles or any(map(_is_answer, near))))
    labels = [line for line in near[:5] if _ANY_LABEL.match(line)]
    return len(labels) >= 3 and any(map(_ANGLED.search, labels)) and any(map(_WHEN.search, labels))


def _is_answer(line: str) -> bool:
    """The subject of a mail that was one itself: "Subject: Re: Lamp"."""
    found = _LABEL.match(line)
    return found is not None and found.lastgroup == "subject" and _PREFIX.match(line, found.end()) is not None


def _is_role(line: str, *roles: str) -> bool:
    found = _LABEL.match(line)
    return found is not None and found.lastgroup in roles


def _is_marked(line: str) -> bool:
    return line.lstrip().startswith(">")


def _next(lines: Sequence[str], at: int, most: int) -> list[str]:
    """As many lines as that which are not empty, close below."""
    return [line for line in lines[at + 1 : at + 1 + 2 * most] if line.strip()][:most]
