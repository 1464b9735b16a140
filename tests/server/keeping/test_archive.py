"""A backup that is damaged, unfinished or of a later version is no backup, and changes nothing."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from server.keeping import archive
from server.keeping.backup import backup
from server.keeping.restore import check, restore
from tests.server.keeping.kept import KeptDesk, sam_goes_on, tallies
from tickets.errors import Refused


@pytest.mark.parametrize("harm", ["cut", "a row less", "another word"])
def test_a_damaged_backup_is_refused_and_nothing_is_changed(
    desk: KeptDesk, other: KeptDesk, tmp_path: Path, harm: str
) -> None:
    made = backup(desk.config, tmp_path / "desk.zip")
    damaged = tmp_path / "damaged.zip"
    _harm(made, damaged, harm)

    with pytest.raises(Refused, match=r"is damaged|is no backup"):
        check(damaged)
    with pytest.raises(Refused, match=r"is damaged|is no backup"):
        restore(other.config, damaged)
    assert not other.config.database.path.exists() or {"ticket": 0} == _counts(other.config.database.path)
    check(made)


def _harm(made: Path, damaged: Path, harm: str) -> None:
    if harm == "cut":
        damaged.write_bytes(made.read_bytes()[:-200])
        return
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "tables/message.ndjson" and harm == "a row less":
                content = content.split(b"\n", 1)[1]
            elif name == "tables/message.ndjson" and harm == "another word":
                content = content.replace(b"parcel", b"parrot", 1)
            target.writestr(name, content)


def _counts(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as connection:
        there = connection.execute("select 1 from sqlite_master where name = 'ticket'").fetchone()
        return {"ticket": connection.execute("select count(*) from ticket").fetchone()[0] if there else 0}


def test_a_backup_of_a_later_version_is_left_alone(desk: KeptDesk, other: KeptDesk, tmp_path: Path) -> None:
    made, later = backup(desk.config, tmp_path / "desk.zip"), tmp_path / "later.zip"
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(later, "w") as target:
        for name in source.namelist():
            said = json.loads(source.read(name)) if name == archive.MANIFEST else None
            target.writestr(name, json.dumps({**said, "revision": "9999"}) if said else source.read(name))
    with pytest.raises(Refused, match="later version of Frontdesk"):
        restore(other.config, later)


def test_a_backup_is_there_whole_or_not_at_all(desk: KeptDesk, tmp_path: Path) -> None:
    """Killed in the middle it leaves a draft, which the next one clears away. It never writes over anything."""
    folder = tmp_path / "kept"
    folder.mkdir()
    killed = subprocess.run([sys.executable, "-c", _DIES, str(desk.folder), str(folder)], check=False)
    assert -signal.SIGKILL == killed.returncode
    (draft,) = folder.iterdir()
    assert draft.name.startswith(".desk.zip.")

    made = backup(desk.config, folder / "desk.zip")
    assert [made] == list(folder.iterdir())
    assert 0o600 == made.stat().st_mode & 0o777
    with pytest.raises(Refused, match="is there already"):
        backup(desk.config, made)
    with pytest.raises(Refused, match="cannot be written: No such file"):
        backup(desk.config, tmp_path / "nowhere" / "desk.zip")


def test_a_restore_that_is_killed_leaves_the_desk_as_it_was(desk: KeptDesk, tmp_path: Path) -> None:
    made = backup(desk.config, tmp_path / "desk.zip")
    desk.opens(sam_goes_on(desk.ticket_id, 4))
    before = tallies(desk)
    killed = subprocess.run([sys.executable, "-c", _DIES_RESTORING, str(desk.folder), str(made)], check=False)

    assert -signal.SIGKILL == killed.returncode
    assert before == tallies(desk)


_DIES = """
import os, signal, sys
from pathlib import Path
from server.keeping import archive
from server.keeping.backup import backup
from tests.server.keeping.kept import KeptDesk

archive.Writing.file = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
backup(KeptDesk(Path(sys.argv[1])).config, Path(sys.argv[2]) / "desk.zip")
"""

_DIES_RESTORING = """
import os, signal, sys
from pathlib import Path
from server.keeping import restore
from tests.server.keeping.kept import KeptDesk

restore._leave_a_gap = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
restore.restore(KeptDesk(Path(sys.argv[1])).config, Path(sys.argv[2]), replace=True)
"""
