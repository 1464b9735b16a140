"""Files that stand in the midst of a text, as programs sent them before there was MIME (uuencode)."""

from __future__ import annotations

import binascii
import re
from contextlib import suppress
from typing import NamedTuple

_BEGIN = re.compile(rb"^begin [0-7]{3,4} (.{1,255}?)\r?$", re.MULTILINE)
_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)
_LINE = re.compile(rb"[ -`]{0,90}")
_MOST = 20  # in one text


class Uuencoded(NamedTuple):
    name: bytes
    content: bytes


def contents(body: bytes) -> bytes:
    """Of the first file that begins there, though its end may be missing. Raises ValueError where none begins."""
    begin = _BEGIN.search(body)
    if begin is None:
        raise ValueError("nothing begins here")
    end = _END.search(body, begin.end())
    return _decoded(body[begin.end() : end.start() if end else len(body)])


def taken_out(body: bytes) -> tuple[bytes, list[Uuencoded]]:
    """The text without the whole files that stand in it, and those. What is only like one stays."""
    files: list[Uuencoded] = []
    at = 0
    while b"begin " in body and len(files) < _MOST and (begin := _BEGIN.search(body, at)):
        at = begin.end()
        end = _END.search(body, at)
        if end is None:
            break
        inside = body[at : end.start()]
        if not all(_LINE.fullmatch(line) for line in inside.strip(b"\r\n").splitlines()):
            continue
        with suppress(ValueError, IndexError):
            files.append(Uuencoded(begin[1], _decoded(inside)))
            body, at = body[: begin.start()] + body[end.end() :].lstrip(b"\r\n"), begin.start()
    return body, files


def _decoded(lines: bytes) -> bytes:
    return b"".join(_line(line) for line in lines.strip(b"\r\n").splitlines() if line)


def _line(line: bytes) -> bytes:
    """Some encoders wrote more letters than they counted."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])
