"""What a backup holds comes back whole, counted and compared; what is no backup changes nothing."""

from __future__ import annotations

import asyncio
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from server.cli import main
from server.config.settings import Secrets
from server.database import newest_revision
from server.keeping import restore as restore_module
from server.keeping.backup import backup
from server.keeping.restore import restore
from server.secret import secret_key
from tests.cast import a_change, a_ticket
from tests.server.keeping.kept import (
    PHOTO,
    WORDS,
    KeptDesk,
    place,
    positions,
    said,
    said_in_the_log,
    sam_asks,
    sam_goes_on,
    say,
    tallies,
)
from tickets import find
from tickets.errors import Refused
from tickets.history import SKIPPED_NUMBERS
from tickets.live import Outbox, Topic
from tickets.opening import FIRST_NUMBER
from tickets.ticket import Ticket

FOLLOWING = frozenset({Topic("agent:1", "en")})


def test_a_desk_comes_back_as_it_was(desk: KeptDesk, other: KeptDesk, tmp_path: Path) -> None:
    """Every row of every table, every file; but everybody signs in again, and no id is given twice."""
    made = backup(desk.config, tmp_path)
    told: list[str] = []
    manifest = restore(other.config, made, tell=told.append)

    before, after = tallies(desk), tallies(other)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"id_block", "counter", "history", "console_session", "live_ticket", "one_time_link"}
    assert {name: rows for name, (rows, _) in before.items()} == {table.name: table.rows for table in manifest.tables}
    ((sha256, size),) = manifest.files.items()
    assert (len(PHOTO), PHOTO) == (size, (other.folder / "files" / sha256[:2] / sha256).read_bytes())
    assert "message: 3 rows, compared" in told
    assert newest_revision() == manifest.revision

    ticket_id, words = other.opens(_first_ticket, said)
    assert [("first-0", WORDS), ("first-1", WORDS), ("third", "Here it is.")] == words
    (later,) = other.opens(sam_asks_again)
    assert later > 1_000_000_000 > ticket_id


def test_no_number_is_given_twice_though_the_backup_knows_of_no_ticket() -> None:
    """A customer had #1001 already, of a ticket that was opened after it was made; the next one got #1001 again."""
    change = a_change()
    restore_module._leave_a_gap(change.session.connection())

    assert FIRST_NUMBER + SKIPPED_NUMBERS <= a_ticket(change).number


async def _first_ticket(state: dict[str, Any]) -> int:
    found: int = await state["desk"].read(lambda session: session.exec(select(Ticket.id)).one())
    return found


async def sam_asks_again(state: dict[str, Any]) -> int:
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
    """F24. And what came later is in it as far as one moment, in order and without a gap, as the log tells it."""

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
    words, log, told = other.opens(said, positions, said_in_the_log)
    assert len(words) == len(told), "what is kept and what is told are of the same moment"
    kept = [client_id for client_id, _ in words if client_id.startswith("w-")]
    assert kept[: len(before)] == before
    assert kept == acked[: len(kept)]
    assert list(range(1, manifest.cursor + 1)) == log[: manifest.cursor]


def test_screens_of_the_time_after_the_backup_load_anew(desk: KeptDesk, tmp_path: Path) -> None:
    """I20: a place in what was lost is no place in what was restored, however long that has grown; one before is.

    Whoever stands at its end may show the first thing that was lost: it stayed on the screen, and the next words had
    its number.
    """
    (before,) = desk.opens(place)
    made = backup(desk.config, tmp_path)
    _, after = desk.opens(sam_goes_on(desk.ticket_id, 5, "lost"), place)
    restore(desk.config, made, replace=True)

    def come_back(at: tuple[str, int]) -> Any:
        async def act(state: dict[str, Any]) -> bool:
            told: bool = await state["feed"].follow(Outbox(), FOLLOWING, cursor=at[1], epoch=at[0])
            return told

        return act

    early = before[0], before[1] - 1
    _, *told, words = desk.opens(
        sam_goes_on(desk.ticket_id, 20, "new"), come_back(after), come_back(before), come_back(early), said
    )
    assert [False, False, True] == told
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


def test_a_key_that_cannot_be_written_is_said_before_anything_is_changed(
    desk: KeptDesk, other: KeptDesk, tmp_path: Path
) -> None:
    """As on a full disk. It ended in a trace, and the desk that was put back had lost its key."""
    made = backup(desk.config, tmp_path, with_key=True)
    (other.folder / "away").touch()
    away = replace(other.config, secrets=Secrets(kept_in=str(other.folder / "away" / "secret.key")))
    with pytest.raises(Refused, match=r"secret\.key cannot be used: .* Nothing was changed"):
        restore(away, made)

    assert restore(other.config, made).with_key
    assert [] == [*other.folder.glob(".secret.key*")]


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
