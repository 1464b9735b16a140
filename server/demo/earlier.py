"""What was delivered before the demo was started: the postbox forgets its mail, and the desk can write it out again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlmodel import Session, col, select

from server.config.config import Config
from server.demo.postbox import Postbox
from server.mail.letters import Letterhead, draft, written
from tickets.desk import Desk
from tickets.email.outgoing import MailState, Outgoing
from tickets.files.store import Store

MOST = 12  # mails


async def put_back(box: Postbox, desk: Desk, config: Config, store: Store) -> None:
    """The newest of them, as they were; none where the settings name a relay, since they are not in here."""
    if config.mail.relay_host:
        return
    house = Letterhead(config.public_url, desk.rules.seals, store, config.mail.largest)
    for outgoing_id in await desk.read(_newest):
        found = await desk.read(draft, outgoing_id)
        at = found.mail.sent_at or found.mail.created_at
        envelope = await asyncio.to_thread(written, found, house, at)
        box.keep(at, envelope.sender, [one["address"] for one in found.mail.recipients], envelope.mail)


def _newest(session: Session) -> Sequence[int]:
    """The oldest of them first."""
    sent = select(Outgoing.id).where(Outgoing.state == MailState.SENT.value, col(Outgoing.mailbox_id).is_not(None))
    return session.exec(sent.order_by(col(Outgoing.sent_at).desc()).limit(MOST)).all()[::-1]
