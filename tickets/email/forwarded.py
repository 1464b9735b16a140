"""Mails that somebody passed on inside of theirs, as messages: who wrote them, when, about what, and their words."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tickets.email.body import chosen_text
from tickets.email.mime import Unreadable
from tickets.email.parse import Letter, parse

MOST = 10  # of one mail
DEEPEST = 3  # one inside of another
LONGEST = 20_000  # characters; all of it is in the file


class Forwarded(msgspec.Struct, frozen=True):
    """All of it is claimed by whoever passed it on."""

    sender: str
    date: str  # ISO 8601, or empty
    subject: str
    text: str


def forwarded(letter: Letter) -> list[Forwarded]:
    """The outermost first. None of a report, in which a mail of ours stands."""
    if letter.bounce is not None or letter.complaint:
        return []
    found = _inside(letter, DEEPEST)
    return [mail for mail, _ in zip(found, range(MOST), strict=False)]


def _inside(letter: Letter, depth: int) -> Iterator[Forwarded]:
    for file in letter.files if depth else ():
        if file.claimed == "message/rfc822":
            try:
                inner = parse(file.content)
            except Unreadable:
                continue
            yield _told(inner)
            yield from _inside(inner, depth - 1)


def _told(letter: Letter) -> Forwarded:
    head = letter.head
    name, address = head.senders[0] if head.senders else (head.author_line, "")
    sender = f"{name} <{address}>" if name and address else name or address
    return Forwarded(sender, head.date, head.subject[:500], chosen_text(letter).strip("\n")[:LONGEST])
