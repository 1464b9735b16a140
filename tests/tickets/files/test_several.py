"""A form with several files: every sound file and every word arrives, and what is wrong with the rest is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.errors import Refused, TooBig
from tickets.files.parts import Unsupported
from tickets.files.several import FormWithFiles, Sent
from tickets.files.store import Store

BOUNDARY = "----tea"
LARGEST = 1024


def a_field(name: str, text: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()


def a_file(name: str, content: bytes, field: str = "files") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    return head.encode() + b"Content-Type: text/plain\r\n\r\n" + content + b"\r\n"


def a_body(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def read(folder: Path, body: bytes, *, piece: int = 97) -> Sent:
    with FormWithFiles(f"multipart/form-data; boundary={BOUNDARY}", Store(folder), largest=LARGEST) as form:
        for start in range(0, len(body), piece):
            form.feed(body[start : start + piece])
        return form.finish()


def unfinished(folder: Path) -> list[Path]:
    return list((folder / "unfinished").glob("*"))


@given(content=st.binary(min_size=1, max_size=200), text=st.text(max_size=40), piece=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_whatever_the_pieces_all_of_it_arrives(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, text: str, piece: int
) -> None:
    """Bytes of files as they are; of a text all but NUL, which no database of ours would keep as it is."""
    folder = tmp_path_factory.mktemp("files")
    encoded = text.encode(errors="replace").decode()

    sent = read(
        folder, a_body(a_field("what", encoded), a_file("a.txt", content), a_file("b.txt", b"tea")), piece=piece
    )

    assert [encoded.replace("\0", "\ufffd")] == sent.getlist("what")
    assert [("a.txt", content), ("b.txt", b"tea")] == [
        (one.name, Store(folder).path(one.stored.sha256).read_bytes()) for one in sent.files
    ]
    assert sent.trouble is None


def test_a_file_that_is_too_big_spoils_nothing_else(tmp_path: Path) -> None:
    """Whether the words stand before it or behind it."""
    body = a_body(a_field("first", "1"), a_file("big.bin", b"x" * 5000), a_file("ok", b"y"), a_field("last", "2"))

    sent = read(tmp_path, body)

    assert ("1", "2", ["ok"]) == (sent.text("first"), sent.text("last"), [one.name for one in sent.files])
    assert "big.bin is too big. Largest is 0 MB." == str(sent.trouble)
    assert [] == unfinished(tmp_path)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    sent = read(tmp_path, a_body(a_file("nothing.txt", b""), a_file("ok", b"y")))

    assert ("nothing.txt is empty.", ["ok"]) == (str(sent.trouble), [one.name for one in sent.files])


def test_a_field_in_which_nothing_was_chosen_is_no_file(tmp_path: Path) -> None:
    sent = read(tmp_path, a_body(a_file("", b""), a_field("what", "Tea")))

    assert ([], None, "Tea") == (list(sent.files), sent.trouble, sent.text("what"))


def test_the_eleventh_file_is_one_too_many(tmp_path: Path) -> None:
    sent = read(tmp_path, a_body(*(a_file(f"{n}.txt", b"%d" % n) for n in range(12))))

    assert 10 == len(sent.files)
    assert "Send at most 10 files at once." == str(sent.trouble)


def test_the_same_content_goes_by_the_same_id(tmp_path: Path) -> None:
    """A form that is sent twice keeps its files once."""
    one, two = (read(tmp_path, a_body(a_file("a.txt", b"tea"))).files[0].client_id for _ in range(2))

    assert one == two
    assert len(one) <= 64


def test_a_form_that_is_cut_midway_leaves_nothing(tmp_path: Path) -> None:
    body = a_body(a_field("what", "Tea"), a_file("a.txt", b"tea" * 300), a_file("b.txt", b"more"))
    for cut in (30, 400, len(body) - 5):
        with pytest.raises(Refused):
            read(tmp_path, body[:cut])
        assert [] == unfinished(tmp_path)


def test_there_is_an_end_to_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(TooBig):
        read(tmp_path, a_body(a_field("what", "x" * 300_000)), piece=65_536)
    with pytest.raises(TooBig):
        read(
            tmp_path, a_body(*(a_field("", "") for _ in range(6000)), a_file("a", b"x")) + b"x" * 400_000, piece=65_536
        )
    with pytest.raises(Refused):
        read(tmp_path, a_body(a_field("n" * 20_000, "x")), piece=65_536)


def test_another_kind_of_body_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Unsupported):
        FormWithFiles("application/x-www-form-urlencoded", Store(tmp_path), largest=LARGEST)
