"""What people wrote, made safe and readable on a page: links, names, sizes, and what a search found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from widgets.words import translate

# Plain web addresses only; what ends a sentence does not belong to the address. Linear: one class, no nesting.
_ADDRESS = re.compile(r"https?://[^\s<>\"'\u2028\u2029\uff00-\uffef\u3000-\u303f]{3,2000}", re.IGNORECASE)
_NOT_ITS_END = ".,;:!?)]}”’»"
_OVERRIDES = {"\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO"}
_ISOLATES = {"\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI"}
_MARKS = str.maketrans({mark: f"[{name}]" for mark, name in (_OVERRIDES | _ISOLATES).items()})
_AROUND = 60  # characters before the first hit of an excerpt
_EXCERPT = 160


def linked(text: str) -> Markup:
    """Escaped text in which web addresses are links that give nothing away (no referrer, no opener)."""
    if "://" not in text:
        return escape(text)
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_NOT_ITS_END)
        parts += [escape(text[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    return Markup("").join([*parts, escape(text[end:])])


def marked(name: str) -> str:
    """A name whose direction controls are shown instead of obeyed."""
    return name.translate(_MARKS)


def size(language: str, count: int) -> str:
    """A file's size: 812 B, 214 KB, 3.4 MB."""
    if count < 1000:
        return translate(language, "{n} B", n=count)
    if count < 1_000_000:
        return translate(language, "{n} KB", n=round(count / 1000))
    return translate(language, "{n} MB", n=f"{count / 1_000_000:.1f}")


def excerpt(text: str, sought: Sequence[str]) -> Markup:
    """The part of a text around the first of the sought words, with each of them in `mark`."""
    plain = " ".join(text.split())
    if not sought:
        return escape(plain[:_EXCERPT])
    pattern = re.compile("|".join(re.escape(word) for word in sorted(sought, key=len, reverse=True)), re.IGNORECASE)
    first = pattern.search(plain)
    start = max(0, first.start() - _AROUND) if first else 0
    shown, parts, end = plain[start : start + _EXCERPT], [Markup("…" if start else "")], 0
    for hit in pattern.finditer(shown):
        parts += [escape(shown[end : hit.start()]), Markup("<mark>{}</mark>").format(hit[0])]
        end = hit.end()
    return Markup("").join([*parts, escape(shown[end:])])


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>').format(address)
