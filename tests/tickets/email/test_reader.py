"""Mail is read in a process of its own: whatever one mail does there, the others are read, and each exactly once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TypeVar

import pytest

from tests.tickets.email.mailroom import SUPPORT, Counter, a_counter, written
from tests.tickets.email.test_parse import nested
from tickets.change import Change
from tickets.email import raw
from tickets.email import reader as reader_room
from tickets.email.intake import UNREADABLE
from tickets.email.mail import Mail
from tickets.email.mailbox import Mailbox
from tickets.email.raw import Envelope, RawMail, RawState, fingerprint
from tickets.files.attachment import Attachment
from tickets.message import Message
from tickets.ticket import Ticket

Found = TypeVar("Found")


async def received(counter: Counter, *contents: bytes) -> None:
    """As if they had been handed in by SMTP."""
    (box,) = counter.rows(Mailbox)
    for content in contents:
        envelope = Envelope("sam@customer.example", {box.id: [SUPPORT]})
        stored = await asyncio.to_thread(counter.store.keep, content)
        await counter.desk.change(raw.accept, envelope, stored, fingerprint(content), by="system")


def rows(counter: Counter) -> list[RawMail]:
    return sorted(counter.rows(RawMail), key=lambda row: row.id)


def states(counter: Counter) -> list[str]:
    return [row.state for row in rows(counter)]


async def test_everything_that_waits_becomes_messages(tmp_path: Path) -> None:
    mails = [written(f"Mail {n}", id=f"<{n}@customer.example>", sender=f"s{n}@customer.example") for n in range(20)]
    async with a_counter(tmp_path) as counter:
        await received(counter, *mails)
        assert 20 == await counter.reader.read_all()
        assert 0 == await counter.reader.read_all()
        assert [f"Mail {n}" for n in range(20)] == [one.text for one in counter.rows(Message)]
        assert {RawState.DONE} == {*states(counter)}


async def test_a_mail_that_nobody_can_read_is_a_ticket_that_says_so(tmp_path: Path) -> None:
    """At once, without three tries; the mails behind it are read; and it can be tried again."""
    async with a_counter(tmp_path) as counter:
        await received(counter, nested(80), written())
        await counter.reader.read_all()
        assert [RawState.QUARANTINED, RawState.DONE] == states(counter)
        poison = counter.rows(RawMail)[0]
        assert ("its parts are nested more than 50 deep", 1) == (poison.why, poison.attempts)
        (mail,) = [one for one in counter.rows(Mail) if one.unreadable]
        ticket = next(one for one in counter.rows(Ticket) if one.id == mail.ticket_id)
        assert (UNREADABLE, True) == (ticket.subject, ticket.waiting_since is not None)

        await counter.desk.change(raw.read_again, poison.id, by="agent:1")
        await counter.reader.read_all()
        assert [RawState.QUARANTINED, RawState.DONE] == states(counter)
        assert 2 == len(counter.rows(Ticket)), "the second try makes no second ticket"


async def test_the_process_that_reads_may_die(tmp_path: Path) -> None:
    """The mail that it had in hand is tried again by another one."""
    async with a_counter(tmp_path) as counter:
        await received(counter, b"Content-Type: text/html\r\n\r\n" + b"<div>" * 12_000, written())
        reading = asyncio.create_task(counter.reader.read_all())
        process = await soon(lambda: counter.reader.process)
        os.kill(process.pid, signal.SIGKILL)
        await reading
        counter.clock.moves(minutes=1)
        await counter.reader.read_all()
        assert [RawState.DONE, RawState.DONE] == states(counter)
        assert 2 == len(counter.rows(Message))


async def test_what_a_killed_desk_had_begun_is_read_by_the_next_one(tmp_path: Path) -> None:
    """A lease ends by itself; where one process has the desk to itself nobody waits for that."""
    async with a_counter(tmp_path) as counter:
        await received(counter, written())
        assert 1 == len(await counter.desk.change(raw.lease, 10, by="system"))
        assert 0 == await counter.reader.read_all()
        async with counter.reader.running(alone=True):
            await soon(lambda: [RawState.DONE] == states(counter))


async def test_a_mail_that_the_desk_cannot_keep_holds_up_nobody(tmp_path: Path) -> None:
    """A bug in keeping one counts as a failed try."""

    def breaks(change: Change) -> None:
        change.take(RawMail, counter.rows(RawMail)[0].id).mailbox_id = -1

    async with a_counter(tmp_path) as counter:
        await received(counter, written(), written("Two", id="<two@customer.example>"))
        await counter.desk.change(breaks, by="system")
        await counter.reader.read_all()
        assert [RawState.DONE, RawState.DONE] == states(counter), "a mailbox that is gone is no reason to lose mail"


async def test_files_that_the_disk_refuses_are_a_failed_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No message names a file that may not be there; a mail without files does not wait for those with some."""

    def refuses(hashes: Iterable[str]) -> None:
        raise OSError(f"no room for {[*hashes]}")

    with_file = EmailMessage(policy=SMTP)
    with_file["From"], with_file["To"], with_file["Subject"] = "priya@customer.example", SUPPORT, "A picture"
    with_file.set_content("See the file.")
    with_file.add_attachment(b"bytes", maintype="application", subtype="octet-stream", filename="bytes.bin")
    async with a_counter(tmp_path) as counter:
        await received(counter, with_file.as_bytes(), written())
        with monkeypatch.context() as patch:
            patch.setattr(counter.store, "settle", refuses)
            await counter.reader.read_all()
        assert [(RawState.RECEIVED, 1), (RawState.DONE, 0)] == [(row.state, row.attempts) for row in rows(counter)]
        counter.clock.moves(minutes=5)
        await counter.reader.read_all()
        assert {RawState.DONE} == {*states(counter)}
        (file,) = counter.rows(Attachment)
        assert counter.store.holds(file.sha256)


async def test_mail_that_comes_while_the_last_of_it_is_brought_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It rang after the last look and before the wait, and lay there until somebody looked by themselves."""
    monkeypatch.setattr(reader_room, "LOOK_EVERY", 60.0)
    late = [written("Second", id="<two@customer.example>")]
    async with a_counter(tmp_path) as counter:
        reader = counter.reader
        brought = reader._brought

        async def and_another_comes() -> None:
            await brought()
            if late and reader._bringing is not None:
                await received(counter, late.pop())
                reader.ring()

        monkeypatch.setattr(reader, "_brought", and_another_comes)
        await received(counter, written("First"))
        async with reader.running(alone=True):
            await soon(lambda: len(counter.rows(Message)) == 2)
        assert ["First", "Second"] == [one.text for one in counter.rows(Message)]


async def soon(found: Callable[[], Found | None]) -> Found:
    """What is there in a moment."""
    async with asyncio.timeout(20):
        while not (there := found()):  # noqa: ASYNC110  (nobody rings for it)
            await asyncio.sleep(0.01)
    return there
