"""Which parts of a mail are its text, which its formatted text, and which are files (RFC 8621, 4.1.4)."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tickets.email.charsets import BROKEN
from tickets.email.file_names import file_name
from tickets.email.mime import Part

_MEDIA = ("image", "audio", "video")
_KIND = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_MEANT = {"text/htm": "text/html", "text/xhtml": "text/html", "text/text": "text/plain", "text/ascii": "text/plain"}
_SAME_AGAIN = {"text/x-amp-html", "text/watch-html"}  # the text once more, for a program that runs it
_NO_WORDS = _SAME_AGAIN | {
    *("text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/csv", "text/tab-separated-values"),
    *("text/css", "text/javascript", "text/xml", "text/rtf", "text/rfc822-headers", "text/x-ms-iqy", "text/x-uuencode"),
}


@dataclass
class Parts:
    """The parts by what they are for, in their order; one part may be both text and formatted text."""

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


def parts_of(whole: Part) -> Parts:
    found = Parts()
    _sort([whole], "mixed", False, found.text, found.html, found.files)
    if not any(kind_of_part(part).startswith("text/") for part in [*found.text, *found.html]):
        _find_words(found)
    return found


def _find_words(found: Parts) -> None:
    """Of a mail without any text, one that stands where others have a file, or is of a rare kind (RFC 2046, 4.1.4)."""
    for part in found.files:
        kind = kind_of_part(part)
        named = disposition(part) == "attachment" or file_name(part.head)
        if kind.startswith("text/") and kind not in _NO_WORDS and not named:
            found.files.remove(part)
            (found.html if kind == "text/html" else found.text).append(part)
            return


def kind_of_part(part: Part) -> str:
    """A multipart in which no part begins is its text."""
    part.kind = part.kind or _kind(part)
    return part.kind


def _kind(part: Part) -> str:
    with suppress(*BROKEN):
        kind = part.head.get_content_type()
        if not _KIND.fullmatch(kind):  # something stands around it, or behind it without a semicolon
            found = _KIND.match(kind.strip(" \"'"))
            kind = found[0] if found else "text/plain"
        return "text/plain" if part.inside is None and kind.startswith("multipart/") else _MEANT.get(kind, kind)
    return "application/octet-stream"


def param(part: Part, name: str) -> str:
    """Of its Content-Type; empty where it is not told."""
    with suppress(*BROKEN):
        value: Any = part.head.get_param(name, "")
        return str(value[2] if isinstance(value, tuple) else value or "")
    return ""


def disposition(part: Part) -> str:
    with suppress(*BROKEN):
        return (part.head.get_content_disposition() or "").lower()
    return ""


def _sort(
    parts: list[Part],
    around: str,
    alternative: bool,
    text: list[Part] | None,
    html: list[Part] | None,
    files: list[Part],
) -> None:
    """The algorithm of RFC 8621, 4.1.4, name by name: a list that is None takes nothing more."""
    texts, htmls = len(text or ()), len(html or ())
    for at, part in enumerate(parts):
        kind = kind_of_part(part)
        if part.inside is not None:
            sub = part.head.get_content_subtype()
            _sort(part.inside, sub, alternative or sub == "alternative", text, html, files)
        elif _is_same_again(parts, kind, around):
            continue
        elif not _is_shown(part, kind, at, around):
            files.append(part)
        elif around == "alternative":
            into = {"text/plain": text, "text/html": html}.get(kind)
            (files if into is None else into).append(part)
        else:
            if alternative:
                html = None if kind == "text/plain" else html
                text = None if kind == "text/html" else text
            _show(part, kind, text, html, files)
    if around == "alternative" and text is not None and html is not None:
        if len(text) == texts and len(html) != htmls:
            text.extend(html[htmls:])
        elif len(html) == htmls and len(text) != texts:
            html.extend(text[texts:])


def _is_same_again(parts: list[Part], kind: str, around: str) -> bool:
    """Another form of what stands beside it, for certain programs: of a text, or what a Mac keeps beside a file."""
    if around == "appledouble":
        return kind == "application/applefile" and len(parts) > 1
    return around == "alternative" and kind in _SAME_AGAIN and len(parts) > 1


def _is_shown(part: Part, kind: str, at: int, around: str) -> bool:
    media = kind.partition("/")[0] in _MEDIA
    if disposition(part) == "attachment" or not (media or kind in {"text/plain", "text/html"}):
        return False
    return at == 0 or (around != "related" and (media or not file_name(part.head)))


def _show(
    part: Part,
    kind: str,
    text: list[Part] | None,
    html: list[Part] | None,
    files: list[Part],
) -> None:
    media = kind.partition("/")[0] in _MEDIA
    for into in (text, html):
        if into is not None:
            into.append(part)
    if media and (text is None or html is None):
        files.append(part)
