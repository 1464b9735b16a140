"""Which parts of a mail are its text, which its formatted text, and which are files (RFC 8621, 4.1.4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

from tickets.email.charsets import BROKEN, plain, worded

MOST_PARTS = 500
DEEPEST = 50
_MEDIA = ("image", "audio", "video")


class Unreadable(Exception):
    """Nobody can read this mail, however often it is tried; and why, for the operator."""


@dataclass
class Parts:
    """The parts by what they are for, in their order; one part may be both text and formatted text."""

    text: list[EmailMessage] = field(default_factory=list)
    html: list[EmailMessage] = field(default_factory=list)
    files: list[EmailMessage] = field(default_factory=list)


def parts_of(message: EmailMessage) -> Parts:
    """Raises Unreadable beyond 500 parts or a depth of 50."""
    _count(message)
    found = Parts()
    _sort([message], "mixed", False, found.text, found.html, found.files)
    return found


def leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Every part that holds no other; mails inside of mails are one part each."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        inside = _inside(part)
        if inside is None:
            yield part
        else:
            waiting.extend(reversed(inside))


def file_name(part: EmailMessage) -> str:
    """As the sender called it; empty where they did not."""
    with suppress(*BROKEN):
        return worded(plain(part.get_filename() or "")[0])[0]
    return ""


def kind_of_part(part: EmailMessage) -> str:
    with suppress(*BROKEN):
        return part.get_content_type()
    return "application/octet-stream"


def disposition(part: EmailMessage) -> str:
    with suppress(*BROKEN):
        return (part.get_content_disposition() or "").lower()
    return ""


def _inside(part: EmailMessage) -> list[EmailMessage] | None:
    """The parts of a multipart; None for everything else."""
    payload: object = part.get_payload()
    if part.get_content_maintype() != "multipart" or not isinstance(payload, list):
        return None
    return payload


def _count(message: EmailMessage) -> None:
    level, seen = [message], 0
    for _ in range(DEEPEST + 1):
        seen += len(level)
        if seen > MOST_PARTS:
            raise Unreadable(f"it has more than {MOST_PARTS} parts")
        level = [part for one in level for part in (_inside(one) or ())]
        if not level:
            return
    raise Unreadable(f"its parts are nested more than {DEEPEST} deep")


def _sort(
    parts: list[EmailMessage],
    around: str,
    alternative: bool,
    text: list[EmailMessage] | None,
    html: list[EmailMessage] | None,
    files: list[EmailMessage],
) -> None:
    """The algorithm of RFC 8621, 4.1.4, name by name: a list that is None takes nothing more."""
    texts, htmls = len(text or ()), len(html or ())
    for at, part in enumerate(parts):
        inside = _inside(part)
        kind = kind_of_part(part)
        if inside is not None:
            sub = part.get_content_subtype()
            _sort(inside, sub, alternative or sub == "alternative", text, html, files)
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


def _is_shown(part: EmailMessage, kind: str, at: int, around: str) -> bool:
    media = kind.partition("/")[0] in _MEDIA
    if disposition(part) == "attachment" or not (media or kind in {"text/plain", "text/html"}):
        return False
    return at == 0 or (around != "related" and (media or not file_name(part)))


def _show(
    part: EmailMessage,
    kind: str,
    text: list[EmailMessage] | None,
    html: list[EmailMessage] | None,
    files: list[EmailMessage],
) -> None:
    media = kind.partition("/")[0] in _MEDIA
    for into in (text, html):
        if into is not None:
            into.append(part)
    if media and (text is None or html is None):
        files.append(part)
