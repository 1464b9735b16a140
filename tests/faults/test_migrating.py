"""A migration that dies leaves the old tables or the new ones, never half; two at once do it once."""

from __future__ import annotations

from pathlib import Path

import pytest

import server.migrations
from server.database import newest_revision
from tests.faults.commands import begins, database_in, runs
from tests.faults.desk import is_whole, meddle, rows, tables, without_tables
from tests.faults.places import places

PLACES = [place for place in places() if place.startswith("migrate.")]
STEPS = len(list((Path(server.migrations.__file__).parent / "versions").glob("[0-9]*_*.py")))  # a number may be missing
Tables = list[tuple[str, list[str]]]
_CONSTRAINTS = ("CHECK", "CONSTRAINT", "FOREIGN KEY", "PRIMARY KEY", "UNIQUE")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """What a migration makes that nothing happens to."""
    folder = tmp_path_factory.mktemp("whole")
    without_tables(database_in(folder))
    assert 0 == runs(folder, "migrate").returncode
    return _tables(folder)


def _tables(folder: Path) -> Tables:
    return [(name, _lines(told or "")) for name, told, *_ in tables(database_in(folder))]


def _lines(sql: str) -> list[str]:
    """The columns as they stand, then the constraints sorted: a table that is made anew has those in any order."""
    lines = [line.strip().rstrip(",") for line in sql.splitlines()]
    constraints = sorted(line for line in lines if line.startswith(_CONSTRAINTS))
    return [line for line in lines if not line.startswith(_CONSTRAINTS)] + constraints


def _dies_and_goes_on(folder: Path, failpoint: str, whole: Tables) -> None:
    database = without_tables(database_in(folder))

    assert -9 == runs(folder, "migrate", failpoint=failpoint).returncode
    assert _tables(folder) in ([], whole), "half of it was kept"
    again = runs(folder, "migrate")

    assert 0 == again.returncode, again.stderr
    assert whole == _tables(folder)
    assert [(newest_revision(),)] == rows(database, "select version_num from alembic_version")
    assert is_whole(database)


def test_a_migration_that_dies_in_the_middle_is_done_again(tmp_path: Path, whole: Tables) -> None:
    _dies_and_goes_on(tmp_path, f"migrate.step:{STEPS // 2}", whole)


@pytest.mark.faults
@pytest.mark.parametrize(
    "failpoint", [*(f"migrate.step:{n}" for n in range(1, STEPS + 1)), *sorted(set(PLACES) - {"migrate.step"})]
)
def test_a_migration_that_dies_anywhere_is_done_again(tmp_path: Path, failpoint: str, whole: Tables) -> None:
    _dies_and_goes_on(tmp_path, failpoint, whole)


def test_two_that_migrate_at_once_do_it_once(tmp_path: Path) -> None:
    """The second waits for the first, and then finds nothing to do."""
    ends, said_of_it = [], []
    without_tables(database_in(tmp_path))
    with begins(tmp_path, "migrate") as one, begins(tmp_path, "migrate") as other:
        for process in (one, other):
            said, complained = process.communicate(timeout=120)
            ends.append((process.returncode, complained))
            said_of_it.append("was up to date already" in said)

    assert {0} == {code for code, _ in ends}, ends
    assert [False, True] == sorted(said_of_it)
    assert [(newest_revision(),)] == rows(database_in(tmp_path), "select version_num from alembic_version")


def test_a_database_of_a_later_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    database_in(tmp_path).parent.mkdir()
    database = without_tables(database_in(tmp_path))
    meddle(database, "create table alembic_version (version_num text)")
    meddle(database, "insert into alembic_version values ('9999')")

    refused = runs(tmp_path, "migrate")

    assert (1, "") == (refused.returncode, refused.stdout)
    assert "made by a later version of Frontdesk" in refused.stderr
