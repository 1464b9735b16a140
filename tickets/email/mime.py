"""Cuts a mail into its parts: each has its own headers and bytes, however badly the lines between them are drawn.

One pass over the bytes, from line to line that begins with two hyphens. Of the boundaries that are open the innermost
is looked for first, and a line that begins with one is a delimiter whatever stands behind it (RFC 2046, 5.1.1). One of
a multipart further out ends whatever is open inside (5.1.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import NamedTuple

from tickets.email.head_block import boundary_of, head_block, main_kind

MOST_PARTS = 500
DEEPEST = 50
NO_BOUNDARY = "NoBoundaryInMultipartDefect"
OTHER_BOUNDARY = "OtherBoundaryInMultipartDefect"
NO_START = "StartBoundaryNotFoundDefect"
NO_END = "CloseBoundaryNotFoundDefect"


_SEEN = re.compile(rb"^--([^\s-][^\r\n]{0,69}?|-[^\r\n]{4,69}?)[ \t]*\r?\n(?=content-)", re.IGNORECASE | re.MULTILINE)
_NEAR = 4096  # bytes


class Unreadable(Exception):
    """Nobody can read this mail, however often it is tried; and why, for the operator."""


@dataclass(eq=False)
class Part:
    """A part of a mail, or the mail itself."""

    head: EmailMessage = field(repr=False)  # its headers only
    spilled: bytes = field(default=b"", repr=False)  # text right above the body: the empty line was forgotten
    body: bytes = field(default=b"", repr=False)  # as it stands there, still encoded; of a multipart, its preamble
    inside: list[Part] | None = None  # the parts of a multipart; None for what holds none, also of its name
    defects: list[str] = field(default_factory=list)
    kind: str = ""  # of its content, once somebody has asked


class _Open(NamedTuple):
    """A multipart whose end has not come yet."""

    delimiter: bytes
    part: Part


def split(data: bytes) -> Part:
    """The whole mail as a tree; mails inside of it are parts without parts. Raises Unreadable beyond the limits."""
    return _Cut(data).tree()


def every_part(whole: Part) -> Iterator[Part]:
    """In the order in which they stand, what holds others before them."""
    waiting = [whole]
    while waiting:
        yield (part := waiting.pop())
        waiting.extend(reversed(part.inside or ()))


def leaves(whole: Part) -> Iterator[Part]:
    """Every part that holds no other; mails inside of mails are one part each."""
    return (part for part in every_part(whole) if part.inside is None)


class _Cut:
    """Where the pass over the bytes stands, and what is open there."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open: list[_Open] = []
        self._delimiters: tuple[bytes, ...] = ()
        self._parts = 0
        self._filling: Part | None = None  # the part whose bytes begin at _from
        self._from = 0

    def tree(self) -> Part:
        whole = self._begin(0, "text/plain")
        while self._open and (line := self._next_delimiter(self._from)) is not None:
            self._pass(line)
        self._fill(len(self._data))
        self._leave(0)
        return whole

    def _begin(self, at: int, default: str) -> Part:
        """A part whose headers begin there."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Unreadable(f"it has more than {MOST_PARTS} parts")
        if len(self._open) > DEEPEST:
            raise Unreadable(f"its parts are nested more than {DEEPEST} deep")
        block = head_block(self._data, at, self._delimiters, default)
        part = Part(block.head, block.spilled, defects=list(block.defects))
        self._filling, self._from = part, block.end
        if main_kind(part.head) == "multipart":
            told = boundary_of(part.head)
            boundary = self._seen_boundary(told, block.end) or told
            if told and boundary != told:
                part.defects.append(OTHER_BOUNDARY)
            elif boundary and not told:
                part.defects.append(NO_BOUNDARY)
            if boundary:
                self._enter(_Open(b"--" + boundary, part))
            else:
                part.defects.append(NO_BOUNDARY)
        return part

    def _seen_boundary(self, told: bytes, at: int) -> bytes:
        """What parts begin with below there, where that is not what was told; empty where it is, or none begin."""
        seen = _SEEN.search(self._data, at, at + _NEAR)
        if seen is None or seen[0].lstrip().startswith((b"--" + (told or b"-"), *self._delimiters)):
            return b""
        return seen[1] if not told or self._data.find(b"--" + told, at) < 0 else b""

    def _enter(self, opened: _Open) -> None:
        self._open.append(opened)
        self._delimiters = tuple(one.delimiter for one in self._open)

    def _leave(self, level: int, *, closed: bool = False) -> None:
        """What is open from that level on ends; the one that is closed as it should be has no defect."""
        for left in self._open[level:]:
            if not left.part.inside:
                left.part.defects.append(NO_START)
            elif not closed and not _closed_in(left.part.inside[-1], left.delimiter + b"--"):
                left.part.defects.append(NO_END)
        del self._open[level:]
        self._delimiters = tuple(one.delimiter for one in self._open)

    def _next_delimiter(self, at: int) -> int | None:
        """Where the next line begins that is a delimiter of something open; the one at `at` may be it."""
        data, delimiters = self._data, self._delimiters
        start = at if data.startswith(b"--", at) else data.find(b"\n--", max(at - 1, 0)) + 1
        while start and not data.startswith(delimiters, start):
            start = data.find(b"\n--", start) + 1
        return start or None

    def _pass(self, line: int) -> None:
        """The part before a delimiter ends there, and with it what is open inside; the next one begins, or none."""
        self._fill(line)
        level = max(at for at, one in enumerate(self._open) if self._data.startswith(one.delimiter, line))
        around = self._open[level]
        closes = self._data.startswith(b"--", line + len(around.delimiter))
        self._leave(level + 1)
        if closes:
            self._leave(level, closed=True)
        end = self._data.find(b"\n", line) + 1 or len(self._data)
        self._filling, self._from = None, end
        if not closes and end < len(self._data):
            digest = around.part.head.get_content_subtype() == "digest"
            one = self._begin(end, "message/rfc822" if digest else "text/plain")
            if around.part.inside is None:
                around.part.inside = []
            around.part.inside.append(one)

    def _fill(self, end: int) -> None:
        """The line break before a delimiter belongs to it (RFC 2046, 5.1.1)."""
        if self._filling is not None:
            if self._open:
                end -= self._data.endswith(b"\n", self._from, end)
                end -= self._data.endswith(b"\r", self._from, end)
            self._filling.body = self._data[self._from : end]
            self._filling = None


def _closed_in(last: Part, closing: bytes) -> bool:
    """Some forget the line break before the closing delimiter, so that it stands at the end of the last text."""
    body = last.body.rstrip()
    found = last.inside is None and body.endswith(closing)
    if found:
        last.body = body.removesuffix(closing)
    return found
