"""The counter at which mail servers hand mail in, by SMTP or LMTP: what all conversations share."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from aiosmtpd.smtp import Envelope, Session

from tickets.closing.live import Closing, InHand
from tickets.desk import Desk
from tickets.email import raw
from tickets.email.arriving import Arriving
from tickets.email.edge import has_room, write_down
from tickets.email.measure import Measure
from tickets.email.recipients import Recipients
from tickets.email.settling import Settling
from tickets.errors import Full, Refused, Unavailable
from tickets.failpoint import reached
from tickets.files.store import Store
from tickets.limit import Limit

MOST_RECIPIENTS = 100
MOST_TALKS = 100
MOST_OF_ONE = 25  # with one network: a server in front of ours wants twenty (Postfix), and the others find us free
BUSY = "451 4.3.0 It could not be kept just now, try again later"
FULL = "452 4.3.1 There is no room for it now, try again later"

_log = structlog.get_logger("frontdesk.mail")


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


class Delivery(Envelope):
    """One mail on its way in, with the mailbox of each recipient."""

    def __init__(self) -> None:
        super().__init__()
        self.mailboxes: dict[int, list[str]] = {}
        self.arriving: Arriving | None = None


class Spoken(Protocol):
    """A conversation, as far as the counter knows it."""

    network: str
    """Who is counted for what is brought; nobody where everybody's mail comes this way."""

    def say_goodbye(self) -> None: ...


class Counter:
    """What all conversations share. Its methods named handle_ are what aiosmtpd asks in the course of each."""

    def __init__(self, desk: Desk, store: Store, terms: Terms, ring: Callable[[], None]) -> None:
        self.store = store
        self.terms = terms
        self.talks: dict[Spoken, str] = {}  # and with which network
        self.threads = ThreadPoolExecutor(2, "frontdesk-mail")
        self._recipients = Recipients(desk)
        self._settling = Settling(store, self.threads)
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
        terms.closing.waits_for(self.arriving.over)

    def __enter__(self) -> Counter:
        return self

    def __exit__(self, *_: object) -> None:
        self.threads.shutdown(wait=False)

    @contextlib.asynccontextmanager
    async def open(self, dialect: Callable[[Counter], asyncio.Protocol], host: str, port: int) -> AsyncIterator[int]:
        """Whoever connects is spoken to in this dialect. Yields the port; raises Refused where it cannot be used."""
        several = self.terms.several or None
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: dialect(self), host, port, reuse_port=several
            )
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise Refused("Mail cannot be taken at {host}:{port}: {why}.", host=host, port=port, why=why) from None
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for talk in list(self.talks):
                talk.say_goodbye()
            await server.wait_closed()

    def has_time_for(self, network: str) -> bool:
        """Whether one more conversation may begin, and with this caller."""
        return len(self.talks) < MOST_TALKS and list(self.talks.values()).count(network) < MOST_OF_ONE

    async def handle_EHLO(  # noqa: N802  (named by aiosmtpd)
        self, talk: Spoken, session: Session, envelope: Delivery, host: str, answers: list[str]
    ) -> list[str]:
        """Nobody signs in here, and help is in the documents."""
        session.host_name = host
        kept = [line for line in answers if not line[4:].startswith(("AUTH", "HELP"))]
        return [*kept, "250 ENHANCEDSTATUSCODES"]

    async def handle_MAIL(  # noqa: N802
        self, talk: Spoken, session: Session, envelope: Delivery, address: str, options: list[str]
    ) -> str:
        if not address.isprintable():
            return "553 5.1.7 This sender cannot be"
        wait = self._measure.wait(_bare(address), talk.network)
        if wait:
            return f"451 4.7.1 That is a lot of mail, try again in {wait} seconds"
        if not has_room(self.store):
            return "452 4.3.1 There is no room for it now, try again later"
        if not self.terms.ready():
            return BUSY
        envelope.mail_from = address
        return "250 2.1.0 Fine"

    async def handle_RCPT(  # noqa: N802
        self, talk: Spoken, session: Session, envelope: Delivery, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        try:
            mailbox_id = await self._recipients.mailbox_of(address)
        except Exception:
            _log.exception("a mailbox could not be looked up")
            return BUSY
        if mailbox_id is None:
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.mailboxes.setdefault(mailbox_id, []).append(address)
        return "250 2.1.5 Fine"

    async def handle_DATA(self, talk: Spoken, session: Session | None, envelope: Delivery) -> str:  # noqa: N802
        """250 is said when the bytes are on the disk and the row is committed, and not before."""
        arriving = envelope.arriving
        assert arriving is not None
        if arriving.size == 0:
            return "554 5.6.0 The mail is empty"
        sender = _bare(envelope.mail_from or "")
        try:
            stored, fingerprint = await self._settling.kept(arriving)
            reached("smtp.stored")
            told = raw.Envelope(sender, envelope.mailboxes)
            await write_down(self._desk, told, stored, fingerprint)
        except (OSError, Unavailable) as error:
            return FULL if _is_full(error) else BUSY
        reached("smtp.kept")
        self._measure.count(sender, talk.network)
        self._ring()
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        if _is_full(error):
            return FULL
        _log.error("a conversation about mail failed", exc_info=error)
        return BUSY


def _bare(address: str) -> str:
    """Nobody is written <> in a conversation."""
    return "" if address == "<>" else address


def _is_full(error: BaseException) -> bool:
    return isinstance(error, Full) or getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}
