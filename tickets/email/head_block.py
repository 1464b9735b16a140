"""Reads the headers of one part off its bytes, up to the line under which its text begins."""

from __future__ import annotations

import re
from contextlib import suppress
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any, NamedTuple

from tickets.email.charsets import BROKEN, plain

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_USUAL = re.compile(
    rb"(content|x|list|arc|resent|authentication)-|(mime-version|received|return-path|delivered-to|dkim-signature|from"
    rb"|sender|reply-to|to|cc|date|subject|message-id|in-reply-to|references)[ \t]*:",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(rb"boundary\s{0,9}=\s{0,9}(?:\"([^\"]{1,2000})\"|([^\s;\"]{1,2000}))", re.IGNORECASE)
_LONGEST_TYPE = 4096
_NO_HEADER = "MissingHeaderBodySeparatorDefect"


class _AsTheyStand(EmailPolicy):
    """Headers are handed out unparsed: taking a part's own headers apart by the full grammar is slow, and may raise."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return plain(value)[0]


_POLICY = _AsTheyStand()


class HeadBlock(NamedTuple):
    head: EmailMessage  # headers only; the last Content-Type counts where there are several
    spilled: bytes  # the lines right above the body that are no headers, and the empty one
    end: int  # where the body begins
    defects: tuple[str, ...]


def head_block(data: bytes, at: int = 0, delimiters: tuple[bytes, ...] = (), default: str = "text/plain") -> HeadBlock:
    """The headers that begin there. They end at an empty line, or before a delimiter of what is open around them.

    A line that is no header is passed over, as others do (mime4j, Stalwart), and kept as text, with what stands below
    it: the empty line was forgotten, or has a blank in it. Where usual headers go on below, it was only a broken one;
    of a subject it is the rest.
    """
    lines = _Lines(delimiters)
    while at < len(data) and lines.takes(data, at):
        at = data.find(b"\n", at) + 1 or len(data)
    here = data[at : data.find(b"\n", at) + 1 or len(data)]
    end = at if here.strip(b"\r\n") else at + len(here)
    spilled = data[lines.spilled : end] if lines.spilled is not None else b""
    return HeadBlock(_message(lines.fields, default), spilled, end, (_NO_HEADER,) if lines.odd else ())


class _Lines:
    """The lines above the body, one after another."""

    def __init__(self, delimiters: tuple[bytes, ...]) -> None:
        self.fields: list[list[bytes]] = []  # of each the name, and its lines
        self.spilled: int | None = None  # where the text begins that stands among them
        self.odd = False
        self._delimiters = delimiters
        self._blank = False  # a line with nothing but blanks has come

    def takes(self, data: bytes, at: int) -> bool:
        """Whether the line there is still above the body."""
        line = data[at : data.find(b"\n", at) + 1 or len(data)].rstrip(b"\r\n")
        if not line or _is_delimiter(line, self._delimiters) or self._begins_parts(line):
            return False
        name = _NAME.match(line)
        if line[:1] in b" \t" and self.fields and self.spilled is None:
            self.fields[-1].append(line)
            self._blank = self._blank or not line.strip()
        elif name is not None:
            usual = _USUAL.match(line) is not None and not self._blank
            if usual and self.spilled is not None and self.fields and self.fields[-1][0].lower() == b"subject":
                self.fields[-1] += [b" " + broken for broken in data[self.spilled : at].splitlines()]
            self.fields.append([name[1], line[name.end() :]])
            self.spilled = None if usual else self.spilled
        elif self.fields or not line.startswith((b"From ", b">From ")):
            self.spilled = at if self.spilled is None else self.spilled
            self.odd = True
        return True

    def _begins_parts(self, line: bytes) -> bool:
        """Whether the mail's own first delimiter stands right below its headers."""
        if self._delimiters or not line.startswith(b"--") or not line[2:].strip():
            return False
        types = (lines for name, *lines in self.fields if name.lower() == b"content-type")
        return any(boundary_in(b"\n".join(lines)) == line[2:].rstrip() for lines in types)


def _is_delimiter(line: bytes, delimiters: tuple[bytes, ...]) -> bool:
    """Among headers only a whole line is one: a boundary may go on with what begins like that of the part around it."""
    if not line.startswith(delimiters):
        return False
    return any(line.startswith(one) and line[len(one) :].removeprefix(b"--").strip() == b"" for one in delimiters)


def _message(fields: list[list[bytes]], default: str) -> EmailMessage:
    head = EmailMessage(policy=_POLICY)
    head.set_default_type(default)
    types = [at for at, (name, *_) in enumerate(fields) if name.lower() == b"content-type"]
    for at, (name, *lines) in enumerate(fields):
        if at not in types[:-1]:
            value = b"\n".join(lines).lstrip(b" \t")
            head.set_raw(name.decode("latin-1"), value.decode("ascii", "surrogateescape"))
    return head


def main_kind(head: EmailMessage) -> str:
    with suppress(*BROKEN):
        return head.get_content_maintype()
    return ""


def boundary_of(head: EmailMessage) -> bytes:
    """Empty where there is none. It is told also where the semicolon before it was forgotten."""
    found: object = None
    with suppress(*BROKEN):
        found = head.get_param("boundary")
    if isinstance(found, tuple):
        found = found[2]
    if isinstance(found, str):
        return found.encode("utf-8", "surrogateescape")
    return boundary_in(str(head.get("content-type", "")).encode("utf-8", "surrogateescape"))


def boundary_in(content_type: bytes) -> bytes:
    """As it stands in the value of a header; empty where it has none."""
    found = _BOUNDARY.search(content_type[:_LONGEST_TYPE])
    return (found[1] or found[2]) if found else b""
