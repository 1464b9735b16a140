"""The counter where mail is handed in: 250 for what is stored, and a plain no for everything else."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import random
import re
import shutil
import ssl
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tickets.email.letters import RULES
from tests.tickets.email.mailroom import SUPPORT, TERMS, a_counter, written
from tickets.change import Change
from tickets.closing.live import Closing
from tickets.email import counter as counters
from tickets.email import raw
from tickets.email.mailbox import Mailbox
from tickets.email.names import reply_address
from tickets.email.raw import RawMail

HELLO = ("EHLO mail.example", "MAIL FROM:<sam@customer.example>")


async def test_a_mail_is_handed_in_line_by_line(tmp_path: Path) -> None:
    """The dialogue, word for word: it names no program, no version and no user."""
    async with a_counter(tmp_path) as counter:
        said = await counter.says(*HELLO, f"RCPT TO:<{SUPPORT}>", "DATA", written() + b".\r\n", "QUIT")

    assert [
        "220 mx.shop.example ESMTP",
        "250-mx.shop.example / 250-SIZE 26214400 / 250-8BITMIME / 250-SMTPUTF8 / 250 ENHANCEDSTATUSCODES",
        "250 2.1.0 Fine",
        "250 2.1.5 Fine",
        "354 End with a dot on a line of its own",
        "250 2.0.0 Kept",
        "221 Bye",
    ] == said


async def test_what_was_taken_is_there_byte_for_byte(tmp_path: Path) -> None:
    """I5: a row whose hash is that of the mail as it was sent, dots at the beginning of lines included."""
    content = written("..two dots\r\n.one dot\r\nand a long line: " + "x" * 200_000)
    async with a_counter(tmp_path) as counter:
        assert "250 2.0.0 Kept" == await counter.takes(content)

        (row,) = counter.rows(RawMail)
        assert hashlib.sha256(content).hexdigest() == row.sha256
        assert content == counter.store.path(row.sha256).read_bytes()
        assert (len(content), ["support@shop.example"], "sam@customer.example") == (
            row.size,
            row.recipients,
            row.sender,
        )
        assert [1] == counter.rung


async def test_250_is_said_of_nothing_that_the_disk_or_the_database_did_not_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of them says no, and however late: the sender is told no, and tries again."""

    def says_no(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    async with a_counter(tmp_path) as counter:
        for where, what in ((os, "fsync"), (raw, "accept")):
            with monkeypatch.context() as broken:
                broken.setattr(where, what, says_no)
                assert "451 4.3.0" == (await counter.takes(written()))[:9], what
            assert [] == counter.rows(RawMail)
        assert "250 2.0.0 Kept" == await counter.takes(written())


async def test_a_mail_on_its_way_in_is_answered_before_the_house_closes(tmp_path: Path) -> None:
    """It used to be cut in the middle: kept nowhere, and sent again by a server that had to wait for it."""
    closing = Closing()
    async with a_counter(tmp_path, terms=replace(TERMS, closing=closing)) as counter:
        reader, writer = await asyncio.open_connection("127.0.0.1", counter.port)
        for line in (*HELLO, f"RCPT TO:<{SUPPORT}>", "DATA"):
            writer.write(line.encode() + b"\r\n")
        while not (await reader.readline()).startswith(b"354"):
            pass
        ending = asyncio.create_task(closing.finish())
        await asyncio.sleep(0)
        assert not ending.done()
        writer.write(written() + b".\r\n")
        assert b"250 2.0.0 Kept\r\n" == await reader.readline()
        await ending
        writer.close()
        assert 1 == len(counter.rows(RawMail))


async def test_a_large_mail_goes_through_the_disk(tmp_path: Path) -> None:
    content = written("line of a large mail\n" * 60_000)
    async with a_counter(tmp_path) as counter:
        assert "250 2.0.0 Kept" == await counter.takes(content)
        (row,) = counter.rows(RawMail)
        assert content == counter.store.path(row.sha256).read_bytes()


async def test_the_same_mail_again_raises_a_counter(tmp_path: Path) -> None:
    """However often and over however many lines; and whatever servers on the way write above it."""
    async with a_counter(tmp_path) as counter:
        copies = [b"Received: from hop%d\r\n" % hop + written() for hop in range(6)]
        said = await asyncio.gather(*(counter.takes(content) for content in copies))

        assert ["250 2.0.0 Kept"] * 6 == said
        assert [5] == [row.duplicates for row in counter.rows(RawMail)]


async def test_the_same_id_with_other_words_is_another_mail(tmp_path: Path) -> None:
    """A stranger may have used an id before its owner did."""
    async with a_counter(tmp_path) as counter:
        for text in ("One", "Two"):
            await counter.takes(written(text))
        assert [0, 0] == [row.duplicates for row in counter.rows(RawMail)]


@pytest.mark.parametrize(
    "address",
    [
        "nobody@shop.example",
        "support@other.example",
        "support",
        "<>",
        "su pport@shop.example",
        "\u202esupport@shop.example",
    ],
)
async def test_a_recipient_that_we_do_not_have_is_refused(tmp_path: Path, address: str) -> None:
    async with a_counter(tmp_path) as counter:
        said = await counter.says(*HELLO, f"RCPT TO:<{address}>", "DATA")
        assert said[-2][:4] in {"550 ", "553 ", "501 ", "555 "}
        assert "503 5.5.1 Tell a recipient first" == said[-1]


async def test_a_reply_address_is_known_also_when_its_mailbox_takes_no_mail_any_more(tmp_path: Path) -> None:
    async with a_counter(tmp_path) as counter:

        def closes(change: Change) -> None:
            box = next(iter(counter.rows(Mailbox)))
            change.take(Mailbox, box.id).edit(change, address=box.address, name=box.name, active=False)

        await counter.desk.change(closes, by="system")
        known = reply_address(RULES.seals, SUPPORT, 1042)
        forged = known.replace(".", ".x", 1)
        said = await counter.says(*HELLO, *(f"RCPT TO:<{one}>" for one in (SUPPORT, known, known.upper(), forged)))

        assert ["550", "250", "250", "550"] == [answer[:3] for answer in said[-4:]]


async def test_only_a_dot_between_two_line_ends_ends_a_mail(tmp_path: Path) -> None:
    """Smuggling: a second mail behind a bare line feed is a part of the first one (RFC 5321, 4.1.1.4)."""
    endings = [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r\n\x00.\r\n", b"\n.\r"]
    async with a_counter(tmp_path) as counter:
        for at, ending in enumerate(endings):
            smuggled = b"MAIL FROM:<eve@evil.example>\r\nRCPT TO:<support@shop.example>\r\nDATA\r\nhi\r\n"
            content = written(f"mail {at}") + ending + smuggled
            assert "250 2.0.0 Kept" == await counter.takes(content)
        rows = counter.rows(RawMail)
        assert len(endings) == len(rows)
        assert {"sam@customer.example"} == {row.sender for row in rows}


@pytest.mark.parametrize("seed", range(4))
async def test_in_whatever_pieces_it_comes_it_is_the_same_mail(tmp_path: Path, seed: int) -> None:
    """Lines that begin with dots, long ones and empty ones, cut anywhere; the next command may come with the last."""
    dice = random.Random(seed)
    body = b"".join(dice.choice([b"..", b".", b"a", b"\r\n", b"\r\n.x", b"z" * 70_000, b"\n"]) for _ in range(60))
    mail = b"Subject: pieces\r\n\r\n" + body + b"\r\n"
    stuffed = re.sub(rb"(?<=\r\n)\.", b"..", mail)
    async with a_counter(tmp_path) as counter:
        reader, writer = await asyncio.open_connection("127.0.0.1", counter.port)
        hello = b"EHLO x\r\nMAIL FROM:<sam@customer.example>\r\nRCPT TO:<support@shop.example>\r\nDATA\r\n"
        sent = hello + stuffed + b".\r\nQUIT\r\n"
        while sent:
            piece, sent = sent[: (size := dice.choice([1, 2, 3, 5_000, 90_000]))], sent[size:]
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        said = await reader.read()
        writer.close()
        assert b"250 2.0.0 Kept\r\n221" in said
        (row,) = counter.rows(RawMail)
        assert mail == counter.store.path(row.sha256).read_bytes()


async def test_who_errs_ten_times_is_shown_the_door(tmp_path: Path) -> None:
    async with a_counter(tmp_path) as counter:
        said = await counter.says(*HELLO, *["RCPT TO:<nobody@shop.example>"] * 14)
        assert 11 == sum(answer.startswith("550 5.1.1") for answer in said)
        assert "421 4.7.0 Too many errors" in said
        assert "" == said[-1]


async def test_a_command_with_a_bare_line_feed_is_no_command(tmp_path: Path) -> None:
    async with a_counter(tmp_path) as counter:
        said = await counter.says(b"EHLO mail.example\n", b"QUIT\r\n")
        assert ["500 5.5.2 That is no command", "221 Bye"] == said[1:]


async def test_whoever_is_silent_is_not_waited_for(tmp_path: Path) -> None:
    """Between commands, and in the middle of a mail: nothing of it is kept."""
    async with a_counter(tmp_path, terms=replace(TERMS, patience=0.2)) as counter:
        reader, writer = await asyncio.open_connection("127.0.0.1", counter.port)
        assert b"" == (await asyncio.wait_for(reader.read(), 10)).removeprefix(b"220 mx.shop.example ESMTP\r\n")
        writer.close()
        said = await counter.says(*HELLO, f"RCPT TO:<{SUPPORT}>", "DATA", b"Subject: half of it\r\n\n")
        assert "" == said[-1]
        assert [] == counter.rows(RawMail)
        assert [] == [path for path in counter.store.folder.rglob("*") if path.is_file()]


async def test_too_many_talk_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one caller among them, who used to leave nothing to anybody else for as long as they liked."""
    monkeypatch.setattr(counters, "MOST_TALKS", 3)
    monkeypatch.setattr(counters, "MOST_OF_ONE", 2)
    async with a_counter(tmp_path) as counter, contextlib.AsyncExitStack() as stack:

        async def greeted(address: str) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", counter.port, local_addr=(address, 0))
            stack.callback(writer.close)
            return await reader.readline()

        said = [await greeted(f"127.0.0.{who}") for who in (1, 1, 1, 2, 3)]
        assert [b"220", b"220", b"421", b"220", b"421"] == [line[:3] for line in said]
        assert b"421 4.3.2 Too many conversations at once, try again later\r\n" == said[-1]


async def test_a_hundred_recipients_at_once_are_enough(tmp_path: Path) -> None:
    async with a_counter(tmp_path) as counter:
        said = await counter.says(*HELLO, *(f"RCPT TO:<support+{n}@shop.example>" for n in range(101)))
        assert "452 4.5.3 Too many recipients at once" == said[-1]
        assert "250 2.1.5 Fine" == said[-2]


async def test_the_way_here_can_be_protected(tmp_path: Path) -> None:
    """STARTTLS where there is a certificate; commands that were slipped in before it are forgotten (RFC 3207, 6)."""
    if shutil.which("openssl") is None:
        pytest.skip("1 case left out: there is no openssl to make a certificate with")
    key, certificate = await asyncio.to_thread(_made, tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    async with a_counter(tmp_path, terms=replace(TERMS, tls=context)) as counter:
        reader, writer = await asyncio.open_connection("127.0.0.1", counter.port)
        writer.write(b"EHLO mail.example\r\n")
        assert b"250-STARTTLS\r\n" in [await reader.readline() for _ in range(7)]
        writer.write(b"STARTTLS\r\nMAIL FROM:<eve@evil.example>\r\n")
        assert b"220" == (await reader.readline())[:3]
        trusting = ssl.create_default_context(cafile=certificate)
        await writer.start_tls(trusting, server_hostname="mx.shop.example")
        writer.write(b"MAIL FROM:<sam@customer.example>\r\n")
        assert b"503" == (await asyncio.wait_for(reader.readline(), 10))[:3]  # say hello again first
        writer.close()


def _made(folder: Path) -> tuple[str, str]:
    """A key, and a certificate that it has signed itself."""
    key, certificate = str(folder / "key.pem"), str(folder / "cert.pem")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mx.shop.example", "-days", "2"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


async def test_a_house_that_is_not_ready_asks_senders_to_come_again(tmp_path: Path) -> None:
    """What it took before is kept; mail comes again by itself."""
    async with a_counter(tmp_path, terms=replace(TERMS, ready=lambda: False)) as counter:
        said = await counter.says(*HELLO, "QUIT")

    assert ["451 4.3.0 It could not be kept just now, try again later", "221 Bye"] == said[-2:]
