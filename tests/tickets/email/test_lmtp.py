"""The mail server next door hands mail over by LMTP, and hears for each recipient whether it was kept."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.tickets.email.mailroom import SUPPORT, TERMS, Counter, a_counter, written
from tickets.change import Change
from tickets.email import counter as at_the_counter
from tickets.email import raw
from tickets.email.edge import write_down
from tickets.email.lmtp import LocalTalk
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.raw import RawMail
from tickets.email.smtp import Talk
from tickets.limit import Limit
from tickets.message import Message

ORDERS = "orders@shop.example"
HELLO = ("LHLO mail.example", "MAIL FROM:<sam@customer.example>")
BOTH = (f"RCPT TO:<{SUPPORT}>", f"RCPT TO:<{ORDERS}>")


@asynccontextmanager
async def a_door(folder: Path) -> AsyncIterator[tuple[Counter, int]]:
    """A desk with two addresses, and the port of its LMTP."""
    async with a_counter(folder) as room:
        await room.desk.change(add_mailbox, ORDERS, by="system")
        with at_the_counter.Counter(room.desk, room.store, TERMS, lambda: None) as counter:
            async with counter.open(LocalTalk, "127.0.0.1", 0) as port:
                yield room, port


async def handed_over(port: int, *lines: str, mail: bytes) -> list[str]:
    """Everything that the desk said up to its goodbye, line by line."""
    async with asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        said = [await reader.readline()]
        for line in (*lines, "DATA"):
            writer.write(line.encode() + b"\r\n")
            said.append(await reader.readline())
            while said[-1][3:4] == b"-":
                said.append(await reader.readline())
        writer.write(mail + b".\r\nQUIT\r\n")
        said += [line async for line in reader]
        writer.close()
        return [line.decode().rstrip() for line in said]


async def test_each_recipient_has_an_answer_of_its_own(tmp_path: Path) -> None:
    """RFC 2033, 4.2: one after the final dot for each that was taken, in their order, and none for the others."""
    async with a_door(tmp_path) as (room, port):
        said = await handed_over(port, *HELLO, BOTH[0], "RCPT TO:<nobody@shop.example>", BOTH[1], mail=written())
        assert "220 mx.shop.example LMTP" == said[0]
        assert [
            "250 2.1.0 Fine",
            "250 2.1.5 Fine",
            "550 5.1.1 There is no such mailbox here",
            "250 2.1.5 Fine",
            "354 End with a dot on a line of its own",
            "250 2.0.0 Kept",
            "250 2.0.0 Kept",
            "221 Bye",
        ] == said[6:]
        assert [[SUPPORT], [ORDERS]] == [row.recipients for row in room.rows(RawMail)]


async def test_what_is_not_kept_is_said_to_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their server keeps it and comes again; nothing of it is here."""

    def broken(change: Change, *_: object) -> None:
        error = sqlite3.OperationalError("broken")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise OperationalError("insert", {}, error)

    async with a_door(tmp_path) as (room, port):
        monkeypatch.setattr(raw, "accept", broken)
        said = await handed_over(port, *HELLO, *BOTH, mail=written())
        assert ["451 4.3.0 It could not be kept just now, try again later"] * 2 == said[-3:-1]
        assert [] == room.rows(RawMail)


async def test_it_is_not_taken_for_smtp(tmp_path: Path) -> None:
    """Each has a greeting of its own: a server that mixes the ports up is told at once."""
    async with a_door(tmp_path) as (room, port):
        assert "500" == (await room.says("EHLO mail.example", port=port))[-1][:3]
        assert "500" == (await room.says("LHLO mail.example"))[-1][:3]


async def test_the_same_mail_fifty_times_by_three_ways_is_one_message(tmp_path: Path) -> None:
    """I6: by SMTP, by LMTP, and by a pipe or a mailbox that is fetched, all at once."""
    async with a_door(tmp_path) as (room, port):
        (box, *_) = room.rows(Mailbox)

        async def brought() -> None:
            stored = await asyncio.to_thread(room.store.keep, written())
            envelope = raw.Envelope("sam@customer.example", {box.id: [SUPPORT]})
            await write_down(room.desk, envelope, stored, raw.fingerprint(written()))

        await asyncio.gather(
            *(handed_over(port, *HELLO, BOTH[0], mail=written()) for _ in range(17)),
            *(room.takes(written()) for _ in range(17)),
            *(brought() for _ in range(16)),
        )
        await room.reader.read_all()
        assert [49] == [row.duplicates for row in room.rows(RawMail)]
        assert 1 == len(room.rows(Message))


async def test_a_caller_from_outside_is_counted_and_the_server_next_door_is_not(tmp_path: Path) -> None:
    """What it brings comes from everywhere."""
    limits: dict[str, Limit] = {}
    terms = replace(TERMS, share=limits.__setitem__)
    async with a_counter(tmp_path) as room:
        for dialect, hello, counted in ((LocalTalk, "LHLO", 0), (Talk, "EHLO", 1)):
            with at_the_counter.Counter(room.desk, room.store, terms, lambda: None) as counter:
                async with counter.open(dialect, "127.0.0.1", 0) as port:
                    said = await handed_over(port, f"{hello} mail.example", HELLO[1], BOTH[0], mail=written())
            assert "250 2.0.0 Kept" in said
            assert counted == len(limits["mail network"])
