"""Files in the midst of a text as news programs send them: yEnc, one byte for one byte (yenc.org, draft 1.3)."""

from __future__ import annotations

import re

from tickets.email.uuencoded import Uuencoded

_BEGIN = re.compile(rb"^=ybegin (?=[^\r\n]{0,400}\bsize=\d)[^\r\n]{0,400}?\bname=([^\r\n]{1,255})\r?\n", re.MULTILINE)
_PART = re.compile(rb"=ypart [^\r\n]{0,400}\r?\n")
_END = re.compile(rb"^=yend [^\r\n]{0,400}(?:\r?\n|\Z)", re.MULTILINE)
_ESCAPED = re.compile(rb"=(.)", re.DOTALL)
_SHIFTED = bytes((byte - 42) % 256 for byte in range(256))
_MOST = 20  # in one text


def taken_out(body: bytes) -> tuple[bytes, list[Uuencoded]]:
    """The text without the whole files that stand in it, and those."""
    files: list[Uuencoded] = []
    while b"=ybegin " in body and len(files) < _MOST and (begin := _BEGIN.search(body)):
        part = _PART.match(body, begin.end())
        at = part.end() if part else begin.end()
        end = _END.search(body, at)
        if end is None:
            break
        files.append(Uuencoded(begin[1].strip(), _decoded(body[at : end.start()])))
        body = body[: begin.start()] + body[end.end() :]
    return body, files


def _decoded(lines: bytes) -> bytes:
    bare = lines.replace(b"\r", b"").replace(b"\n", b"")
    return _ESCAPED.sub(lambda found: bytes([(found[1][0] - 64) % 256]), bare).translate(_SHIFTED)
