"""The demo's mail without a mail server: a listener on a port of this machine's own, and customers who write to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

import aiosmtplib
import structlog
from sqlmodel import Session

from server.config.config import Config
from server.demo.finding import Thread
from server.demo.letters import Written, raw
from server.demo.lines import Somebody
from server.mail.counter import terms_of
from tickets.desk import Desk
from tickets.email import mail_ids
from tickets.email.names import reply_address
from tickets.email.smtp import listening
from tickets.files.store import Store

PATIENCE = 10.0  # seconds until a mail that was handed in is a ticket; the first one waits for its reader
_LOOK_EVERY = 0.05  # seconds

_log = structlog.get_logger("frontdesk.demo")


class Mailing:
    """Customers' mails, handed in at the desk's own listener as any mail server hands them in."""

    def __init__(self, desk: Desk, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._desk = desk

    async def writes(self, who: Somebody, *, key: str, to: str = "") -> int | None:
        """The id of the ticket that their mail became; None where it has not been read yet."""
        written = Written(
            name=who.name,
            address=who.address,
            to=to or who.to,
            subject=who.subject,
            text=who.text,
            mail_id=_id_of(key, who.address),
            at=self._desk.clock.now(),
        )
        return await self._become(written)

    async def answers(self, thread: Thread, words: Mapping[str, str], *, key: str) -> int | None:
        """They write on in the thread: to the address that our mail gave them, if they had one."""
        to = reply_address(self._desk.rules.seals, thread.mailbox, thread.ticket_id) if thread.ours else thread.mailbox
        written = Written(
            name=thread.name,
            address=thread.address,
            to=to,
            subject=f"Re: {thread.subject}",
            text=words.get(thread.language, words["en"]),
            mail_id=_id_of(key, thread.address),
            at=self._desk.clock.now(),
            answers=thread.answers,
        )
        return await self._become(written)

    async def hand_in(self, written: Written) -> None:
        """Raises aiosmtplib.SMTPException where it is not taken."""
        await aiosmtplib.send(
            await asyncio.to_thread(raw, written),
            sender=written.address,
            recipients=[written.to],
            hostname=self._host,
            port=self._port,
            start_tls=False,
        )

    async def _become(self, written: Written) -> int | None:
        await self.hand_in(written)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    found = await self._desk.read(_ticket_of, written.mail_id)
                    if found is not None:
                        return found
                    await asyncio.sleep(_LOOK_EVERY)
        return None


@contextlib.asynccontextmanager
async def mailing(desk: Desk, config: Config, store: Store, ring: Callable[[], None]) -> AsyncIterator[Mailing]:
    """At the listener that the settings name; where they name none, at one on a port that the system chooses."""
    if config.mail.listen_port:
        yield Mailing(desk, config.mail.listen_host, config.mail.listen_port)
        return
    async with listening(desk, store, terms_of(config), host="127.0.0.1", port=0, ring=ring) as port:
        yield Mailing(desk, "127.0.0.1", port)


def _id_of(key: str, address: str) -> str:
    return f"<{key}@{address.rpartition('@')[2]}>"


def _ticket_of(session: Session, mail_id: str) -> int | None:
    return next(iter(mail_ids.tickets_of(session, [mail_id]).get(mail_id, [])), None)
