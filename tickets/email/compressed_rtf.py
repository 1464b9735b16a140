"""Unpacks the rich text of Outlook, which travels in a form of its own (MS-OXRTFCP)."""

from __future__ import annotations

import struct

LARGEST = 8 * 1024 * 1024  # bytes, unpacked
_HEAD = struct.Struct("<IIII")  # its size from here, size unpacked, kind, checksum
_PACKED, _PLAIN = 0x75465A4C, 0x414C454D  # LZFu, MELA
_KNOWN = (  # what is there to be repeated from before the first byte (2.1.2.1)
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans "
    rb"SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_ROUND = 4096


def unpacked(content: bytes) -> bytes:
    """The rich text. Raises ValueError for what is none. What is cut off gives what there is."""
    if len(content) < _HEAD.size:
        raise ValueError("too short")
    _, size, kind, _ = _HEAD.unpack_from(content)
    if kind == _PLAIN:
        return content[_HEAD.size : _HEAD.size + min(size, LARGEST)]
    if kind != _PACKED:
        raise ValueError("packed in no known way")
    return _repeated(content[_HEAD.size :], min(size, LARGEST))


def _repeated(content: bytes, size: int) -> bytes:
    """Letters, and what they repeat: a byte says of the next eight which they are, two bytes whence and how much."""
    seen = bytearray(_KNOWN.ljust(_ROUND, b"\0"))
    at, wrote, found = len(_KNOWN), 0, bytearray()
    while wrote < len(content) and len(found) < size:
        told, wrote = content[wrote], wrote + 1
        for bit in range(8):
            if not told >> bit & 1:
                piece, wrote = content[wrote : wrote + 1], wrote + 1
            else:
                pair, wrote = int.from_bytes(content[wrote : wrote + 2].ljust(2, b"\0")), wrote + 2
                begins = pair >> 4
                if begins == at:  # the end
                    return bytes(found[:size])
                piece = _taken(seen, begins, (pair & 15) + 2, at)
            for byte in piece:
                seen[at] = byte
                at = (at + 1) % _ROUND
            found += piece
    return bytes(found[:size])


def _taken(seen: bytearray, begins: int, length: int, at: int) -> bytes:
    """What is repeated may reach into itself: then it goes round."""
    until = (at - begins) % _ROUND
    whole = bytes(seen[(begins + step) % _ROUND] for step in range(min(length, until)))
    return (whole * (length // len(whole) + 1))[:length]
