"""A preview holds the pixels of a picture and nothing else of the file; what cannot be drawn has none."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.tickets.files.pictures import GIF, HTML, PDF, SVG, a_bomb, a_picture
from tickets.files.pictures import LARGEST_SIDE, Preview, preview_of


def preview(tmp_path: Path, content: bytes) -> Preview | None:
    path = tmp_path / "picture"
    path.write_bytes(content)
    return preview_of(path)


@pytest.mark.parametrize(
    ("content", "kind", "size"),
    [
        (a_picture(), "image/png", (40, 30)),
        (a_picture(kind="JPEG"), "image/jpeg", (40, 30)),
        (a_picture(kind="WEBP"), "image/jpeg", (40, 30)),
        (a_picture(kind="WEBP", mode="RGBA"), "image/png", (40, 30)),
        (a_picture(mode="RGBA"), "image/png", (40, 30)),
        (GIF, "image/png", (1, 1)),
        (a_picture(3000, 1000, kind="JPEG"), "image/jpeg", (3000, 1000)),
    ],
)
def test_a_picture_is_drawn_anew(tmp_path: Path, content: bytes, kind: str, size: tuple[int, int]) -> None:
    drawn = preview(tmp_path, content)
    assert drawn is not None
    assert (kind, size) == (drawn.type, (drawn.width, drawn.height))
    with Image.open(BytesIO(drawn.content)) as shown:
        assert max(shown.size) <= LARGEST_SIDE
        assert f"image/{(shown.format or '').lower()}" == kind


def test_nothing_but_pixels_survives(tmp_path: Path) -> None:
    """Neither a comment, nor what a camera wrote, nor a script behind the end."""
    exif = Image.Exif()
    exif[0x010E] = "<script>secret</script>"
    content = a_picture(kind="JPEG", exif=exif, comment=b"secret") + b"<script>secret</script>"
    drawn = preview(tmp_path, content)
    assert drawn is not None
    assert b"secret" in content
    assert b"secret" not in drawn.content


def test_a_picture_taken_sideways_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn = preview(tmp_path, a_picture(40, 30, kind="JPEG", exif=exif))
    assert drawn is not None
    assert (30, 40) == (drawn.width, drawn.height)
    with Image.open(BytesIO(drawn.content)) as shown:
        assert (30, 40) == shown.size


@pytest.mark.parametrize(
    "content",
    [
        a_bomb(),
        a_picture(400, 300)[:200],
        a_picture(400, 300, kind="JPEG")[:300],
        a_picture(kind="BMP"),
        a_picture(kind="TIFF"),
        SVG,
        HTML,
        PDF,
        b"\x89PNG\r\n\x1a\n",
        b"",
    ],
)
def test_what_cannot_be_drawn_has_no_preview(tmp_path: Path, content: bytes) -> None:
    """50 000 by 50 000 pixels, cut off, of another kind, or no picture at all."""
    assert preview(tmp_path, content) is None
