"""kill -9 while mail comes in: what was answered with 250 is stored, and becomes exactly one message."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.day import ROOMY
from tests.faults.desk import address, furnished, rows, until_not
from tests.faults.history import MAIL, History, Line, sends
from tests.faults.judging import judged
from tests.faults.laws import report
from tests.faults.senders import Sender
from tests.running import RunningDesk, free_port
from tickets.email.mailbox import add_mailbox

SENDERS = 6


async def rounds(folder: Path, seed: int, kills: int) -> None:
    """Kill and restart the desk while mail servers hand in mail; then wait until all of it was read, and compare."""
    dice = random.Random(seed)
    port = free_port()
    place = {"FRONTDESK_DATABASE_URL": address(folder / "data" / "frontdesk.db")}
    settings = {**ROOMY, **place, "FRONTDESK_MAIL_LISTEN_PORT": str(port)}
    desk = RunningDesk(folder, demo=False, settings=settings)
    async with furnished(desk.database) as empty:
        await empty.change(add_mailbox, "support@lumen.example", by="system")
    await asyncio.to_thread(desk.start)
    history = History(folder / "history.jsonl")
    senders = [Sender(port, f"s{seed}-{n}", history, forgetful=n % 3 == 2) for n in range(SENDERS)]
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
        history.close()
    judge(desk.database, history.lines(), seed)


def judge(database: Path, lines: list[Line], seed: int) -> None:
    found = judged(database, lines, {})
    ends = Counter(one.end.value for one in sends(lines, MAIL))
    print(f"seed {seed}: {dict(ends)}, {len(rows(database, 'select 1 from ticket'))} tickets")

    assert "" == report(found, lines, seed=seed)
    assert {subject for (subject,) in rows(database, "select subject from ticket")} <= {line.key for line in lines}


async def _some_was_taken(senders: list[Sender], sending: list[asyncio.Task[None]]) -> None:
    """The desk is at work again; a sender who has fallen over says so at once."""
    before = [sender.taken for sender in senders]

    def idle() -> bool:
        taken = sum(sender.taken > then for sender, then in zip(senders, before, strict=True))
        return taken <= SENDERS // 2

    await until_not(idle, "no mail was taken", every=0.01, people=sending)


async def _all_read(database: Path) -> None:
    unread = "select 1 from raw_mail where state = 'received'"
    await until_not(lambda: len(rows(database, unread)), "mail is still unread", seconds=90)


async def test_a_few_kills_lose_no_mail(tmp_path: Path) -> None:
    await rounds(tmp_path, seed=20261122, kills=2)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
async def test_fifty_kills_lose_no_mail(tmp_path: Path, seed: int) -> None:
    await rounds(tmp_path, seed=seed, kills=10)
