"""A file that a disk has damaged is named, in the desk and in a backup, and keeps nothing else away."""

from __future__ import annotations

import io
import resource
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from server.cli import main
from server.keeping.archive import Writing, writing
from server.keeping.backup import _missed, backup
from server.keeping.restore import check, restore
from tests.server.keeping.kept import PHOTO, KeptDesk, said
from tickets.errors import Refused
from tickets.files.store import Store

ROTTEN = PHOTO[:-1] + b"?"
"""As long as it was, and another."""


def photo(desk: KeptDesk) -> Path:
    """Where the desk has it; it is the only file."""
    (found,) = (desk.folder / "files").glob("??/*")
    return found


def test_a_backup_names_what_is_damaged_in_the_folder_and_holds_all_the_rest(
    desk: KeptDesk, other: KeptDesk, tmp_path: Path
) -> None:
    photo(desk).write_bytes(ROTTEN)
    told: list[str] = []
    made = backup(desk.config, tmp_path / "desk.zip", tell=told.append)
    sha256 = photo(desk).name
    assert [sha256] == [words.split()[2] for words in told if "is damaged in the desk's folder" in words]

    for brings in (check(made, tell=told.append), restore(other.config, made, tell=told.append)):
        assert ({}, (sha256,)) == (brings.files, brings.damaged)
    assert 2 == told.count(f"The file {sha256} was damaged already when this backup was made")
    assert 3 == len(other.opens(said)[0])
    assert [] == list((other.folder / "files").glob("??/*"))
    with zipfile.ZipFile(made) as archive:
        assert ROTTEN == archive.read(f"files/{sha256[:2]}/{sha256}"), "what is left of it"


def test_a_folder_that_takes_no_files_is_named_and_nothing_is_restored(
    desk: KeptDesk, other: KeptDesk, tmp_path: Path
) -> None:
    made, folder = backup(desk.config, tmp_path / "desk.zip"), other.folder / "files"
    folder.write_text("no folder")

    with pytest.raises(Refused, match=f"{folder} cannot be written: "):
        restore(other.config, made)

    folder.unlink()
    assert restore(other.config, made).files


def test_a_file_that_cannot_be_opened_keeps_nothing_else_away(desk: KeptDesk, tmp_path: Path) -> None:
    """As one whose place on the disk is damaged: there used to be no backup at all until somebody had put it back."""
    file = photo(desk)
    file.unlink()
    file.symlink_to(file)

    told: list[str] = []
    manifest = check(backup(desk.config, tmp_path / "desk.zip", tell=told.append))
    assert ({}, (file.name,)) == (manifest.files, manifest.damaged)
    assert f"The file {file.name} is damaged in the desk's folder: put it back from an earlier backup" in told


def test_a_backup_for_which_there_is_no_room_says_so_in_a_sentence(tmp_path: Path) -> None:
    """It ended by a fault of its own, on the way out."""
    target = tmp_path / "desk.zip"
    with pytest.raises(Refused, match=f"{target} cannot be written: "), _room_for(4096), writing(target) as archive:
        archive.key(secrets.token_bytes(100_000))
    assert [] == list(tmp_path.iterdir())


@contextmanager
def _room_for(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("harm", ["damaged", "gone", "none"])
def test_a_timer_sees_that_a_file_is_damaged_or_gone_and_the_backup_is_made(
    desk: KeptDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    """It used to end as if all were well: the earlier archives that had the file whole went with the weeks."""
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", desk.config.database.url)
    monkeypatch.setenv("FRONTDESK_FILES_FOLDER", desk.config.files.folder)
    if harm == "damaged":
        photo(desk).write_bytes(ROTTEN)
    elif harm == "gone":
        photo(desk).unlink()

    ended = main(["backup", str(tmp_path / "desk.zip")])
    assert (0 if harm == "none" else 3) == ended
    told = capsys.readouterr().out
    assert "desk.zip now." in told
    assert (harm == "damaged") == ("is damaged in the desk's folder" in told)
    assert (harm == "gone") == ("1 files that the desk names are not in its folder" in told)
    assert check(tmp_path / "desk.zip").rows > 3


def test_an_upload_that_is_swept_away_meanwhile_is_no_loss(desk: KeptDesk) -> None:
    assert [] == _missed(desk.config, ["0" * 64])
    assert [photo(desk).name] == _missed(desk.config, ["0" * 64, photo(desk).name])


def test_a_file_that_cannot_be_read_to_its_end_is_damaged_and_the_backup_goes_on(desk: KeptDesk) -> None:
    writing = Writing(io.BytesIO())
    writing.file(photo(desk).name, cast(Path, FailingDisk()))
    writing.close()
    assert ({}, [photo(desk).name]) == (writing.files, writing.damaged)


class FailingDisk:
    """It gives a file's first bytes, and then an error."""

    def open(self, _: str) -> io.BytesIO:
        return FailingFile(PHOTO)


class FailingFile(io.BytesIO):
    def read(self, _: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(100)


@pytest.mark.parametrize("harm", ["other bytes", "more bytes", "no bytes", "none"])
def test_a_backup_with_a_damaged_file_brings_all_the_rest_and_names_it(
    desk: KeptDesk, other: KeptDesk, tmp_path: Path, harm: str
) -> None:
    """Also one that an earlier version made, which did not look."""
    made, damaged = backup(desk.config, tmp_path / "desk.zip"), tmp_path / "damaged.zip"
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            bad = {"other bytes": ROTTEN, "more bytes": PHOTO + b"?", "no bytes": b"", "none": None}[harm]
            content = bad if name.startswith("files/") else source.read(name)
            if content is not None:
                target.writestr(name, content)
    told: list[str] = []

    restore(other.config, damaged, tell=told.append)
    assert ["0 files", f"The file {photo(desk).name} is damaged in this backup"] == told[:2]
    assert 3 == len(other.opens(said)[0])
    assert [] == list((other.folder / "files").glob("??/*"))
    with pytest.raises(Refused, match=r"is damaged: 1 files are not what they were\. It can be restored without them"):
        check(damaged, tell=told.append)


def test_a_restore_puts_a_whole_file_in_the_place_of_a_damaged_one(desk: KeptDesk, tmp_path: Path) -> None:
    """It is known by its bytes, for its length is the same."""
    made = backup(desk.config, tmp_path / "desk.zip")
    photo(desk).write_bytes(ROTTEN)
    restore(desk.config, made, replace=True)
    assert PHOTO == photo(desk).read_bytes()


def test_a_backup_whose_table_is_damaged_says_so_in_a_sentence(
    desk: KeptDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is squeezed cannot be unsqueezed any more."""
    made = backup(desk.config, tmp_path / "desk.zip")
    with zipfile.ZipFile(made) as archive:
        start = archive.getinfo("tables/message.ndjson").header_offset + 80
    with made.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * 40)
    assert 1 == main(["restore", "--check", str(made)])
    assert "is damaged" in capsys.readouterr().err


def test_a_store_holds_what_is_there_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path / "files")
    kept = store.keep(b"tea")
    assert store.holds(kept.sha256)
    store.path(kept.sha256).write_bytes(b"tee")
    assert not store.holds(kept.sha256)
    assert not store.holds("0" * 64)
