"""Passwords and tokens that the desk needs in clear: locked with its key where they are kept, so that no copy tells."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from hashlib import sha256
from itertools import count

from tickets.seals import Seals

_NONCE, _MARK = 16, 32  # bytes


def lock(seals: Seals, about: str, text: str, nonce: bytes) -> str:
    """`about` is what it is good for: nowhere else is it opened. `nonce`: 16 bytes at random, never used before.

    Encrypted with HMAC-SHA256 in counter mode, then marked with it under another key (encrypt-then-MAC).
    """
    assert len(nonce) == _NONCE
    hidden = _mixed(seals, nonce, text.encode())
    return base64.b64encode(nonce + hidden + _mark(seals, about, nonce + hidden)).decode()


def unlock(seals: Seals, about: str, locked: str) -> str | None:
    """None where another key has locked it, or it was for something else, or somebody has changed it."""
    try:
        whole = base64.b64decode(locked, validate=True)
    except ValueError:
        return None
    kept, mark = whole[:-_MARK], whole[-_MARK:]
    if len(kept) < _NONCE or not hmac.compare_digest(mark, _mark(seals, about, kept)):
        return None
    return _mixed(seals, kept[:_NONCE], kept[_NONCE:]).decode()


def _mark(seals: Seals, about: str, kept: bytes) -> bytes:
    return hmac.digest(_key(seals, "mark"), about.encode() + b"\0" + kept, "sha256")


def _mixed(seals: Seals, nonce: bytes, content: bytes) -> bytes:
    """The same once more gives it back."""
    return bytes(one ^ other for one, other in zip(content, _stream(_key(seals, "hide"), nonce), strict=False))


def _stream(key: bytes, nonce: bytes) -> Iterator[int]:
    for block in count():
        yield from hmac.digest(key, nonce + block.to_bytes(8, "big"), "sha256")


def _key(seals: Seals, part: str) -> bytes:
    return hmac.new(seals.key, f"locked\0{part}".encode(), sha256).digest()
