"""Previews of pictures: drawn anew from their pixels, so that nothing else of the file reaches a browser."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000  # a 50 000 x 50 000 picture is an attack on memory, not a picture
LARGEST_SIDE = 1024  # of a preview
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


@dataclass(frozen=True)
class Preview:
    content: bytes
    type: str  # image/png or image/jpeg
    width: int  # of the original, as it is meant to be seen
    height: int


def preview_of(path: Path) -> Preview | None:
    """A small copy of the picture; None where it cannot be drawn. Takes time and memory: on a thread, one at a time."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(path)
    except Exception:  # a decoder may fail in any way on bytes that somebody made up: then there is no preview
        return None


def _drawn(path: Path) -> Preview | None:
    with Image.open(path, formats=_FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS or not picture.width or not picture.height:
            return None
        turned = picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}
        width, height = (picture.height, picture.width) if turned else picture.size
        picture.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
        picture.load()
        small = ImageOps.exif_transpose(picture)
        see_through = small.has_transparency_data
        small = small.convert("RGBA" if see_through else "RGB")
        small.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    content = BytesIO()
    if see_through or picture.format in {"GIF", "PNG"}:
        Image.frombytes(small.mode, small.size, small.tobytes()).save(content, "PNG", optimize=False)
        return Preview(content.getvalue(), "image/png", width, height)
    Image.frombytes(small.mode, small.size, small.tobytes()).save(content, "JPEG", quality=85)
    return Preview(content.getvalue(), "image/jpeg", width, height)
