"""The first words of a formatted mail: enough to tell who wrote it, where reading all of it would take long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tickets.email.plain import text_of

LONGEST = 256 * 1024  # characters of a page that are looked at without its looks
_LOOKS = re.compile(r"<(/?)(?:style|script)\b|<(!)--|(--)>", re.IGNORECASE)


def opening(page: str, longest: int) -> str:
    """The text of its first characters, `longest` of them, style sheets and comments not counted."""
    return text_of("".join(_without_looks(page[:LONGEST]))[:longest])


def _without_looks(page: str) -> Iterator[str]:
    at, ends = 0, ""
    for found in _LOOKS.finditer(page):
        begins = (found[2] and "--") or (found[1] == "" and "/")
        if not ends and begins:
            yield page[at : found.start()]
            ends = begins
        elif ends and ends in (found[1], found[3]):
            at, ends = found.start() if ends == "/" else found.end(), ""
    if not ends:
        yield page[at:]
