"""A migration that dies leaves the old tables or the new ones, never half; two at once do it once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.database import newest_revision
from tests.engine import about_sqlite
from tests.faults.commands import begins, database_in, runs
from tests.faults.desk import rows
from tests.faults.places import places

pytestmark = about_sqlite

PLACES = [place for place in places() if place.startswith("migrate.")]
STEPS = int(newest_revision())
_CONSTRAINTS = ("CHECK", "CONSTRAINT", "FOREIGN KEY", "PRIMARY KEY", "UNIQUE")


def _tables(folder: Path) -> list[tuple[str, list[str]]]:
    kept = rows(database_in(folder), "select name, sql from sqlite_master order by type, name")
    return [(name, _lines(sql or "")) for name, sql in kept]


def _lines(sql: str) -> list[str]:
    """The columns as they stand, then the constraints sorted: a table that is made anew has those in any order."""
    lines = [line.strip().rstrip(",") for line in sql.splitlines()]
    constraints = sorted(line for line in lines if line.startswith(_CONSTRAINTS))
    return [line for line in lines if not line.startswith(_CONSTRAINTS)] + constraints


def _dies_and_goes_on(folder: Path, failpoint: str) -> None:
    whole, broken = folder / "whole", folder / "broken"
    assert 0 == runs(whole, "migrate").returncode

    assert -9 == runs(broken, "migrate", failpoint=failpoint).returncode
    assert _tables(broken) in ([], _tables(whole)), "half of it was kept"
    again = runs(broken, "migrate")

    assert 0 == again.returncode, again.stderr
    assert _tables(whole) == _tables(broken)
    assert [(newest_revision(),)] == rows(database_in(broken), "select version_num from alembic_version")
    assert [("ok",)] == rows(database_in(broken), "pragma integrity_check")


def test_a_migration_that_dies_in_the_middle_is_done_again(tmp_path: Path) -> None:
    _dies_and_goes_on(tmp_path, f"migrate.step:{STEPS // 2}")


@pytest.mark.faults
@pytest.mark.parametrize(
    "failpoint", [*(f"migrate.step:{n}" for n in range(1, STEPS + 1)), *sorted(set(PLACES) - {"migrate.step"})]
)
def test_a_migration_that_dies_anywhere_is_done_again(tmp_path: Path, failpoint: str) -> None:
    _dies_and_goes_on(tmp_path, failpoint)


def test_two_that_migrate_at_once_do_it_once(tmp_path: Path) -> None:
    """The second waits for the first, and then finds nothing to do."""
    ends = []
    with begins(tmp_path, "migrate") as one, begins(tmp_path, "migrate") as other:
        for process in (one, other):
            said, complained = process.communicate(timeout=120)
            ends.append((process.returncode, complained, said.split(" is ")[-1].split(" was ")[-1].split()[0]))

    assert {0} == {code for code, _, _ in ends}, ends
    assert [(newest_revision(),)] == rows(database_in(tmp_path), "select version_num from alembic_version")


def test_a_database_of_a_later_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    database_in(tmp_path).parent.mkdir()
    with closing(sqlite3.connect(database_in(tmp_path))) as connection, connection:
        connection.execute("create table alembic_version (version_num text)")
        connection.execute("insert into alembic_version values ('9999')")

    refused = runs(tmp_path, "migrate")

    assert (1, "") == (refused.returncode, refused.stdout)
    assert "made by a later version of Frontdesk" in refused.stderr
