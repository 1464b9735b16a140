"""A desk that moves to another database arrives row for row, or not at all."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.keeping import walk
from server.keeping.copying import copy
from tests.server.keeping.kept import KeptDesk, said, sam_asks
from tickets.errors import Refused


def test_every_row_arrives_and_the_desk_goes_on_there(desk: KeptDesk, tmp_path: Path) -> None:
    url, told = f"sqlite:///{tmp_path / 'moved.db'}", list[str]()
    done = copy(desk.config, url, tell=told.append)
    assert 3 == done["message"].rows
    assert "message: 3 rows, compared" in told

    moved = KeptDesk(desk.folder, url)
    assert desk.opens(said) == moved.opens(said)
    (ticket_id, words) = moved.opens(sam_asks_again, said)
    assert 4 == len(words)
    assert ticket_id


async def sam_asks_again(state: dict[str, Any]) -> int:
    """New ids and numbers begin behind the old ones."""
    from tests.cast import a_ticket

    def ask(change: Any) -> int:
        ticket = a_ticket(change)
        ticket.receive(change, "And this?", client_id="elsewhere")
        return ticket.id

    id: int = await state["desk"].change(ask, by="system")
    return id


def test_a_row_that_arrives_changed_stops_all_of_it(
    desk: KeptDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = KeptDesk(tmp_path / "target")
    true = walk.counted

    def false(connection: Any, shape: Any) -> Any:
        tally = true(connection, shape)
        if shape.name == "message":
            tally.count(b"one more")
        return tally

    monkeypatch.setattr(walk, "counted", false)
    with pytest.raises(Refused, match="message did not arrive as it was"):
        copy(desk.config, target.config.database.url)
    monkeypatch.undo()
    assert [[]] == target.opens(said)


def test_a_desk_that_runs_is_copied_only_as_a_rehearsal(desk: KeptDesk, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'moved.db'}"

    async def copied(state: dict[str, Any]) -> int:
        with pytest.raises(Refused, match="A desk runs on this database: stop it first"):
            await asyncio.to_thread(copy, desk.config, url)
        done = await asyncio.to_thread(copy, desk.config, url, while_running=True)
        return done["message"].rows

    assert [3] == desk.opens(copied)


def test_nothing_is_copied_onto_a_desk_or_onto_itself(desk: KeptDesk, tmp_path: Path) -> None:
    full = KeptDesk(tmp_path / "full")
    full.opens(sam_asks)
    with pytest.raises(Refused, match="There is a desk already"):
        copy(desk.config, full.config.database.url)
    with pytest.raises(Refused, match="the database that the desk is in already"):
        copy(desk.config, desk.config.database.url)


@pytest.mark.parametrize(
    "to", ["nonsense", "postgres://a@h/b", "mysql://x/y", "postgresql://u:quiet@h:port/x", "sqlite://"]
)
def test_an_address_that_is_none_is_told_in_a_sentence_without_its_password(desk: KeptDesk, to: str) -> None:
    """It is checked as that of the settings is; it used to end in a trace."""
    with pytest.raises(Refused, match="--to must be") as refused:
        copy(desk.config, to)
    assert "quiet" not in str(refused.value)


def test_a_place_where_no_file_can_be_is_told_in_a_sentence(desk: KeptDesk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="file cannot be made"):
        copy(desk.config, f"sqlite:///{tmp_path}/file/desk.db")
    with pytest.raises(Refused, match="the database that the desk is in already"):
        copy(desk.config, f"sqlite:///{desk.folder}/../{desk.folder.name}/desk.db")


def test_a_source_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_text("this is no database, and long enough not to be taken for an empty one")
    with pytest.raises(Refused, match="The database cannot be read: file is not a database"):
        copy(KeptDesk(tmp_path).config, f"sqlite:///{tmp_path}/copied.db", while_running=True)
