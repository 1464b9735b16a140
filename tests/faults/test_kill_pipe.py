"""kill -9 while a mail comes by a pipe: who was told 0 has it kept; who was not comes again, and it is there once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.commands import database_in, runs
from tests.faults.desk import furnished, rows
from tests.faults.places import places
from tests.faults.senders import SUPPORT, a_mail
from tickets.email.mailbox import add_mailbox

WORDS = ("mail", "ingest", "--to", SUPPORT)
ELSEWHERE = {"writer.replayed", "writer.replay_committed", "file.synced", "file.named"}  # of refusals, and of uploads
ON_THE_WAY = [
    place for place in places() if place.startswith(("file.", "pipe.", "writer.", "desk.")) and place not in ELSEWHERE
]


async def dies_at(folder: Path, among: Sequence[str]) -> None:
    """A mail for each place: its first bearer dies there, and whoever sent it tries again, as mail servers do."""
    database = database_in(folder)
    async with furnished(database) as desk:
        await desk.change(add_mailbox, SUPPORT, by="system")
    for n, place in enumerate(among):
        mail = a_mail("pipe", n).decode()
        died = runs(folder, *WORDS, given=mail, failpoint=place)
        assert -9 == died.returncode, f"it never came to {place}: {died.stderr}"
        again = runs(folder, *WORDS, given=mail)
        assert os.EX_OK == again.returncode, again.stderr
        assert [mail.encode()] == _kept(database)[n:], f"died at {place}"


def _kept(database: Path) -> list[bytes]:
    """Every mail that has a row, as it lies in the store."""
    hashes = rows(database, "select sha256 from raw_mail order by id")
    return [(database.parent / "files" / sha256[:2] / sha256).read_bytes() for (sha256,) in hashes]


async def test_a_death_at_some_places_loses_and_doubles_no_mail(tmp_path: Path) -> None:
    await dies_at(tmp_path, ["pipe.stored", "pipe.kept"])


@pytest.mark.faults
async def test_a_death_at_any_place_loses_and_doubles_no_mail(tmp_path: Path) -> None:
    await dies_at(tmp_path, ON_THE_WAY)
