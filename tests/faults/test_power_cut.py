"""What was acknowledged survives a power cut: it was on the disk before, and any copy of the files holds it."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtplib import send

from tests.engine import about_sqlite
from tests.faults.checker import faults
from tests.faults.day import ROOMY, Day
from tests.faults.desk import rows, until_not
from tests.faults.history import MAIL, History, Line, sends
from tests.faults.judging import stored_subjects, what_is_kept
from tests.faults.laws import report, stored_mail
from tests.faults.senders import Sender
from tests.faults.talking import Talking
from tests.faults.tools import program
from tests.faults.tracing import Call, calls, traced, unsynced
from tests.faults.visitors import Visitor
from tests.running import RunningDesk, free_port
from tickets.live import alongside

pytestmark = about_sqlite

SEED = 20261122
NEEDS_NO_MORE = {"invented", "unlike the log"}  # what was under way when the copy was made


@pytest.mark.faults
async def test_an_acknowledgement_follows_the_sync_of_its_row(tmp_path: Path) -> None:
    """Seen from outside, by the system's calls: for a chat's message, and for a mail's 250."""
    strace = program("strace")
    async with Day(tmp_path / "desk") as day:
        await asyncio.to_thread(day.desk.start)
        history = History(tmp_path / "one.jsonl")
        sam = Visitor(day.desk.url, "sam", history, most=1)
        await sam.arrive()
        with traced(strace, day.desk.pid, tmp_path / "trace"):
            talking = asyncio.create_task(sam.talk())
            await until_not(lambda: not sam.acknowledged, "Sam is not answered", people=[talking])
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "a@b.example", "support@lumen.example", "Synced"
            mail.set_content("Is it safe?")
            await send(
                mail, sender="synced-sender@b.example", hostname="127.0.0.1", port=day.mail_port, start_tls=False
            )
        sam.stop()
        await talking
        history.close()
        found = calls(tmp_path / "trace")

    assert "" == unsynced(found, row=f"{sam.author} says 0", answer=r"\"ack\"")
    assert "" == unsynced(found, row="synced-sender@b.example", answer="250 2.0.0 Kept")


def test_an_answer_without_a_sync_is_found() -> None:
    """The judge of the order itself."""

    def call(at: float, name: str, file: str, text: str = "") -> Call:
        return Call(at, at + 0.5, name, file, text)

    row, commit = call(1, "pwrite64", "desk.db-wal", "a row"), call(2, "pwrite64", "desk.db-wal")
    sync, told = call(3, "fdatasync", "desk.db-wal"), call(4, "sendmsg", "socket:[7]", "an answer")

    assert "" == unsynced([row, commit, sync, told], row="a row", answer="an answer")
    later = call(3.7, "pwrite64", "desk.db-wal")
    for wrong in (
        [row, commit, told],
        [row, commit, sync, later, told],
        [row, commit, told, call(5, "fsync", "desk.db-wal")],
        [told],
    ):
        assert unsynced(wrong, row="a row", answer="an answer")
    late = Call(3, 4.5, "fdatasync", "desk.db-wal", "")
    assert unsynced([row, commit, late, told], row="a row", answer="an answer")


async def _copied(folder: Path, seed: int, count: int) -> None:
    """Stop the desk, copy its files as they are, let it go on; each copy opens, and holds what was acknowledged.

    Of mails as of words; a mail's bytes lie in the store, beside the database.
    """
    dice = random.Random(seed)
    port = free_port()
    desk = RunningDesk(folder / "desk", settings={**ROOMY, "FRONTDESK_MAIL_LISTEN_PORT": str(port)})
    async with Talking(desk, folder / "history.jsonl", seed=seed) as talking:
        sender = Sender(port, f"s{seed}", talking.history)
        async with alongside(sender.send(), name="mail"):
            try:
                await talking.everybody_is_answered()
                await until_not(lambda: not sender.taken, "no mail was taken")
                for n in range(count):
                    await asyncio.sleep(dice.uniform(0, 0.2))  # the moment of the cut, drawn from the seed
                    lines = talking.history.lines()
                    await asyncio.to_thread(_copy, desk, folder / "copy")
                    told = await asyncio.to_thread(
                        _faults_of, folder / "copy" / "frontdesk.db", lines, f"{seed}, copy {n}"
                    )
                    assert "" == told
                    await asyncio.to_thread(shutil.rmtree, folder / "copy")
            finally:
                sender.stop()  # its line may take a cancellation for trouble of its own, and it would go on for ever
    print(f"seed {seed}: {count} copies, {sender.taken} mails")


def _copy(desk: RunningDesk, to: Path) -> None:
    to.mkdir()
    os.kill(desk.pid, signal.SIGSTOP)
    try:
        for name in ("frontdesk.db", "frontdesk.db-wal"):
            shutil.copy(desk.database.with_name(name), to / name)
        shutil.copytree(desk.database.with_name("files"), to / "files")
    finally:
        os.kill(desk.pid, signal.SIGCONT)


def _faults_of(database: Path, lines: list[Line], seed: str) -> str:
    assert [("ok",)] == rows(database, "pragma integrity_check", writable=True)
    sent = sends(lines)
    kept, log = what_is_kept(database, {one.author for one in sent})
    found = [fault for fault in faults(sent, kept, log) if fault.law not in NEEDS_NO_MORE]
    found += stored_mail(sends(lines, MAIL), stored_subjects(database))
    return report(found, lines, seed=seed)


async def test_a_few_copies_at_any_moment_are_whole(tmp_path: Path) -> None:
    await _copied(tmp_path, SEED, 5)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(10))
async def test_five_hundred_copies_at_any_moment_are_whole(tmp_path: Path, seed: int) -> None:
    await _copied(tmp_path, seed, 50)
