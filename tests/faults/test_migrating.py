"""A migration that dies leaves the old tables or the new ones, never half; two at once do it once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.database import newest_revision
from tests.faults.desk import rows
from tests.faults.migrating import begins_to_migrate, migrates
from tests.faults.places import places

PLACES = [place for place in places() if place.startswith("migrate.")]
STEPS = int(newest_revision())


def _tables(database: Path) -> list[tuple[str, str]]:
    return rows(database, "select name, sql from sqlite_master order by type, name")


def _dies_and_goes_on(folder: Path, failpoint: str) -> None:
    whole, broken = folder / "whole.db", folder / "broken.db"
    assert 0 == migrates(whole).returncode

    assert -9 == migrates(broken, failpoint=failpoint).returncode
    left = _tables(broken)
    assert left in ([], _tables(whole)), "half of it was kept"
    again = migrates(broken)

    assert 0 == again.returncode, again.stderr
    assert _tables(whole) == _tables(broken)
    assert [(newest_revision(),)] == rows(broken, "select version_num from alembic_version")
    assert [("ok",)] == rows(broken, "pragma integrity_check")


def test_a_migration_that_dies_in_the_middle_is_done_again(tmp_path: Path) -> None:
    _dies_and_goes_on(tmp_path, f"migrate.step:{STEPS // 2}")


@pytest.mark.faults
@pytest.mark.parametrize(
    "failpoint", [*(f"migrate.step:{n}" for n in range(1, STEPS + 1)), *(set(PLACES) - {"migrate.step"})]
)
def test_a_migration_that_dies_anywhere_is_done_again(tmp_path: Path, failpoint: str) -> None:
    _dies_and_goes_on(tmp_path, failpoint)


def test_two_that_migrate_at_once_do_it_once(tmp_path: Path) -> None:
    """The second waits for the first, and then finds nothing to do."""
    database = tmp_path / "desk.db"
    both = [begins_to_migrate(database) for _ in range(2)]

    assert [0, 0] == [one.wait(120) for one in both]
    assert [(newest_revision(),)] == rows(database, "select version_num from alembic_version")


def test_a_database_of_a_later_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    database = tmp_path / "desk.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("create table alembic_version (version_num text)")
        connection.execute("insert into alembic_version values ('9999')")

    refused = migrates(database)

    assert (1, "") == (refused.returncode, refused.stdout)
    assert "made by a later version of Frontdesk" in refused.stderr
