"""kill -9 while mail goes out: each is sent once, or is said to be uncertain; none is forgotten."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from server.app import REACTIONS
from server.database import Database, migrate
from tests.cast import an_agent
from tests.faults.relay import SlowRelay
from tests.running import RunningDesk
from tickets import by_hand
from tickets.change import Change
from tickets.desk import Desk
from tickets.email.correspondence import correspond
from tickets.email.mailbox import add_mailbox
from tickets.opening import open_ticket
from tickets.people import new_customer
from tickets.reactions import Reactions
from tickets.status import Channel

ENDS = {"sent", "indeterminate"}


async def rounds(folder: Path, seed: int, kills: int) -> None:
    """Answers wait in the outbox of a demo desk; it is killed while they go out, then left in peace."""
    dice = random.Random(seed)
    async with SlowRelay() as relay:
        settings = {
            "FRONTDESK_MAIL_RELAY_HOST": "127.0.0.1",
            "FRONTDESK_MAIL_RELAY_PORT": str(relay.port),
            "FRONTDESK_MAIL_RELAY_SECURITY": "none",
            "FRONTDESK_LOG_LEVEL": "warning",
        }
        desk = RunningDesk(folder, demo=False, settings=settings)
        await _answers_wait(desk.database, kills * 16)
        for _ in range(kills):
            await asyncio.to_thread(desk.start)
            relay.took.clear()
            async with asyncio.timeout(30):
                await relay.took.wait()
            await asyncio.sleep(dice.uniform(0, 0.25))  # the moment of the fault, drawn from the seed
            await asyncio.to_thread(desk.kill)
        _hurry(desk.database)
        await asyncio.to_thread(desk.start)
        try:
            await _all_ended(desk.database)
        finally:
            await asyncio.to_thread(desk.stop)
    judge(desk.database, relay.taken, seed)


def judge(database: Path, taken: Counter[str], seed: int) -> None:
    mails = _rows(database, "select mail_id, state from outgoing")
    states = Counter(state for _, state in mails)
    print(f"seed {seed}: {dict(states)}, the relay took {taken.total()}")

    assert [] == [mail for mail, state in mails if state == "sent" and taken[mail] != 1], "sent is sent, once"
    assert [] == [mail for mail, state in mails if taken[mail] > 1], "nothing is sent twice by itself"
    assert set(taken) <= {mail for mail, _ in mails}, "nothing is sent that is not written down"
    assert states["sent"] > states["indeterminate"]


async def _answers_wait(path: Path, count: int) -> None:
    path.parent.mkdir(parents=True)
    with closing(Database(f"sqlite:///{path}")) as database:
        migrate(database)
        async with Desk(database.writes, database.reads, reactions=Reactions(REACTIONS)) as desk:
            ada = await desk.change(_furnished, by="system")
            for n in range(count):
                ticket = await desk.change(_asked, n, by="system")
                await desk.change(by_hand.reply, ticket, text=f"Answer {n}", client_id=f"answer-{n}", by=ada)


def _furnished(change: Change) -> str:
    add_mailbox(change, "support@lumen.example", name="Lumen Lamps")
    return an_agent(change).actor


def _asked(change: Change, n: int) -> int:
    """Somebody wrote to us by mail."""
    customer = new_customer(change, f"Customer {n}")
    ticket = open_ticket(change, customer, channel=Channel.EMAIL, subject=f"Question {n}")
    correspond(change, ticket, address=f"customer-{n}@mail.example", name=customer.name)
    with change.acting_as(customer.actor):
        ticket.receive(change, f"Question {n}?", client_id=f"question-{n}", name=customer.name)
    return ticket.id


async def _all_ended(database: Path) -> None:
    states: set[str] = set()
    for _ in range(600):
        states = {state for (state,) in _rows(database, "select distinct state from outgoing")}
        if states <= ENDS:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"still {states - ENDS} after a minute")


def _hurry(database: Path) -> None:
    """What a killed process had in its hands may be taken up at once: its lease would run for minutes."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("update outgoing set due_at = 0 where due_at is not null")


def _rows(database: Path, query: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


async def test_a_few_kills_send_nothing_twice(tmp_path: Path) -> None:
    await rounds(tmp_path, seed=20261122, kills=2)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
async def test_fifty_kills_send_nothing_twice(tmp_path: Path, seed: int) -> None:
    await rounds(tmp_path, seed=seed, kills=10)
