"""A desk that cannot start says why, in a sentence, before any door opens."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from server import sqlite
from server.auth.beginning import add_agent
from server.config.config import Config
from server.config.settings import Database as DatabaseSettings
from server.config.settings import Files, Server
from server.database import Database, migrate
from server.processes.serve import serve
from server.processes.workers import oversee
from tests.engine import a_migrated_file, brings_its_own
from tickets.errors import Refused

pytestmark = brings_its_own


def a_config(folder: Path, *, port: int = 0, host: str = "127.0.0.1") -> Config:
    return Config(server=Server(host=host, port=port), database=DatabaseSettings(url=f"sqlite:///{folder / 'desk.db'}"))


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=rf"127\.0\.0\.1:{port} cannot be used: address already in use"):
            serve(a_config(tmp_path, port=port))


def test_an_address_that_is_not_ours_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be used: cannot assign requested address"):
        serve(a_config(tmp_path, host="192.0.2.1"))


def test_a_file_that_is_no_database_is_said_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_text("Dear diary, " * 500)
    with pytest.raises(Refused, match="The database cannot be used: file is not a database"):
        serve(a_config(tmp_path))
    assert "Dear diary, " * 500 == (tmp_path / "desk.db").read_text()


def test_a_database_of_a_later_version_is_left_as_it_is(tmp_path: Path) -> None:
    config = a_config(tmp_path)
    database = Database(config.database.url)
    migrate(database)
    with database.writes.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    database.close()

    with pytest.raises(Refused, match="made by a later version"):
        serve(config)


def test_a_database_that_somebody_else_fills_is_waited_for_and_then_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a long restore does. It can be read meanwhile, and the desk began to open: it ended in a trace."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    a_migrated_file(tmp_path / "desk.db")
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as restore:
        restore.execute("begin immediate")
        for opening in (serve, an_agent_is_added):
            with pytest.raises(Refused, match="Something else is at work in the database, a restore perhaps"):
                opening(a_config(tmp_path))


def an_agent_is_added(config: Config) -> None:
    add_agent(config, name="Ada", email="ada@frontdesk.example", role="agent", password=None)


def test_a_desk_that_could_keep_no_file_is_not_opened(tmp_path: Path) -> None:
    """It ended in a trace, or opened on a disk to be read only and took no file."""
    (tmp_path / "files").touch()
    config = replace(a_config(tmp_path), files=Files(folder=str(tmp_path / "files")))
    with pytest.raises(Refused, match=r"No file can be kept: .*files is in the way: it is not a folder"):
        serve(config)


def test_several_workers_on_a_file_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Several workers need PostgreSQL: set database"):
        oversee(a_config(tmp_path), 2, ["never started"])
