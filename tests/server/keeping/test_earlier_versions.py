"""A backup that an earlier version made becomes a desk of today."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, insert

from server.database import Database, newest_revision, revision_of, upgrade
from server.keeping import walk
from server.keeping.archive import FORMAT, Manifest, writing
from server.keeping.restore import restore
from server.keeping.walk import Shape, shapes
from tests.server.keeping.kept import KeptDesk, said

EARLY = "0004"  # before complaints, callbacks, and the names of histories
ROW: dict[str, Any] = {"number": 1, "text": "x", "flag": True, "fraction": 1.0, "json": [], "bytes": b"x"}


def an_early_backup(folder: Path) -> Path:
    """As that version would have written it: its own tables and columns, a row in each."""
    target = folder / "early.zip"
    with closing(Database(f"sqlite:///{folder}/early.db")) as database, database.writes.begin() as connection:
        upgrade(connection, EARLY)
        there = MetaData()
        there.reflect(connection, only=lambda name, _: not name.startswith(("search", "alembic")))
        kinds = {shape.name: dict(shape.columns) for shape in shapes()}
        early = [
            Shape(str(table.name), tuple((str(c.name), kinds[table.name].get(c.name, "text")) for c in table.columns))
            for table in there.sorted_tables
            if table.name in kinds
        ]
        for shape in early:
            connection.execute(shape.table.delete())
        for shape in early:
            connection.execute(insert(shape.table), [{name: ROW[kind] for name, kind in shape.columns}])
        with writing(target) as archive:
            tables = tuple(archive.table(shape, map(shape.line, walk.rows(connection, shape))) for shape in early)
            archive.end(
                Manifest(
                    format=FORMAT,
                    made_by="0.0.9",
                    revision=EARLY,
                    at="2026-01-01T00:00:00+00:00",
                    cursor=1,
                    tables=tables,
                    files={},
                )
            )
    return target


@pytest.mark.filterwarnings("ignore:.*unsupported reflection:sqlalchemy.exc.SAWarning")
def test_a_backup_of_an_earlier_version_is_brought_up_to_today(tmp_path: Path) -> None:
    made, desk = an_early_backup(tmp_path), KeptDesk(tmp_path / "desk")
    restore(desk.config, made)

    with closing(Database(desk.config.database.url)) as database, database.reads.connect() as connection:
        assert newest_revision() == revision_of(connection)
    (words,) = desk.opens(said)
    assert [("x", "x")] == words
