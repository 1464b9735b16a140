"""What a backup holds comes back whole, counted and compared; what is no backup changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from server.cli import main
from server.database import Database, newest_revision
from server.keeping import archive, walk
from server.keeping.backup import backup
from server.keeping.restore import check, restore
from server.secret import secret_key
from tests.server.keeping.kept import (
    PHOTO,
    WORDS,
    KeptDesk,
    a_desk_with_sam,
    place,
    positions,
    said,
    sam_asks,
    sam_goes_on,
    say,
)
from tickets import find
from tickets.errors import Refused
from tickets.live import Outbox, Topic
from tickets.ticket import Ticket

FOLLOWING = frozenset({Topic("agent:1", "en")})


@pytest.fixture
def desk(tmp_path: Path) -> KeptDesk:
    return a_desk_with_sam(tmp_path / "desk")


@pytest.fixture
def other(tmp_path: Path) -> KeptDesk:
    """Another folder, with nothing in it."""
    return KeptDesk(tmp_path / "other")


def tallies(desk: KeptDesk) -> dict[str, tuple[int, str]]:
    """What each table holds."""
    database = Database(desk.config.database.url)
    with database.reads.connect() as connection:
        found = {shape.name: walk.counted(connection, shape) for shape in walk.shapes()}
    database.close()
    return {name: (tally.rows, tally.mark) for name, tally in found.items()}


def test_a_desk_comes_back_as_it_was(desk: KeptDesk, other: KeptDesk, tmp_path: Path) -> None:
    """Every row of every table, every file; but everybody signs in again, and no id is given twice."""
    made = backup(desk.config, tmp_path)
    told: list[str] = []
    manifest = restore(other.config, made, tell=told.append)

    before, after = tallies(desk), tallies(other)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"id_block", "counter", "console_session", "live_ticket", "one_time_link"}
    assert {name: rows for name, (rows, _) in before.items()} == {table.name: table.rows for table in manifest.tables}
    ((sha256, size),) = manifest.files.items()
    assert (len(PHOTO), PHOTO) == (size, (other.folder / "files" / sha256[:2] / sha256).read_bytes())
    assert "message: 3 rows, compared" in told
    assert newest_revision() == manifest.revision

    ticket_id, words = other.opens(_first_ticket, said)
    assert [("first-0", WORDS), ("first-1", WORDS), ("third", "Here it is.")] == words
    (later,) = other.opens(sam_asks_again)
    assert later > 1_000_000_000 > ticket_id


async def _first_ticket(state: dict[str, Any]) -> int:
    found: int = await state["desk"].read(lambda session: session.exec(select(Ticket.id)).one())
    return found


async def sam_asks_again(state: dict[str, Any]) -> int:
    from tests.cast import a_ticket

    id: int = await state["desk"].change(lambda change: a_ticket(change).id, by="system")
    return id


def test_what_was_restored_is_found_again(desk: KeptDesk, other: KeptDesk, tmp_path: Path) -> None:
    """The index is not in the backup: the desk makes it anew."""
    restore(other.config, backup(desk.config, tmp_path / "desk.zip"))

    async def sought(state: dict[str, Any]) -> list[int]:
        while await state["scheduler"].look() and not await state["desk"].read(find.search, "包裹"):
            pass
        found: list[int] = await state["desk"].read(find.search, "包裹")
        return found

    (found,) = other.opens(sought)
    assert 1 == len(found)


def test_all_that_was_acknowledged_before_a_backup_is_in_it_though_writers_go_on(
    desk: KeptDesk, other: KeptDesk, tmp_path: Path
) -> None:
    """F24. And what came later is in it as far as one moment, in order and without a gap."""

    async def meanwhile(state: dict[str, Any]) -> tuple[list[str], list[str]]:
        acked: list[str] = []
        warm, made = asyncio.Event(), asyncio.Event()

        async def write() -> None:
            after = 0
            while after < 5:
                client_id = f"w-{len(acked)}"
                await state["desk"].change(say, desk.ticket_id, client_id, by="customer:1", about=desk.ticket_id)
                acked.append(client_id)
                after += made.is_set()
                if len(acked) == 20:
                    warm.set()

        writer = asyncio.create_task(write())
        await warm.wait()
        before = list(acked)
        await asyncio.to_thread(backup, desk.config, tmp_path / "desk.zip")
        made.set()
        await writer
        return before, acked

    ((before, acked),) = desk.opens(meanwhile)
    manifest = restore(other.config, tmp_path / "desk.zip")
    words, log = other.opens(said, positions)
    kept = [client_id for client_id, _ in words if client_id.startswith("w-")]
    assert kept[: len(before)] == before
    assert kept == acked[: len(kept)]
    assert list(range(1, manifest.cursor + 1)) == log[: manifest.cursor]


def test_screens_of_the_time_after_the_backup_load_anew(desk: KeptDesk, tmp_path: Path) -> None:
    """I20: a place in what was lost is no place in what was restored, however long that has grown; one before is."""
    (before,) = desk.opens(place)
    made = backup(desk.config, tmp_path)
    _, after = desk.opens(sam_goes_on(desk.ticket_id, 5, "lost"), place)
    restore(desk.config, made, replace=True)

    def come_back(at: tuple[str, int]) -> Any:
        async def act(state: dict[str, Any]) -> bool:
            told: bool = await state["feed"].follow(Outbox(), FOLLOWING, cursor=at[1], epoch=at[0])
            return told

        return act

    _, late, early, words = desk.opens(
        sam_goes_on(desk.ticket_id, 20, "new"), come_back(after), come_back(before), said
    )
    assert (False, True) == (late, early)
    assert not [client_id for client_id, _ in words if client_id.startswith("lost")]


def test_a_desk_with_people_in_it_is_replaced_by_nobody_s_mistake(
    desk: KeptDesk, other: KeptDesk, tmp_path: Path
) -> None:
    made = backup(desk.config, tmp_path)
    other.opens(sam_asks)
    before = tallies(other)

    with pytest.raises(Refused, match="a desk already, with people and tickets in it"):
        restore(other.config, made)
    assert before == tallies(other)
    restore(other.config, made, replace=True)
    assert tallies(desk)["message"] == tallies(other)["message"]


def test_a_desk_that_runs_is_not_restored_into(desk: KeptDesk, tmp_path: Path) -> None:
    made = backup(desk.config, tmp_path)

    async def restored(state: dict[str, Any]) -> str:
        with pytest.raises(Refused) as refused:
            await asyncio.to_thread(restore, desk.config, made, replace=True)
        return str(refused.value)

    told, words = desk.opens(restored, said)
    assert "A desk runs on this database: stop it first. Nothing was changed." == told
    assert 3 == len(words)


@pytest.mark.parametrize("harm", ["cut", "a row less", "another word", "another file"])
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
            elif name.startswith("files/") and harm == "another file":
                content = content[:-1] + b"?"
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


def test_the_key_is_in_it_only_where_somebody_said_so(desk: KeptDesk, other: KeptDesk, tmp_path: Path) -> None:
    key = secret_key(desk.config.secrets)
    without, with_it = backup(desk.config, tmp_path / "1.zip"), backup(desk.config, tmp_path / "2.zip", with_key=True)
    for made, there in ((without, False), (with_it, True)):
        with zipfile.ZipFile(made) as opened:
            assert there == any(key in opened.read(name) for name in opened.namelist())

    restore(other.config, with_it)
    assert key == secret_key(other.config.secrets)
    third = KeptDesk(tmp_path / "third")
    (third.folder / "secret.key").write_text("k" * 40)
    with pytest.raises(Refused, match="holds another key than the backup"):
        restore(third.config, with_it)
    assert b"k" * 40 == secret_key(third.config.secrets)


def test_the_command_line_says_what_it_did(
    desk: KeptDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", desk.config.database.url)
    monkeypatch.setenv("FRONTDESK_FILES_FOLDER", desk.config.files.folder)
    made = tmp_path / "desk.zip"

    assert 0 == main(["backup", str(made)])
    assert "The secret key is not in it: keep it elsewhere." in capsys.readouterr().out
    assert 0 == main(["restore", "--check", str(made)])
    assert "is whole: the desk as it was at 20" in capsys.readouterr().out
    assert 1 == main(["restore", str(made)])
    assert "There is a desk already" in capsys.readouterr().err
    assert 0 == main(["restore", "--replace", str(made)])
    assert "Everybody signs in again." in capsys.readouterr().out
    assert 1 == main(["restore", str(desk.folder / "desk.db")])
    assert "is no backup" in capsys.readouterr().err
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    assert 1 == main(["backup", str(tmp_path / "none.zip")])
    assert "There is no desk at" in capsys.readouterr().err
    assert not os.path.exists(tmp_path / "none.zip")


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
