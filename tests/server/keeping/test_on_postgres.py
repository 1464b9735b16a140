"""What holds for a desk in a file holds for one on PostgreSQL, and between the two."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from server import postgres
from server.database import Database
from server.keeping import walk
from server.keeping.backup import backup, one_moment
from server.keeping.copying import copy
from server.keeping.restore import restore
from server.keeping.walk import Shape, Tally
from tests.server.keeping.kept import KeptDesk, a_desk_with_sam, positions, said, sam_goes_on
from tests.servers.postgres import a_migrated_database, an_empty_database
from tickets.errors import Refused


def test_a_desk_moves_to_postgresql_is_kept_there_and_comes_back_on_either(tmp_path: Path) -> None:
    """F24 on PostgreSQL: what was acknowledged before the backup began is in it, while the desk goes on."""
    desk, url = a_desk_with_sam(tmp_path / "desk"), an_empty_database()
    assert 3 == copy(desk.config, url)["message"].rows
    moved = KeptDesk(desk.folder, url)

    async def keeps(state: dict[str, Any]) -> Path:
        goes_on = asyncio.ensure_future(sam_goes_on(desk.ticket_id, 30, "meanwhile")(state))
        made = await asyncio.to_thread(backup, moved.config, tmp_path)
        await goes_on
        return made

    before, _, made, after = moved.opens(said, sam_goes_on(desk.ticket_id, 5), keeps, said)
    assert 38 == len(after)
    back, elsewhere = KeptDesk(tmp_path / "file"), KeptDesk(tmp_path / "server", an_empty_database())
    for other in (back, elsewhere):
        manifest = restore(other.config, made)
        words, log = other.opens(said, positions)
        assert after[: len(words)] == words
        assert len(before) + 5 <= len(words)
        assert list(range(1, manifest.cursor + 1)) == log[: manifest.cursor]


def test_a_copy_that_is_there_is_found_however_long_it_takes_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one side counted a large table, the other's line was ended: it stood in the middle of nothing for ten
    seconds.
    """
    desk, url, there = a_desk_with_sam(tmp_path / "desk"), an_empty_database(), an_empty_database()
    copy(desk.config, url)
    moved, counted, told = KeptDesk(desk.folder, url), walk.counted, list[str]()
    copy(moved.config, there)

    def slowly(connection: Connection, shape: Shape) -> Tally:
        if shape.name == "ticket":
            connection.execute(text("select pg_sleep(0.5)"))
        return counted(connection, shape)

    monkeypatch.setattr(walk, "counted", slowly)
    monkeypatch.setattr(postgres, "IDLE_SECONDS", 0.2)
    assert 3 == copy(moved.config, there, tell=told.append)["message"].rows
    assert ["An earlier copy had come to its end: every row is there, compared once more"] == told


def test_a_backup_sees_one_moment_however_long_it_looks(tmp_path: Path) -> None:
    desk = KeptDesk(tmp_path, a_migrated_database())
    other = Database(desk.config.database.url)
    with contextlib.closing(other), one_moment(desk.config) as looking:
        seen = []
        for n in range(2):
            seen.append(looking.execute(_COUNTERS).scalar_one())
            with other.writes.begin() as writing:
                writing.execute(text("insert into counter (name, next) values (:name, 1)"), {"name": f"later {n}"})

    assert seen[0] == seen[1]


_COUNTERS = text("select count(*) from counter")


def test_nobody_restores_into_a_desk_that_runs_or_copies_one(tmp_path: Path) -> None:
    desk = a_desk_with_sam(tmp_path / "desk")
    made, moved = backup(desk.config, tmp_path), KeptDesk(desk.folder, an_empty_database())
    restore(moved.config, made)

    async def tried(_: dict[str, Any]) -> None:
        with pytest.raises(Refused, match="A desk runs on this database"):
            await asyncio.to_thread(restore, moved.config, made, replace=True)
        with pytest.raises(Refused, match="A desk runs on this database"):
            await asyncio.to_thread(copy, moved.config, f"sqlite:///{tmp_path}/copied.db")

    _, words = moved.opens(tried, said)
    assert 3 == len(words)
    with pytest.raises(Refused, match="There is a desk already"):
        restore(moved.config, made)
