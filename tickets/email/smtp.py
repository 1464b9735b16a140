"""Takes mail by SMTP (RFC 5321): for addresses that are ours, and 250 only for what is stored and written down."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import shutil
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from tickets.closing.live import Closing, InHand
from tickets.desk import Desk
from tickets.email import raw
from tickets.email.arriving import Arriving
from tickets.email.mailbox import by_address
from tickets.email.measure import Measure
from tickets.email.names import ticket_of_address
from tickets.errors import Full, Refused, Unavailable
from tickets.failpoint import reached
from tickets.files.store import Store
from tickets.limit import Limit

MOST_RECIPIENTS = 100
MOST_ERRORS = 10
MOST_SESSIONS = 100
LEAST_SPACE = 100 * 1024 * 1024  # bytes on the disk
LONGEST_DATA = 600.0  # seconds
PROGRESS = 64 * 1024  # bytes within each stretch of patience

_log = structlog.get_logger("frontdesk.mail")
logging.getLogger("mail.log").setLevel(logging.ERROR)  # it writes addresses down


@dataclass(frozen=True)
class Terms:
    """Under which mail is taken. `name` is what the server calls itself; nothing else about it is told."""

    name: str = "localhost"
    largest: int = 25 * 1024 * 1024  # bytes
    per_sender_per_hour: int = 30
    per_domain_per_hour: int = 300
    per_second: int = 20
    patience: float = 60.0  # seconds that a client may be silent
    tls: ssl.SSLContext | None = None
    ready: Callable[[], bool] = lambda: True  # else whoever sends is told to come again
    closing: Closing = field(default_factory=Closing)  # then what is on its way in is answered, and nothing else
    several: bool = False  # processes may listen at this port
    share: Callable[[str, Limit], None] = lambda name, limit: None  # counts it together with the other processes


@contextlib.asynccontextmanager
async def listening(
    desk: Desk, store: Store, terms: Terms, *, host: str, port: int, ring: Callable[[], None] = lambda: None
) -> AsyncIterator[int]:
    """Mail is taken as long as this lasts; yields the port. `ring` is called when some was written down.

    Raises Refused where the address cannot be used.
    """
    counter = Counter(desk, store, terms, ring)
    terms.closing.waits_for(counter.arriving.over)
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(lambda: Talk(counter), host, port, reuse_port=terms.several or None)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise Refused("Mail cannot be taken at {host}:{port}: {why}.", host=host, port=port, why=why) from None
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        counter.close()
        await server.wait_closed()


class _Mail(Envelope):
    """With the mailbox of each recipient."""

    def __init__(self) -> None:
        super().__init__()
        self.mailboxes: dict[int, list[str]] = {}
        self.arriving: Arriving | None = None


class Counter:
    """What all conversations share. Its methods named handle_ are what aiosmtpd asks in the course of each."""

    def __init__(self, desk: Desk, store: Store, terms: Terms, ring: Callable[[], None]) -> None:
        self.store = store
        self.terms = terms
        self.talks: set[Talk] = set()
        self.threads = ThreadPoolExecutor(2, "frontdesk-mail")
        self._desk = desk
        self._ring = ring
        self.arriving = InHand()  # mails that nobody has answered yet
        self._measure = Measure(
            per_sender_per_hour=terms.per_sender_per_hour,
            per_domain_per_hour=terms.per_domain_per_hour,
            per_second=terms.per_second,
        )
        for name, limit in self._measure.shared():
            terms.share(name, limit)

    def close(self) -> None:
        for talk in list(self.talks):
            talk.say_goodbye()
        self.threads.shutdown(wait=False)

    async def handle_EHLO(  # noqa: N802  (named by aiosmtpd)
        self, talk: Talk, session: Session, envelope: _Mail, host: str, answers: list[str]
    ) -> list[str]:
        """Nobody signs in here, and help is in the documents."""
        session.host_name = host
        kept = [line for line in answers if not line[4:].startswith(("AUTH", "HELP"))]
        return [*kept, "250 ENHANCEDSTATUSCODES"]

    async def handle_MAIL(  # noqa: N802
        self, talk: Talk, session: Session, envelope: _Mail, address: str, options: list[str]
    ) -> str:
        if not address.isprintable():
            return "553 5.1.7 This sender cannot be"
        wait = self._measure.wait(_bare(address))
        if wait:
            return f"451 4.7.1 That is a lot of mail, try again in {wait} seconds"
        if shutil.disk_usage(self.store.folder.parent).free < LEAST_SPACE:
            return "452 4.3.1 There is no room for it now, try again later"
        if not self.terms.ready():
            return BUSY
        envelope.mail_from = address
        return "250 2.1.0 Fine"

    async def handle_RCPT(  # noqa: N802
        self, talk: Talk, session: Session, envelope: _Mail, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        try:
            mailbox_id = await self._mailbox(address) if address.isprintable() else None
        except Exception:
            _log.exception("a mailbox could not be looked up")
            return BUSY
        if mailbox_id is None:
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.mailboxes.setdefault(mailbox_id, []).append(address)
        return "250 2.1.5 Fine"

    async def handle_DATA(self, talk: Talk, session: Session | None, envelope: _Mail) -> str:  # noqa: N802
        """250 is said when the bytes are on the disk and the row is committed, and not before."""
        arriving = envelope.arriving
        assert arriving is not None
        if arriving.size == 0:
            return "554 5.6.0 The mail is empty"
        sender = _bare(envelope.mail_from or "")
        try:
            stored, fingerprint = await asyncio.get_running_loop().run_in_executor(self.threads, arriving.finish)
            reached("smtp.stored")
            told = raw.Envelope(sender, envelope.mailboxes)
            await self._desk.change(raw.accept, told, stored, fingerprint, by="system")
        except (OSError, Unavailable) as error:
            return FULL if _is_full(error) else BUSY
        reached("smtp.kept")
        self._measure.count(sender)
        self._ring()
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        if _is_full(error):
            return FULL
        _log.error("a conversation about mail failed", exc_info=error)
        return BUSY

    async def _mailbox(self, address: str) -> int | None:
        """Of an address that takes mail; what was begun at a mailbox that is none any more can still be answered."""
        found = await self._desk.read(by_address, address)
        signed = ticket_of_address(self._desk.rules.seals, address) is not None
        return found.id if found is not None and (found.active or signed) else None


class Talk(SMTP):
    """One conversation. It ends after ten errors, after a silence, and when too many others are going on."""

    line_length_limit = 64 * 1024  # of what is held at once: longer lines come in pieces
    command_size_limit = 1024

    def __init__(self, counter: Counter) -> None:
        terms = counter.terms
        super().__init__(
            counter,
            data_size_limit=terms.largest,
            enable_SMTPUTF8=True,
            hostname=terms.name,
            ident="ESMTP",
            tls_context=terms.tls,
            timeout=terms.patience,
            loop=asyncio.get_running_loop(),
        )
        self._counter = counter
        self._errors = 0
        self._turned_away = False

    def connection_made(self, transport: Any) -> None:
        self._turned_away = self.transport is None and len(self._counter.talks) >= MOST_SESSIONS
        if self._turned_away:
            transport.write(b"421 4.3.2 Too many conversations at once, try again later\r\n")
            transport.close()
        else:
            self._counter.talks.add(self)
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._counter.talks.discard(self)
        if not self._turned_away:
            super().connection_lost(error)

    def say_goodbye(self) -> None:
        """The house closes. What was not acknowledged will be sent again."""
        if self.transport is not None:
            with contextlib.suppress(Exception):
                self.transport.write(b"421 4.3.2 Closing, try again soon\r\n")  # type: ignore[attr-defined]
            self.transport.close()

    async def push(self, status: Any) -> None:
        said = status if isinstance(status, str) else status.decode("ascii", "replace")
        await super().push(_IN_OUR_WORDS.get(said, said))
        self._errors += said[:1] in {"4", "5"}
        if self._errors > MOST_ERRORS and self.transport is not None:
            await super().push("421 4.7.0 Too many errors")
            self.transport.close()
            if self._handler_coroutine is not None:
                self._handler_coroutine.cancel()  # it may have thousands of commands in hand

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """As aiosmtpd does it, but in pieces to the disk, and with lines of any length."""
        if await self.check_helo_needed():
            return
        assert isinstance(self.envelope, _Mail)
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Tell a recipient first")
            return
        if arg:
            await self.push("501 5.5.4 DATA stands alone")
            return
        with self._counter.arriving.one():
            await self.push("354 End with a dot on a line of its own")
            with Arriving(self._counter.store, largest=self._counter.terms.largest) as arriving:
                self.envelope.arriving = arriving
                await self._receive(arriving)
                said = TOO_BIG if arriving.too_big else await self._counter.handle_DATA(self, None, self.envelope)
            self.envelope = self._create_envelope()
            await self.push(said)
            reached("smtp.answered")

    async def _receive(self, arriving: Arriving) -> None:
        """Up to <CRLF>.<CRLF>, and nothing that only looks like it (RFC 5321, 4.1.1.4 and 4.5.2)."""
        ends_at, counted, at_start = self.loop.time() + LONGEST_DATA, 0, True
        while True:
            try:
                line, whole = await self._reader.readuntil(b"\r\n"), True
            except asyncio.LimitOverrunError as error:
                line, whole = await self._reader.read(error.consumed), False
            if at_start and line == b".\r\n":
                break
            reached("smtp.data")
            arriving.add(line[1:] if at_start and line.startswith(b".") else line)
            at_start = whole
            if arriving.seen - counted > PROGRESS and self.loop.time() < ends_at:
                counted = arriving.seen
                self._reset_timeout()
                await self.loop.run_in_executor(self._counter.threads, arriving.spill)
        self._reset_timeout()

    def _create_envelope(self) -> Envelope:
        return _Mail()

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A command ends in CRLF; one that does not is answered as if it were nothing."""
        super()._cb_client_connected(reader, writer)
        plain: Callable[[bytes], Awaitable[bytes]] = reader.readuntil

        async def strict(separator: Any = b"\n") -> bytes:
            line = await plain(separator)
            return line if line.endswith(b"\r\n") else b"\r\n"

        reader.readuntil = strict  # type: ignore[method-assign]


BUSY = "451 4.3.0 It could not be kept just now, try again later"
FULL = "452 4.3.1 There is no room for it now, try again later"
TOO_BIG = "552 5.3.4 The mail is bigger than we take"
_IN_OUR_WORDS = {
    "552 Error: message size exceeds fixed maximum message size": TOO_BIG,
    "500 Error: bad syntax": "500 5.5.2 That is no command",
    "500 Command line too long": "500 5.5.6 The line is too long",
}


def _bare(address: str) -> str:
    """Nobody is written <> in a conversation."""
    return "" if address == "<>" else address


def _is_full(error: BaseException) -> bool:
    return isinstance(error, Full) or getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}
