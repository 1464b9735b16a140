"""A backup that dies is no backup; a restore or a copy that dies leaves what was there, or the whole of the new one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.faults.commands import database_in, runs
from tests.faults.desk import address, is_whole, rows, tables, without_tables
from tests.faults.furnishing import furnish
from tests.faults.places import places

OF_BACKUP = [place for place in places() if place.startswith("backup.")]
OF_COPY = [place for place in places() if place.startswith("copy.")]
OF_RESTORE = [place for place in places() if place.startswith("restore.")]


def _desk(folder: Path) -> list[tuple[Any, ...]]:
    """What tells one desk from another; nothing where there is none yet."""
    database = database_in(folder)
    if "ticket" not in {name for name, *_ in tables(database)}:
        return []
    return rows(database, "select id, subject from ticket union all select id, text from message order by 1, 2")


def _a_backup_dies(folder: Path, place: str) -> None:
    asyncio.run(furnish(database_in(folder)))
    archive = folder / "kept.zip"

    assert -9 == runs(folder, "backup", str(archive), failpoint=place).returncode
    assert not archive.exists()

    assert 0 == runs(folder, "backup", str(archive)).returncode
    assert [archive] == sorted(folder.glob("*.zip"))
    assert [] == list(folder.glob(".*.unfinished"))
    assert 0 == runs(folder, "restore", "--check", str(archive)).returncode


def _a_restore_dies(folder: Path, place: str) -> None:
    old, new = folder / "old", folder / "new"
    without_tables(database_in(new))
    asyncio.run(furnish(database_in(old)))
    archive = folder / "kept.zip"
    assert 0 == runs(old, "backup", str(archive)).returncode

    assert -9 == runs(new, "restore", str(archive), failpoint=place).returncode
    assert _desk(new) in ([], _desk(old))
    again = runs(new, "restore", "--replace", str(archive))

    assert 0 == again.returncode, again.stderr
    assert _desk(old) == _desk(new)
    assert is_whole(database_in(new))


def _a_copy_dies(folder: Path, place: str) -> None:
    asyncio.run(furnish(database_in(folder)))
    to = without_tables(folder / "moved" / "moved.db")
    to.parent.mkdir(exist_ok=True)
    words = ("copy", "--to", address(to))

    assert -9 == runs(folder, *words, failpoint=place).returncode
    assert tables(to) == [] or place == "copy.committed", "half of it is never there"
    again = runs(folder, *words)

    assert (0, True) == (again.returncode, "are there, as they were" in again.stdout), again.stderr
    assert ("An earlier copy had come to its end" in again.stdout) == (place == "copy.committed")
    for what in ("id, number from ticket", "id, text from message", "pos, kind from log"):
        query = f"select {what} order by 1"
        assert rows(database_in(folder), query) == rows(to, query)


@pytest.mark.parametrize("place", OF_COPY)
def test_a_copy_that_dies_is_begun_again_or_found_whole(tmp_path: Path, place: str) -> None:
    """Never is a half-filled target taken for whole."""
    _a_copy_dies(tmp_path, place)


@pytest.mark.faults
@pytest.mark.parametrize("place", OF_BACKUP)
def test_a_backup_that_dies_leaves_nothing(tmp_path: Path, place: str) -> None:
    _a_backup_dies(tmp_path, place)


@pytest.mark.faults
@pytest.mark.parametrize("place", OF_RESTORE)
def test_a_restore_that_dies_is_done_again(tmp_path: Path, place: str) -> None:
    _a_restore_dies(tmp_path, place)
