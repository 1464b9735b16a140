"""How much of a formatted mail is cleaned at once; what is longer is read in another way, and nothing is lost."""

from __future__ import annotations

import re

MOST_TAGS = 12_000
MOST_ENTITIES = 100_000
MOST_OPEN = 200  # looks: bold, a colour, and so on
_FEW_TAGS = 1_000
_LOOKS = ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
_LOOK = re.compile(rf"<(/?)({'|'.join(_LOOKS)})(?=[\s/>])", re.IGNORECASE)
_LONGEST_TAG = 10_000  # characters
_WRITTEN_OUT = re.compile(
    r"(\bsrc\s{0,5}=\s{0,5})(?:\"\s{0,5}data:[^\">]*\"|'\s{0,5}data:[^'>]*'|data:[^\s>\"']*)", re.IGNORECASE
)


def without_data(html: str) -> str:
    """Without pictures that are written out in it: they are long, and not shown."""
    return _WRITTEN_OUT.sub(r'\1""', html) if "data:" in html else html


def fits(html: str, longest: int) -> bool:
    """Whether it can be cleaned in a second or two: the time for it grows with the square of some things in it."""
    count = html.count("<")
    small = len(html) <= longest and count <= MOST_TAGS and html.count("&") <= MOST_ENTITIES
    return small and (count <= _FEW_TAGS or _heaped(html) == len(html))


def parted_to_fit(html: str, longest: int) -> tuple[str, str]:
    """As much of it as fits, up to some tag, and the rest."""
    if fits(html, longest):
        return html, ""
    end = min(longest, _place(html, "<", MOST_TAGS, longest), _place(html, "&", MOST_ENTITIES, longest))
    end = min(end, _heaped(html[:end]))
    at = html.rfind("<", max(0, end - _LONGEST_TAG), end + 1)
    end = at if at > 0 else end
    return html[:end], html[end:]


def _heaped(html: str) -> int:
    """Where more looks than anybody has are open at once: each begins again in every paragraph. Else its end."""
    open_now = dict.fromkeys(_LOOKS, 0)
    for found in _LOOK.finditer(html):
        tag = found[2].lower()
        open_now[tag] = max(0, open_now[tag] + (-1 if found[1] else 1))
        if sum(open_now.values()) > MOST_OPEN:
            return found.start()
    return len(html)


def _place(html: str, mark: str, most: int, longest: int) -> int:
    """Where the mark stands that is one too many."""
    at = -1
    for _ in range(most + 1):
        at = html.find(mark, at + 1, longest)
        if at < 0:
            return longest
    return at
