"""One decision from the bytes themselves: name and claim can only make it worse."""

import pytest

from tests.tickets.files.pictures import GIF, HTML, PDF, SVG, ZIP, a_picture
from tickets.files.kinds import UNKNOWN, Kind, kind_of, sniffed


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (a_picture(kind="PNG"), "image/png"),
        (a_picture(kind="JPEG"), "image/jpeg"),
        (a_picture(kind="WEBP"), "image/webp"),
        (GIF, "image/gif"),
        (PDF, "application/pdf"),
        (ZIP, "application/zip"),
        (SVG, "image/svg+xml"),
        (b"  \n<SVG onload=x>", "image/svg+xml"),
        (b"\xef\xbb\xbf<html>", "text/html"),
        (HTML, "text/html"),
        (b"<?xml version='1.0'?><a/>", "text/xml"),
        ("你好".encode(), "text/plain"),
        ("你好".encode()[:-1], "text/plain"),
        (b"\xff\xfe\x00\x00", UNKNOWN),
        (b"text\0with nul", UNKNOWN),
        (b"MZ\x90\x00", "application/x-executable"),
    ],
)
def test_the_bytes_say_what_a_file_is(content: bytes, kind: str) -> None:
    assert kind == sniffed(content[:4096])


@pytest.mark.parametrize(
    ("name", "claimed", "content", "kind"),
    [
        ("tea.png", "image/png", a_picture(), Kind("image/png", doubtful=False)),
        ("tea.JPG", "image/jpg", a_picture(kind="JPEG"), Kind("image/jpeg", doubtful=False)),
        ("tea.png", "", a_picture(), Kind("image/png", doubtful=False)),
        ("tea", "application/octet-stream", a_picture(), Kind("image/png", doubtful=False)),
        ("bill.pdf", "application/pdf", PDF, Kind("application/pdf", doubtful=False)),
        ("notes.txt", "text/plain", b"Hello", Kind("text/plain", doubtful=False)),
        ("table.csv", "application/vnd.ms-excel", b"a,b", Kind("text/csv", doubtful=False)),
        ("drawing.svg", "image/svg+xml", SVG, Kind("image/svg+xml", doubtful=False)),
        ("page.html", "text/html", HTML, Kind("text/html", doubtful=False)),
        ("things.zip", "application/zip", ZIP, Kind("application/zip", doubtful=False)),
        ("drawing.png", "image/svg+xml", SVG, Kind(UNKNOWN, doubtful=True)),
        ("drawing.png", "image/png", SVG, Kind(UNKNOWN, doubtful=True)),
        ("page.png", "image/png", HTML, Kind(UNKNOWN, doubtful=True)),
        ("tea.jpg", "image/jpeg", a_picture(), Kind(UNKNOWN, doubtful=True)),
        ("tea.png", "image/svg+xml", a_picture(), Kind(UNKNOWN, doubtful=True)),
        ("bill.pdf", "application/pdf", b"MZ\x90\x00", Kind(UNKNOWN, doubtful=True)),
        ("notes.txt", "image/png", b"Hello", Kind(UNKNOWN, doubtful=True)),
    ],
)
def test_a_lying_name_or_claim_is_doubted(name: str, claimed: str, content: bytes, kind: Kind) -> None:
    assert kind == kind_of(content[:4096], name=name, claimed=claimed)


@pytest.mark.parametrize("content", [SVG, HTML, PDF, ZIP, b"BM1234", b"text"])
def test_only_four_kinds_of_pictures_may_be_shown(content: bytes) -> None:
    assert not kind_of(content, name="x", claimed="").may_show
    assert kind_of(a_picture(), name="x.png", claimed="image/png").may_show
