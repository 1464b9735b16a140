"""A mailroom for stories: mail that is handed in, read in place, and put on the desk; and a wire to talk SMTP over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, select

from tests.cast import MovedClock, UnitChange, a_database
from tests.tickets.email.letters import RULES, SAM
from tickets.desk import Desk
from tickets.email import raw
from tickets.email.counter import Terms
from tickets.email.intake import set_aside, take_in
from tickets.email.mail import Mail
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.mime import Unreadable
from tickets.email.raw import Envelope, RawMail, fingerprint
from tickets.email.reader import Reader
from tickets.email.reading import read
from tickets.email.smtp import listening
from tickets.files.store import Store
from tickets.message import Message
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.ticket import Ticket

SUPPORT = "support@shop.example"
TERMS = Terms(name="mx.shop.example", per_sender_per_hour=10_000, per_domain_per_hour=10_000, per_second=10_000)
Found = TypeVar("Found")


def written(
    text: str = "Where is my parcel?",
    *,
    sender: str = f"Sam Okafor <{SAM}>",
    subject: str = "My parcel",
    id: str = "<one@customer.example>",
    to: str = SUPPORT,
    **headers: str,
) -> bytes:
    """A plain mail as it travels. Further headers by their names: in_reply_to="<x@y>"."""
    mail = EmailMessage(policy=WIRE)
    told = {"From": sender, "To": to, "Subject": subject, "Message-ID": id, "Date": "Mon, 23 Nov 2026 09:00:00 +0000"}
    for name, value in {**told, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        if value:
            mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


@dataclass
class Mailroom:
    """One change at a desk that has an address; mail is read on the spot, as the child would."""

    change: UnitChange
    store: Store
    mailbox: Mailbox

    def comes(
        self, content: bytes, *, sender: str = SAM, to: Sequence[str] = (SUPPORT,), mailbox: Mailbox | None = None
    ) -> Message | None:
        """What becomes of a mail that is handed in. None where nothing new does."""
        envelope = Envelope(sender, {(mailbox or self.mailbox).id: to})
        raw.accept(self.change, envelope, self.store.keep(content), fingerprint(content))
        return self.reads()

    def reads(self) -> Message | None:
        """Everything that waits; the last message that came of it."""
        message = None
        for leased in raw.lease(self.change, 10):
            try:
                reading = read(self.store.path(leased.sha256), self.store)
            except Unreadable as error:
                message = set_aside(self.change, leased, str(error), final=True) or message
            else:
                message = take_in(self.change, leased, reading) or message
        self.change.write()
        return message

    def arrives(self, content: bytes, **envelope: Any) -> Message:
        """As `comes`, for mail that must become a message."""
        message = self.comes(content, **envelope)
        assert message is not None
        return message

    def mail(self, message: Message) -> Mail:
        return self.change.rows(select(Mail).where(Mail.message_id == message.id))[0]

    def ticket(self, message: Message) -> Ticket:
        return self.change.take(Ticket, message.ticket_id)

    def raw(self) -> Sequence[RawMail]:
        return self.change.rows(select(RawMail).order_by(RawMail.id))  # type: ignore[arg-type]


def a_mailroom(folder: Path, *, rules: Rules = RULES) -> Mailroom:
    change = UnitChange(by="system", rules=rules)
    return Mailroom(change, Store(folder / "files"), add_mailbox(change, SUPPORT, name="Shop Support"))


@dataclass
class Counter:
    """A desk that takes mail by SMTP and reads it in a child process, on a moved clock."""

    desk: Desk
    store: Store
    reader: Reader
    port: int
    clock: MovedClock
    rung: list[int] = field(default_factory=list)

    async def says(self, *lines: str | bytes, port: int = 0) -> list[str]:
        """Talk SMTP: each line is answered before the next is sent. The answers, the greeting first."""
        async with asyncio.timeout(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", port or self.port)
            try:
                return [await _answer(reader), *[await _asked(reader, writer, line) for line in lines]]
            finally:
                writer.close()

    async def takes(self, content: bytes, *, sender: str = SAM, to: Sequence[str] = (SUPPORT,)) -> str:
        """Hand in one mail. The last answer."""
        stuffed = content.replace(b"\r\n.", b"\r\n..").removesuffix(b"\r\n")
        recipients = [f"RCPT TO:<{address}>" for address in to]
        said = await self.says(
            "EHLO mail.example", f"MAIL FROM:<{sender}>", *recipients, "DATA", stuffed + b"\r\n.", "QUIT"
        )
        return said[-2]

    def rows(self, model: type[Found]) -> list[Found]:
        def all_of(session: Session) -> list[Found]:
            return list(session.exec(select(model).order_by(*inspect(model).primary_key)).all())

        return self.desk.look(all_of)


@contextlib.asynccontextmanager
async def a_counter(folder: Path, *, terms: Terms = TERMS, patience: float = 30.0) -> AsyncIterator[Counter]:
    """Nothing is read until somebody says so (`counter.reader.read_all()`)."""
    database, clock = a_database(folder), MovedClock()
    store = Store(folder / "files")
    store.folder.mkdir()
    desk = Desk(database.writes, database.reads, clock=clock, rules=RULES, reactions=Reactions())
    rung: list[int] = []
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(database.close)
        await stack.enter_async_context(desk)
        await desk.change(add_mailbox, SUPPORT, name="Shop Support", by="system")
        reader = Reader(desk, store, patience=patience)
        stack.push_async_callback(reader.close)
        port = await stack.enter_async_context(
            listening(desk, store, terms, host="127.0.0.1", port=0, ring=lambda: rung.append(1))
        )
        yield Counter(desk, store, reader, port, clock, rung)


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str | bytes) -> str:
    writer.write(line if isinstance(line, bytes) and line.endswith(b"\n") else _line(line))
    with contextlib.suppress(ConnectionError):
        await writer.drain()
        return await _answer(reader)
    return ""


def _line(line: str | bytes) -> bytes:
    return (line.encode() if isinstance(line, str) else line) + b"\r\n"


async def _answer(reader: asyncio.StreamReader) -> str:
    """All lines of one answer, joined; empty where the other side has hung up."""
    lines = []
    with contextlib.suppress(ConnectionError):
        while line := (await reader.readline()).decode():
            lines.append(line.rstrip())
            if line[3:4] != "-":
                break
    return " / ".join(lines)
