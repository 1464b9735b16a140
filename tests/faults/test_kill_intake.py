"""kill -9 while mail comes in: what was answered with 250 is stored, and becomes exactly one message."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from server.database import Database, migrate
from tests.faults.checker import End
from tests.faults.senders import Sender
from tests.running import RunningDesk, free_port
from tickets.desk import Desk
from tickets.email.mailbox import add_mailbox

SENDERS = 6


async def rounds(folder: Path, seed: int, kills: int) -> None:
    """Kill and restart the desk while mail servers hand in mail; then wait until all of it was read, and compare."""
    dice = random.Random(seed)
    port = free_port()
    settings = {
        "FRONTDESK_MAIL_LISTEN_PORT": str(port),
        "FRONTDESK_MAIL_PER_SENDER_PER_HOUR": "1000000",
        "FRONTDESK_MAIL_PER_DOMAIN_PER_HOUR": "1000000",
        "FRONTDESK_MAIL_PER_SECOND": "1000000",
        "FRONTDESK_LOG_LEVEL": "warning",
    }
    desk = RunningDesk(folder, demo=False, settings=settings)
    await _mailbox(desk.database)
    await asyncio.to_thread(desk.start)
    senders = [Sender(port, f"s{seed}-{n}", forgetful=n % 3 == 2) for n in range(SENDERS)]
    sending = [asyncio.create_task(sender.send()) for sender in senders]
    try:
        for _ in range(kills):
            await _some_was_taken(senders, sending)
            await asyncio.sleep(dice.uniform(0.02, 0.8))  # the moment of the fault, drawn from the seed
            await asyncio.to_thread(desk.kill)
            await asyncio.to_thread(desk.start)
        await _some_was_taken(senders, sending)
        for sender in senders:
            sender.stop()
        await asyncio.gather(*sending)
        await _all_read(desk.database)
    finally:
        await asyncio.to_thread(desk.stop)
    judge(desk.database, senders, seed)


def judge(database: Path, senders: list[Sender], seed: int) -> None:
    ends = {subject: end for sender in senders for subject, end in sender.ends.items()}
    kept = Counter(subject for (subject,) in _rows(database, "select subject from ticket"))
    said = Counter(subject for (subject,) in _rows(database, _SAID))
    print(f"seed {seed}: {Counter(end.value for end in ends.values())}, {kept.total()} tickets")

    assert [] == [subject for subject, end in ends.items() if end is End.ACKNOWLEDGED and said[subject] != 1]
    assert [] == [subject for subject, end in ends.items() if end is End.REFUSED and kept[subject]]
    assert [] == [subject for subject in ends if kept[subject] > 1 or said[subject] > 1]
    assert [] == _rows(database, "select why from raw_mail where state = 'quarantined'")
    assert set(kept) <= set(ends)


_SAID = "select t.subject from ticket t join message m on m.ticket_id = t.id where m.text like 'The text of mail %'"


async def _mailbox(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(Database(f"sqlite:///{path}")) as database:
        migrate(database)
        async with Desk(database.writes, database.reads) as desk:
            await desk.change(add_mailbox, "support@lumen.example", by="system")


async def _some_was_taken(senders: list[Sender], sending: list[asyncio.Task[None]]) -> None:
    """The desk is at work again; a sender who has fallen over says so at once."""
    before = [sender.taken for sender in senders]
    for _ in range(6000):
        if sum(now > then for now, then in zip([one.taken for one in senders], before, strict=True)) > SENDERS // 2:
            return
        for task in sending:
            if task.done():
                task.result()
        await asyncio.sleep(0.01)
    raise AssertionError("no mail was taken for a minute")


async def _all_read(database: Path) -> None:
    for _ in range(900):
        if not _rows(database, "select 1 from raw_mail where state = 'received'"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("mail is still unread after a minute and a half")


def _rows(database: Path, query: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


async def test_a_few_kills_lose_no_mail(tmp_path: Path) -> None:
    await rounds(tmp_path, seed=20261122, kills=2)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
async def test_fifty_kills_lose_no_mail(tmp_path: Path, seed: int) -> None:
    await rounds(tmp_path, seed=seed, kills=10)
