"""kill -9 while mail comes in: what was answered with 250 is stored, and becomes exactly one message."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.checker import End
from tests.faults.desk import furnished, rows, until_not
from tests.faults.senders import Sender
from tests.running import RunningDesk, free_port
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
    async with furnished(desk.database) as empty:
        await empty.change(add_mailbox, "support@lumen.example", by="system")
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
    kept = Counter(subject for (subject,) in rows(database, "select subject from ticket"))
    said = Counter(subject for (subject,) in rows(database, _SAID))
    print(f"seed {seed}: {Counter(end.value for end in ends.values())}, {kept.total()} tickets")

    assert [] == [subject for subject, end in ends.items() if end is End.ACKNOWLEDGED and said[subject] != 1]
    assert [] == [subject for subject, end in ends.items() if end is End.REFUSED and kept[subject]]
    assert [] == [subject for subject in ends if kept[subject] > 1 or said[subject] > 1]
    assert [] == rows(database, "select why from raw_mail where state = 'quarantined'")
    assert set(kept) <= set(ends)


_SAID = "select t.subject from ticket t join message m on m.ticket_id = t.id where m.text like 'The text of mail %'"


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
