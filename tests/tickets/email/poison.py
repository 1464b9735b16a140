"""Mails that are made to hurt whoever reads them, each by another weakness that mail programs had (F15)."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable

_HEAD = b"From: eve@evil.example\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"


def _of(name: str, rest: bytes) -> bytes:
    return _HEAD % name.encode() + rest


def _multipart(name: str, inside: bytes) -> bytes:
    return _of(name, b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + inside + b"--x--\r\n")


def _nested() -> bytes:
    opened = b"".join(b"--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % (n, n + 1) for n in range(50_000))
    return _of("nested", b"Content-Type: multipart/mixed; boundary=0\r\n\r\n" + opened)


def _mails_in_mails() -> bytes:
    return _of("mails", b"Content-Type: message/rfc822\r\n\r\n" * 20_000 + b"\r\nHello\r\n")


def _prefixes() -> bytes:
    parts = b"".join(b"--%s\r\nContent-Type: text/plain\r\n\r\nHello\r\n" % (b"x" * n) for n in range(1, 2_000))
    return _multipart("prefixes", parts)


def _squeezed() -> bytes:
    """A gigabyte of nothing, squeezed; nobody unpacks it."""
    squeezer = zlib.compressobj(9, wbits=-15)
    megabyte = squeezer.compress(bytes(1 << 20)) + squeezer.flush(zlib.Z_FULL_FLUSH)  # stands by itself, so it repeats
    packed = b"\x1f\x8b\x08" + bytes(7) + megabyte * 1024 + squeezer.flush()
    part = b"--x\r\nContent-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return _multipart("squeezed", part + base64.encodebytes(packed).replace(b"\n", b"\r\n"))


_TEXT = b"Content-Type: text/plain; charset=%s\r\n\r\n%s\r\n"
_HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n%s\r\n"

POISON: dict[str, Callable[[], bytes]] = {
    "fifty thousand parts in each other": _nested,
    "fifty thousand parts beside each other": lambda: _multipart("parts", b"--x\r\n\r\n.\r\n" * 50_000),
    "mails in mails": _mails_in_mails,
    "boundaries that begin alike": _prefixes,
    "a header of ten megabytes": lambda: _of("header", b"X-Long: " + b"x " * 5_000_000 + b"\r\n\r\nHello\r\n"),
    "a hundred thousand headers": lambda: _of("headers", b"X-Many: 1\r\n" * 100_000 + b"\r\nHello\r\n"),
    "a hundred thousand recipients": lambda: _of("to", b"To: " + b"a@b.example, " * 100_000 + b"\r\n\r\nHello\r\n"),
    "addresses in brackets without end": lambda: _of("to", b"To: " + b"(" * 100_000 + b"\r\n\r\nHello\r\n"),
    "a line of a megabyte": lambda: _of("line", _TEXT % (b"utf-8", b"x" * 1_000_000)),
    "a quotation of a hundred thousand lines": lambda: _of("quote", _TEXT % (b"utf-8", b"> > said\r\n" * 100_000)),
    "a charset that nobody knows": lambda: _of("charset", _TEXT % (b"bogus", b"\xff\xfe\x00")),
    "nothing but zeros": lambda: bytes(1_000_000),
    "no headers": lambda: b"\r\n\r\n" + b"x\r\n" * 1000,
    "tags that never end": lambda: _of("tags", _HTML % (b"<div>" * 200_000)),
    "attributes without end": lambda: _of("tags", _HTML % (b"<a " + b"a=" * 500_000)),
    "references without end": lambda: _of("ids", b"References: " + b"<a@b> " * 200_000 + b"\r\n\r\nHello\r\n"),
    "words in codes without end": lambda: _of("words", b"X: =?utf-8?q?" * 50_000 + b"\r\n\r\nHello\r\n"),
    "a gigabyte squeezed": _squeezed,
}
