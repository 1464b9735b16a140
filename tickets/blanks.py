"""Blanks in a text that somebody here keeps, like {{agent.name}}: filled when it is used, from a list of names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_BLANK = re.compile(r"\{\{[ \t]{0,8}([a-z.]{1,40})[ \t]{0,8}\}\}")


def fill(text: str, values: Mapping[str, str], names: Collection[str]) -> str:
    """The text with its blanks filled: those in `names`, nothing else.

    One pass over the text and no language behind it: no attributes, calls or filters, and what a value holds is never
    looked at again. A blank without a value becomes nothing; anything else in braces stays as it was written.
    """

    def filled(blank: re.Match[str]) -> str:
        name = blank.group(1)
        return values.get(name, "") if name in names else blank.group(0)

    return _BLANK.sub(filled, text)


def unknown(text: str, names: Collection[str]) -> list[str]:
    """What looks like a blank and is none of these, as it is written: it would be sent like this."""
    return list(dict.fromkeys(blank.group(0) for blank in _BLANK.finditer(text) if blank.group(1) not in names))
