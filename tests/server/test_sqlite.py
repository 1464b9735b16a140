"""SQLite keeps the last changes in a journal beside its file: nothing we do parts the two, or reads one without it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from server.checkup import findings
from server.cli import main
from server.config.config import Config
from server.config.settings import Database as Settings
from server.database import Database, migrate
from tests.engine import brings_its_own
from tickets.errors import Refused

pytestmark = brings_its_own


def _killed(folder: Path) -> tuple[Path, Path]:
    """The file of a desk that was killed, and its journal, in which its tables still are."""
    folder.mkdir()
    live, file = folder / "live.db", folder / "desk.db"
    with closing(Database(f"sqlite:///{live}")) as database:
        migrate(database)
        shutil.copy(f"{live}-wal", f"{file}-wal")
        shutil.copy(live, file)
    return file, folder / "desk.db-wal"


def _rows(connection: Connection) -> int:
    return int(connection.execute(text("select count(*) from alembic_version")).scalar_one())


def _there(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.startswith("desk.db")}


@pytest.fixture
def killed(tmp_path: Path) -> tuple[Path, Path]:
    return _killed(tmp_path / "desk")


def test_a_line_that_is_opened_while_the_file_is_away_makes_no_other(tmp_path: Path) -> None:
    """It used to leave an empty file of that name, and SQLite threw the journal away with all that was only in it."""
    file, aside = tmp_path / "desk.db", tmp_path / "aside"
    with closing(Database(f"sqlite:///{file}")) as database:
        migrate(database)
        journal = (tmp_path / "desk.db-wal").read_bytes()
        file.rename(aside)
        for engine in (database.reads, database.writes):
            engine.dispose(close=False)  # what they had open stays open, as in a desk that runs
            with pytest.raises(OperationalError, match="the file of the database is gone"), engine.connect():
                pass
        there = file.exists(), (tmp_path / "desk.db-wal").read_bytes()
        aside.rename(file)
        with database.reads.connect() as connection:
            read = connection.execute(text("select count(*) from alembic_version")).scalar()

    assert (False, journal, 1) == (*there, read)


def test_a_line_that_is_opened_on_another_file_does_not_look_into_it(tmp_path: Path) -> None:
    """To read it with the journal of the first would destroy both."""
    file, aside = tmp_path / "desk.db", tmp_path / "aside"
    with closing(Database(f"sqlite:///{file}")) as database:
        migrate(database)
        file.rename(aside)
        with closing(sqlite3.connect(tmp_path / "other")) as other:
            other.execute("create table other (a)")
        (tmp_path / "other").rename(file)
        before = _there(tmp_path)
        database.reads.dispose(close=False)
        with pytest.raises(OperationalError, match="the file of the database is gone"), database.reads.connect():
            pass
        after = _there(tmp_path)

    assert before == after


@pytest.mark.parametrize("what", ["wal", "shm"])
def test_nothing_is_written_while_the_journal_is_another(tmp_path: Path, what: str) -> None:
    """Deleted under a desk that runs: what it wrote then was in no file that had a name, and gone with the process.

    Without the index beside it, another process made a second one, and the two wrote over each other.
    """
    file, aside = tmp_path / "desk.db", tmp_path / "aside"
    beside = tmp_path / f"desk.db-{what}"
    with closing(Database(f"sqlite:///{file}")) as database:
        migrate(database)
        with database.reads.connect() as reading, database.writes.connect() as writing:
            beside.rename(aside)
            with pytest.raises(OperationalError, match="the journal of the database is gone"):
                writing.execute(text("delete from alembic_version"))
            with pytest.raises(OperationalError, match="the journal of the database is gone"):
                database.reads.connect()
            assert (False, 1) == (beside.exists(), _rows(reading))
            aside.rename(beside)
            writing.rollback()
            writing.execute(text("insert into alembic_version values ('once more')"))
            writing.commit()
            beside.unlink()

    with closing(Database(f"sqlite:///{file}")) as database, database.reads.connect() as reading:
        assert 2 == _rows(reading)  # whoever was told to stop has taken all of it into the file


def test_the_journal_lies_beside_the_file_and_not_beside_a_link_to_it(tmp_path: Path) -> None:
    """A desk was begun anew over the journal of one whose link led nowhere for a moment: both were destroyed."""
    file, _ = _killed(tmp_path / "disk")
    link = tmp_path / "link.db"
    link.symlink_to(file)
    whole = file.read_bytes()
    file.unlink()
    before = _there(file.parent)
    with closing(Database(f"sqlite:///{link}")) as database, pytest.raises(Refused, match=r"Put desk\.db back beside"):
        migrate(database)
    assert before == _there(file.parent)

    file.write_bytes(whole)
    with closing(Database(f"sqlite:///{link}")) as database:
        assert migrate(database) is None


@pytest.mark.parametrize("emptied", [False, True], ids=["away", "empty"])
def test_no_desk_is_begun_over_the_journal_of_one_whose_file_is_away(
    killed: tuple[Path, Path], *, emptied: bool
) -> None:
    """As a supervisor would, who starts it again meanwhile."""
    file, journal = killed
    whole = file.read_bytes()
    file.unlink()
    if emptied:
        file.touch()
    before = _there(file.parent)

    with closing(Database(f"sqlite:///{file}")) as database, pytest.raises(Refused, match="holds the last changes of"):
        migrate(database)
    assert before == _there(file.parent)
    assert [False] == [found.good for found in findings(_of(file)) if str(journal) in found.sentence]

    file.write_bytes(whole)
    with closing(Database(f"sqlite:///{file}")) as database:
        assert migrate(database) is None  # all of it is there


def test_the_command_says_what_to_do(
    killed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, _ = killed
    file.unlink()
    monkeypatch.chdir(file.parent)
    Path("config.toml").write_text('[database]\nurl = "sqlite:///desk.db"\n')

    assert 1 == main(["migrate"])
    assert (
        "desk.db-wal holds the last changes of a database that is not there. Put desk.db back beside it, or, where it "
        "is not wanted any more, move it away. Nothing was changed.\n" == capsys.readouterr().err
    )


def _of(file: Path) -> Config:
    return Config(database=Settings(url=f"sqlite:///{file}"))
