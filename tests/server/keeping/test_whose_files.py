"""A folder of files is cleared by the desk whose files they are, after whatever became of its database."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from server.config.settings import Files
from server.keeping.backup import backup
from server.keeping.restore import restore
from tests.server.ear import until
from tests.server.keeping.kept import Act, KeptDesk
from tickets.files.holding import NAME
from tickets.files.store import Store


def test_a_desk_that_is_opened_on_the_folder_of_another_clears_nothing_there(desk: KeptDesk, other: KeptDesk) -> None:
    """One typing mistake in a trial's settings, while the desk was down, and every file of a day ago was gone."""
    desk.opens(_has_cleared_up(desk))
    _grow_old(desk)
    files = _files(desk)
    other.config = replace(other.config, files=Files(folder=str(desk.folder / "files")))
    with capture_logs() as lines:
        other.opens(_until_told(lines, "another desk's"))

    assert files == _files(desk)
    (told,) = (line["remedy"] for line in lines if "another desk's" in line["event"])
    assert str(desk.folder / "files" / NAME) in told
    desk.opens(_has_cleared_up(desk))
    assert files == _files(desk)


def test_a_restored_desk_goes_on_clearing_its_folder(desk: KeptDesk, tmp_path: Path) -> None:
    """It was opened again after the backup was made: the folder has a name that the archive does not know."""
    desk.opens(_has_cleared_up(desk))
    made = backup(desk.config, tmp_path)
    desk.opens(_has_cleared_up(desk))
    restore(desk.config, made, replace=True)
    desk.opens(_has_cleared_up(desk))
    assert 1 == len(_files(desk))


def _has_cleared_up(desk: KeptDesk) -> Act:
    """What no row names and is old goes; nothing else."""
    orphan = Store(desk.folder / "files").keep(b"nobody's")
    path = desk.folder / "files" / orphan.sha256[:2] / orphan.sha256
    os.utime(path, (0, 0))

    async def act(_: dict[str, Any]) -> None:
        await until(lambda: not path.exists())

    return act


def _until_told(lines: list[Any], event: str) -> Act:
    async def act(_: dict[str, Any]) -> None:
        await until(lambda: any(event in line["event"] for line in lines))

    return act


def _grow_old(desk: KeptDesk) -> None:
    for path in (desk.folder / "files").glob("??/*"):
        os.utime(path, (0, 0))


def _files(desk: KeptDesk) -> set[str]:
    return {path.name for path in (desk.folder / "files").glob("??/*")}
