"""Pictures and other bytes for tests, made on the spot."""

import struct
import zlib
from io import BytesIO

from PIL import Image

GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
ZIP = b"PK\x03\x04" + b"\0" * 100


def a_picture(width: int = 40, height: int = 30, kind: str = "PNG", *, mode: str = "RGB", **how: object) -> bytes:
    """A picture in one colour, with words in its margins that nobody else should see."""
    content = BytesIO()
    Image.new(mode, (width, height), (200, 30, 30, 128)[: len(mode)]).save(content, kind, **how)
    return content.getvalue()


def a_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG that says it is huge and holds next to nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(b"\0" * 1000)), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
