"""The post of the story: customers' mails are read as they come, and ours is delivered at its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from sqlmodel import Session, col, select

from server.config.config import Config
from server.demo.letters import Written, raw
from server.mail.letters import Letterhead
from server.mail.postman import Postman
from server.mail.relay import Relay
from tickets.change import Change
from tickets.desk import Desk
from tickets.email import raw as intake
from tickets.email.intake import take_in
from tickets.email.mailbox import by_address
from tickets.email.names import reply_address
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.raw import Envelope
from tickets.email.reading import read
from tickets.email.sending import Verdict
from tickets.files.store import Store, Stored


class Post:
    """Carries mail between the desk and the people of the story, on the story's clock."""

    def __init__(self, desk: Desk, config: Config) -> None:
        self._desk = desk
        self._store = Store(Path(config.files.folder))
        house = Letterhead(config.public_url, desk.rules.seals, self._store, config.mail.largest)
        self._postman = Postman(desk, _Everywhere(config.mail, name=config.mail_host), house)

    async def comes(self, written: Written) -> int:
        """A customer's mail arrives. Returns its ticket's id."""
        content = await asyncio.to_thread(raw, written)
        stored = await asyncio.to_thread(self._store.keep, content)
        envelope = await self._desk.read(_envelope, written)
        [leased] = await self._desk.change(_accept, envelope, stored, intake.fingerprint(content), by="system")
        reading = await asyncio.to_thread(read, self._store.path(stored.sha256), self._store)
        message = await self._desk.change(take_in, leased, reading, by="system")
        assert message is not None
        return message.ticket_id

    async def goes(self) -> None:
        """What waits in the outbox is delivered."""
        await self._postman.work_off()

    async def thread(self, ticket_id: int, mailbox: str) -> tuple[str, tuple[str, ...]]:
        """Where the customer of this ticket answers, and what: the reply address and the ids of our mails to them."""
        ids = await self._desk.read(_our_mails, ticket_id)
        return (reply_address(self._desk.rules.seals, mailbox, ticket_id) if ids else mailbox), ids


class _Everywhere(Relay):
    """Reaches everybody at once."""

    async def deliver(
        self,
        sender: str,
        recipients: Sequence[str],
        mail: bytes,
        *,
        plain: str = "",
        before_dot: Callable[[], Awaitable[bool]],
    ) -> Mapping[str, Verdict]:
        await before_dot()
        return {address: Verdict(MailState.SENT) for address in recipients}


def _envelope(session: Session, written: Written) -> Envelope:
    mailbox = by_address(session, written.to)
    assert mailbox is not None
    return Envelope(written.address, {mailbox.id: [written.to]})


def _accept(change: Change, envelope: Envelope, stored: Stored, fingerprint: str) -> list[intake.Leased]:
    intake.accept(change, envelope, stored, fingerprint)
    return intake.lease(change, 1)


def _our_mails(session: Session, ticket_id: int) -> tuple[str, ...]:
    mine = select(Outgoing.mail_id).where(Outgoing.ticket_id == ticket_id, Outgoing.notice == "")
    return tuple(session.exec(mine.order_by(col(Outgoing.id))).all())
