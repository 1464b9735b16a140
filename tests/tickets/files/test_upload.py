"""A posted file is read as it arrives: in any pieces, up to its limit, and all of it or nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.errors import Refused, TooBig
from tickets.files.store import Store
from tickets.files.upload import Unsupported, Upload, UploadForm

BOUNDARY = "----tea"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def a_form(content: bytes, name: str = "tea.txt", client_id: str = "f-1") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="client_id"\r\n\r\n{client_id}\r\n'
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return head.encode() + b"Content-Type: text/plain\r\n\r\n" + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def read(folder: Path, body: bytes, *, piece: int = 7, largest: int = 1024 * 1024) -> Upload:
    with UploadForm(TYPE, Store(folder), largest=largest) as form:
        for start in range(0, len(body), piece):
            form.feed(body[start : start + piece])
        return form.finish()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@given(content=st.binary(min_size=1, max_size=300), piece=st.integers(1, 50))
@settings(max_examples=30)
def test_whatever_the_pieces_the_file_is_whole(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, piece: int
) -> None:
    folder = tmp_path_factory.mktemp("files")
    upload = read(folder, a_form(content), piece=piece)
    assert content == Store(folder).path(upload.stored.sha256).read_bytes()
    assert (content, "f-1", "tea.txt", "text/plain") == (upload.head, upload.client_id, upload.name, upload.claimed)


def test_a_name_arrives_as_it_was(tmp_path: Path) -> None:
    assert '账单 "1".pdf' == read(tmp_path, a_form(b"x", name="账单 %221%22.pdf")).name


def test_an_upload_that_is_cut_midway_leaves_nothing(tmp_path: Path) -> None:
    body = a_form(b"tea" * 1000)
    for cut in (50, 200, 1500, len(body) - 6):
        with pytest.raises(Refused):
            read(tmp_path, body[:cut])
        assert [] == files(tmp_path)


def test_too_large_is_refused_before_the_rest_is_read(tmp_path: Path) -> None:
    with pytest.raises(TooBig, match="Largest is 1 MB"):
        read(tmp_path, a_form(b"x" * (1024 * 1024 + 1)), piece=65_536)
    assert [] == files(tmp_path)


def test_a_form_cannot_hide_bytes_around_its_file(tmp_path: Path) -> None:
    body = a_form(b"x", client_id="c" * 2000)
    with pytest.raises(Refused):
        read(tmp_path, body)
    with pytest.raises(TooBig):
        read(tmp_path, a_form(b"x") + b"\r\n" * 100_000, piece=4096, largest=1024)
    assert len(files(tmp_path)) == 0


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="The file is empty"):
        read(tmp_path, a_form(b""))


@pytest.mark.parametrize("body", [b"", b"tea", b"--other\r\n\r\nx\r\n--other--", f"--{BOUNDARY}--\r\n".encode()])
def test_what_is_no_form_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(Refused):
        read(tmp_path, body)
    assert [] == files(tmp_path)


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary="])
def test_another_kind_of_body_is_not_taken(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Unsupported):
        UploadForm(kind, Store(tmp_path), largest=100)


def test_only_the_first_file_counts(tmp_path: Path) -> None:
    second = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\nother\r\n'.encode()
    end = f"--{BOUNDARY}--\r\n".encode()
    upload = read(tmp_path, a_form(b"first").removesuffix(end) + second + end)
    assert (b"first", "tea.txt") == (upload.head, upload.name)
