"""What somebody else keeps in a database stays there: a desk moves into an empty one, or into one that is its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from server.database import Database, migrate, newest_revision, upgrade
from server.keeping.backup import backup
from server.keeping.copying import copy
from server.keeping.restore import restore
from tests.server.keeping.kept import KeptDesk, said
from tests.servers.postgres import an_empty_database
from tickets.errors import Refused

PLACES: dict[str, Callable[[Path], str]] = {
    "file": lambda folder: f"sqlite:///{folder}/theirs.db",
    "server": lambda _: an_empty_database(),
}
SHOP = (  # another application, with names that we have too, and a history of its own
    "create table message (id int, body text)",
    "insert into message values (1, 'precious')",
    "create table alembic_version (version_num text)",
    "insert into alembic_version values ('8f3c01')",
)


@pytest.fixture(params=PLACES)
def theirs(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return PLACES[request.param](tmp_path)


def put(url: str, *statements: str) -> None:
    with closing(Database(url)) as database, database.writes.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def asked(url: str, question: str) -> object:
    with closing(Database(url)) as database, database.reads.connect() as connection:
        return connection.execute(text(question)).scalar()


def test_another_applications_database_is_left_alone_whatever_is_said(
    desk: KeptDesk, tmp_path: Path, theirs: str
) -> None:
    """Its tables with our names used to be dropped, and its history with them: nobody looked into any but three."""
    put(theirs, *SHOP)
    made, other = backup(desk.config, tmp_path), KeptDesk(tmp_path / "other", theirs)

    with pytest.raises(Refused, match="no empty desk: a database at revision '8f3c01', with the tables message"):
        copy(desk.config, theirs)
    with pytest.raises(Refused, match="a database at revision '8f3c01'"):
        restore(other.config, made)
    with pytest.raises(Refused, match="no empty desk: the tables alembic_version, message"):
        restore(other.config, made, replace=True)
    assert ("precious", "8f3c01") == tuple(asked(theirs, query) for query in _WHAT_WAS_THERE)


_WHAT_WAS_THERE = ("select body from message", "select version_num from alembic_version")


def test_tables_without_any_history_are_somebodys_too(desk: KeptDesk, theirs: str) -> None:
    put(theirs, *SHOP[:2])
    with pytest.raises(Refused, match="no empty desk: the tables message"):
        copy(desk.config, theirs)
    assert "precious" == asked(theirs, _WHAT_WAS_THERE[0])


def test_an_untouched_desk_is_no_stranger_and_one_beside_other_tables_is(desk: KeptDesk, theirs: str) -> None:
    """Nor is one with a table that has other columns than ours."""
    with closing(Database(theirs)) as database:
        migrate(database)
    put(theirs, "create table precious (id int)", "alter table counter add column theirs int")
    with pytest.raises(Refused, match="no empty desk: tables as no desk has them: counter, precious"):
        copy(desk.config, theirs)
    put(theirs, "drop table precious", "alter table counter drop column theirs")
    assert 3 == copy(desk.config, theirs)["message"].rows


def test_an_untouched_desk_of_an_earlier_version_gives_way(desk: KeptDesk, tmp_path: Path) -> None:
    earlier = f"sqlite:///{tmp_path}/earlier.db"
    with closing(Database(earlier)) as database, database.writes.begin() as connection:
        upgrade(connection, "0049")
    copy(desk.config, earlier)
    assert desk.opens(said) == KeptDesk(desk.folder, earlier).opens(said)


def test_a_desk_that_may_go_may_be_of_a_later_version(desk: KeptDesk, tmp_path: Path) -> None:
    """Whoever goes back to an earlier version after a bad day brings its backup."""
    made = backup(desk.config, tmp_path)
    put(desk.config.database.url, "update alembic_version set version_num = '9999'")
    with pytest.raises(Refused, match="revision '9999'"):
        restore(desk.config, made)
    restore(desk.config, made, replace=True)
    assert newest_revision() == asked(desk.config.database.url, _WHAT_WAS_THERE[1])
