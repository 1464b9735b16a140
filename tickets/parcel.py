"""What screens get in one step: counted, and made ready for the wire, once for however many get the same."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_TEXT = 0x81  # a whole text message in one frame (RFC 6455, 5.2)


class Parcel:
    """Encoded frames in their order; never changed once it is made up."""

    __slots__ = ("_wire", "frames", "size")

    def __init__(self, frames: Sequence[bytes] = ()) -> None:
        self.frames = frames
        self.size = sum(map(len, frames))  # bytes
        self._wire: bytes | None = None

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def wire(self) -> bytes:
        """All of it as a server writes it to a websocket: each frame a text message of its own."""
        if self._wire is None:
            self._wire = b"".join([part for frame in self.frames for part in (_head(len(frame)), frame)])
        return self._wire

    def and_then(self, frame: bytes) -> Parcel:
        """Another one, with a frame more."""
        return Parcel((*self.frames, frame))


def _head(size: int) -> bytes:
    """What precedes a message of so many bytes."""
    if size < 126:
        return bytes((_TEXT, size))
    elif size < 65536:
        return struct.pack("!BBH", _TEXT, 126, size)
    else:
        return struct.pack("!BBQ", _TEXT, 127, size)
