"""I7: a mail may take the process that reads it for ever, or with it; those behind it are read, and it is put aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tickets.email.mailroom import Counter, a_counter, written
from tests.tickets.email.test_reader import received, soon, states
from tickets.email import raw
from tickets.email.raw import RawMail, RawState
from tickets.email.reader import Reader
from tickets.message import Message
from tickets.ticket import Ticket

CHILD = "tests.tickets.email.hostile_child"
GOOD = [written(f"Mail {n}", id=f"<{n}@customer.example>") for n in range(6)]


def hostile(deed: str) -> bytes:
    return written(subject=deed, id=f"<{deed}@customer.example>")


async def test_those_behind_a_mail_that_hangs_eats_or_kills_are_read_while_it_is_still_in_hand(tmp_path: Path) -> None:
    """They wait for a moment, not for its thirty seconds: it has all of them, in a process that nobody waits for."""
    async with a_counter(tmp_path) as counter:
        await received(counter, *map(hostile, ("Eat", "Hang", "Die")), *GOOD)
        reader = Reader(counter.desk, counter.store, child=CHILD)
        async with reader.running(alone=True):
            await soon(lambda: states(counter)[3:] == [RawState.DONE] * len(GOOD))
            await soon(lambda: [1, 0, 1] == [row.attempts for row in counter.rows(RawMail)[:3]])
            assert reader.in_hand


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("Eat", "MemoryError: "),
        ("Spin", "it took more than 1 seconds of work"),
        ("Die", "the process that read it died"),
    ],
)
async def test_what_it_did_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str, why: str) -> None:
    monkeypatch.setattr(raw, "MOST_TRIES", 1)
    async with a_counter(tmp_path) as counter:
        await received(counter, hostile(deed), *GOOD[:2])
        reader = Reader(counter.desk, counter.store, child=CHILD, children=1)
        await reader.read_all()
        await reader.close()
        assert [RawState.QUARANTINED, RawState.DONE, RawState.DONE] == states(counter)
        assert why == counter.rows(RawMail)[0].why


async def test_many_that_hang_are_read_in_turn_and_each_counts_its_tries(tmp_path: Path) -> None:
    """Whoever waits so long for the one with time that the lease is over goes on waiting, under the next one."""
    async with a_counter(tmp_path) as counter:
        await received(counter, *(written(subject="Hang", id=f"<{n}@hang.example>") for n in range(3)), *GOOD)
        reader = Reader(counter.desk, counter.store, child=CHILD, patience=0.5)
        await reader.read_all()
        await reader.close()
        assert [1, 1, 1] == _tries(counter)[:3]
        assert [RawState.DONE] * len(GOOD) == states(counter)[3:]


async def test_a_mail_that_takes_too_long_is_given_up_after_three_tries(tmp_path: Path) -> None:
    """Each try ends the process that reads it, and nobody else waits longer than that.

    When it can be read after all, its ticket has its sender, its subject and its words.
    """
    async with a_counter(tmp_path) as counter:
        await received(counter, written("Hello", subject="Hang", sender="slow@customer.example"), GOOD[0])
        reader = Reader(counter.desk, counter.store, child=CHILD, patience=0.5)
        for tries in range(1, 4):
            await reader.read_all()
            assert tries == _tries(counter)[0]
            counter.clock.moves(minutes=tries)
        await reader.close()
        assert [RawState.QUARANTINED, RawState.DONE] == states(counter)
        row = counter.rows(RawMail)[0]
        assert "it took longer than 0.5 seconds" == row.why

        await counter.desk.change(raw.read_again, row.id, by="agent:1")
        await counter.reader.read_all()
        assert [RawState.DONE, RawState.DONE] == states(counter)
        (message,) = [one for one in counter.rows(Message) if one.text == "Hello"]
        ticket = next(one for one in counter.rows(Ticket) if one.id == message.ticket_id)
        assert ("Hang", f"customer:{ticket.customer_id}") == (ticket.subject, message.by)


def _tries(counter: Counter) -> list[int]:
    return [row.attempts for row in counter.rows(RawMail)]
