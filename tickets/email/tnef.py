"""What Outlook packed into winmail.dat: its files and its words, where it can be opened; else it stays as it came.

The library that opens it has not changed since 2021, nor has the form (MS-OXTNEF). It trusts the counts that it reads,
so it is only let at what is short, and only for a moment.
"""

from __future__ import annotations

import logging
import signal
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tickets.email import rtf
from tickets.email.charsets import decoded
from tickets.text import one_line

KINDS = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
PATIENCE = 3.0  # seconds
DEEPEST = 3  # mails inside of mails
MOST_FILES = 50
_SIGNATURE = b"\x78\x9f\x3e\x22"
_MOST_WORK = 2 * 1024 * 1024 * 1024  # bytes that the library would copy: it looks at what is left once for each piece
_HEAD = struct.Struct("<BHHI")  # level, name, type, length
_COUNT = struct.Struct("<I")
_COUNTED = {0x9003, 0x9004, 0x9005}  # properties, people, properties of a file: they begin with how many there are
_LEAST_PIECE = _HEAD.size + 2  # with its checksum
_LONG_NAME, _TYPE, _CONTENT_ID = 0x3707, 0x370E, 0x3712  # properties of a file (MS-OXPROPS)


@dataclass(frozen=True)
class Packed:
    """A file that was inside."""

    name: str
    type: str  # as the sender calls it; empty: not at all
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Opened:
    files: list[Packed]
    text: str = ""
    html: str = ""


def opened(content: bytes) -> Opened | None:
    """None for whatever is odd: then it is a file like any other. On the main thread of a process only."""
    if not content.startswith(_SIGNATURE) or not _is_plausible(content):
        return None
    try:
        with _no_longer_than(PATIENCE):
            return _read(content)
    except (_TooLong, Exception):
        return None


def _read(content: bytes) -> Opened:
    tnef: Any = import_module("tnefparse")  # few mails need it

    logging.getLogger("tnefparse").setLevel(logging.CRITICAL + 1)  # a mail should not fill our log
    found: Any = tnef.TNEF(content, do_checksum=False)
    return Opened([*_files(found, 0)][:MOST_FILES], *_said(found))


def _said(found: Any) -> tuple[str, str]:
    """Its words and its page; out of the rich text where Outlook packed nothing else."""
    text, html = (_words(told, found.codepage) for told in (found.body, found.htmlbody))
    if html or not found._rtfbody:
        return text, html
    try:
        other, html = rtf.words_of(bytes(found._rtfbody))
    except ValueError:
        return text, html
    return text or other, html


def _files(found: Any, depth: int) -> Iterator[Packed]:
    """Those of mails inside of it, too: the words of such a mail become a file."""
    for at, file in enumerate(found.attachments, 1):
        inner = getattr(file, "embed", None)
        if inner is None and file.data:
            yield _file(file, at, found.codepage)
        elif inner is not None and depth < DEEPEST:
            text, html = _said(inner)
            if text or html:
                kind = ("text/plain", ".txt") if text else ("text/html", ".html")
                name = f"{_name(file, found.codepage) or f'mail-{at}'}{kind[1]}"
                yield Packed(name, kind[0], (text or html).encode("utf-8", "replace"))
            yield from _files(inner, depth + 1)


def _file(file: Any, at: int, codepage: str | None) -> Packed:
    said = {one.name: one.data for one in file.mapi_attrs if one.name in {_TYPE, _CONTENT_ID}}
    kind = one_line(_words(said.get(_TYPE), codepage), 100).lower()
    content_id = one_line(_words(said.get(_CONTENT_ID), codepage), 300).strip("<>")
    return Packed(_name(file, codepage) or f"part-{at}.bin", kind, bytes(file.data), content_id)


def _name(file: Any, codepage: str | None) -> str:
    """The long one, else that of the days of DOS."""
    long = [one.data for one in file.mapi_attrs if one.name == _LONG_NAME]
    told = (_words(one, codepage) for one in [*long, file._name])
    return next((name for name in told if name), "")


def _words(value: object, codepage: str | None) -> str:
    if isinstance(value, bytes):
        value = decoded(value.rstrip(b"\0"), codepage or "")[0]
    return str(value).strip("\0").replace("\r\n", "\n").replace("\r", "\n") if value else ""


def _is_plausible(content: bytes) -> bool:
    """Whether its pieces are few enough, and none of them says that more is in it than can be."""
    at, pieces = 6, 0
    while at + _LEAST_PIECE < len(content) and pieces * len(content) <= _MOST_WORK:
        _, name, _, length = _HEAD.unpack_from(content, at)
        if name in _COUNTED and length >= 4 and _COUNT.unpack_from(content, at + _HEAD.size)[0] > length // 4:
            return False
        at += _LEAST_PIECE + length
        pieces += 1
    return pieces * len(content) <= _MOST_WORK


class _TooLong(BaseException):
    """Not an Exception: the library swallows those."""


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        raise _TooLong

    def ends(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ends)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
