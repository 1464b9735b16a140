"""What gateways and lists put below a mail: legal notices, and how to leave the list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickets.email.mail_words import RECEIVED, SECRET, UNSPACED_RECEIVED, UNSPACED_SECRET

_MOST = 4  # of them, one below another
_LONGEST = 20  # lines of one
_LONGEST_OF_LIST = 8
_RULE = re.compile(r"\s{0,4}([_=*~]{2,}|-{3,}|[—–]{3,})\s*")
_LIST = re.compile(
    r"mailing list|mailman/|/listinfo|list-?unsubscribe|groups\.google\.|unsubscribe from this", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_SECRET, _RECEIVED = (re.compile("|".join(words.split())) for words in (UNSPACED_SECRET, UNSPACED_RECEIVED))


def without_footers(lines: Sequence[str]) -> int:
    """Where they begin at the end of those lines; a rule above one belongs to it."""
    end = len(lines)
    for _ in range(_MOST):
        last = end
        while last and (not lines[last - 1].strip() or _RULE.fullmatch(lines[last - 1])):
            last -= 1
        begins = min(_list_begins(lines, last), _notice_begins(lines, last))
        if begins == last:
            break
        end = begins
    return end


def _list_begins(lines: Sequence[str], end: int) -> int:
    """The rule below which a list speaks of itself."""
    for at in range(end - 1, max(0, end - 1 - _LONGEST_OF_LIST) - 1, -1):
        if _RULE.fullmatch(lines[at]):
            return at if any(map(_LIST.search, lines[at + 1 : end])) else end
    return end


def _notice_begins(lines: Sequence[str], end: int) -> int:
    """The paragraph at the end, with those right above it that belong to the notice as well."""
    begins = end
    first = max(0, end - _LONGEST)
    at = end
    while at > first:
        below = at
        while at > first and lines[at - 1].strip():
            at -= 1
        if not _is_notice(" ".join(lines[at:below])):
            break
        begins = at
        while at > first and not lines[at - 1].strip():
            at -= 1
    return begins


def _is_notice(paragraph: str) -> bool:
    """It speaks of secrecy and of whom it is for: nobody does both in a few words of their own."""
    words = {word.lower() for word in _WORD.findall(paragraph)}
    secret = words & SECRET or _SECRET.search(paragraph)
    return bool(secret and (words & RECEIVED or _RECEIVED.search(paragraph)))
