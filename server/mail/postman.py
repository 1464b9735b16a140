"""The postman: takes what waits in the outbox, a few mails at once, to the relay, and writes down what came of each."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping
from functools import partial

import structlog

from server.config.config import Config
from server.mail import letters
from server.mail.relay import NotNowError, Relay
from server.mail.signing import signer_of
from tickets.bell.live import Bell
from tickets.closing.live import Closing
from tickets.desk import Desk
from tickets.email import sending
from tickets.email.outgoing import MailState
from tickets.email.sending import Verdict
from tickets.errors import Unavailable
from tickets.failpoint import reached
from tickets.files.store import Store
from tickets.live import alongside

TICK = 1.0  # seconds between two looks
REST = 10.0  # seconds after which a relay that could not be used is tried again
AT_ONCE = 4  # mails, and so lines to the relay
STUBBORN = (0.0, 0.5, 2.0, 8.0, 30.0)  # seconds between tries to write down what came of a mail

_log = structlog.get_logger("frontdesk.mail")


@contextlib.asynccontextmanager
async def posting(desk: Desk, config: Config, store: Store, closing: Closing) -> AsyncIterator[Postman | None]:
    """Mail goes out as long as this lasts, if the settings name a relay; else it waits in the outbox."""
    if not config.mail.relay_host:
        yield None
        return
    relay = Relay(config.mail, name=config.mail_host)
    signer = await asyncio.to_thread(signer_of, config.mail)
    house = letters.Letterhead(
        config.public_url, desk.rules.seals, store, config.mail.largest, signer, config.mail.own_returns
    )
    async with Postman(desk, relay, house, closing).running() as postman:
        yield postman


class Postman:
    """Safe in any number of processes: a mail is claimed for a while, and whoever comes second leaves it."""

    def __init__(self, desk: Desk, relay: Relay, house: letters.Letterhead, closing: Closing | None = None) -> None:
        self._desk = desk
        self._relay = relay
        self._house = house
        self._closing = closing or Closing()
        self._closing.waits_for(self._finish)
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._free_again = Bell()
        self._in_trouble = False

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Postman]:
        try:
            async with alongside(self._rounds(), name="postman"):
                yield self
        finally:
            await self._finish()
            await self._leave()

    async def look(self) -> int:
        """Take up what is due, as far as there are hands. How many mails are in hand now."""
        free = 0 if self._closing.begun else AT_ONCE - len(self._in_hand)
        if free > 0:
            due = await self._desk.read(sending.due, self._desk.clock.now(), AT_ONCE + free)
            for outgoing_id in [id for id in due if id not in self._in_hand][:free]:
                task = asyncio.create_task(self._carry(outgoing_id), name=f"mail {outgoing_id}")
                self._in_hand[outgoing_id] = task
                task.add_done_callback(partial(self._put_down, outgoing_id))
        return len(self._in_hand)

    async def work_off(self) -> None:
        """Everything that is due now."""
        while await self.look():
            await asyncio.wait(self._in_hand.values())

    async def _rounds(self) -> None:
        while True:
            try:
                await self.look()
                await self._relay.tidy()
            except Unavailable:
                _log.warning("the outbox cannot be read for now")
            except Exception:
                _log.exception("the postman stumbled")
            rest, self._in_trouble = (REST if self._in_trouble else TICK), False
            await self._free_again.heard(within=rest * random.uniform(0.8, 1.2))

    async def _carry(self, outgoing_id: int) -> None:
        attempt = await self._desk.change(sending.claim, outgoing_id, by="system")
        if attempt is not None:
            reached("outbox.claimed")
            verdicts = await self._verdicts(outgoing_id, attempt)
            reached("outbox.judged")
            await self._write_down(outgoing_id, attempt, verdicts)

    async def _verdicts(self, outgoing_id: int, attempt: int) -> Mapping[str, Verdict]:
        draft = await self._desk.read(letters.draft, outgoing_id)
        envelope = await asyncio.to_thread(letters.written, draft, self._house, self._desk.clock.now())
        if not envelope.recipients:
            return envelope.refused
        try:
            judged = await self._relay.deliver(
                envelope.sender,
                list(envelope.recipients.values()),
                envelope.mail,
                plain=envelope.plain,
                before_dot=lambda: self._desk.change(sending.hand_over, outgoing_id, attempt, by="system"),
            )
        except NotNowError as error:
            self._in_trouble = True
            judged = dict.fromkeys(envelope.recipients.values(), Verdict(MailState.RETRY, error.says))
        by_address = {known: judged[wire] for known, wire in envelope.recipients.items() if wire in judged}
        return {**envelope.refused, **by_address}

    async def _write_down(self, outgoing_id: int, attempt: int, verdicts: Mapping[str, Verdict]) -> None:
        """A mail that went out is not to be forgotten because the database could not be written to for a moment."""
        for pause in STUBBORN:
            await asyncio.sleep(pause)
            with contextlib.suppress(Unavailable):
                await self._desk.change(sending.settle, outgoing_id, attempt, verdicts, by="system")
                reached("outbox.settled")
                return
        _log.error("what came of a mail could not be kept", outgoing=outgoing_id)

    def _put_down(self, outgoing_id: int, task: asyncio.Task[None]) -> None:
        del self._in_hand[outgoing_id]
        if not self._in_trouble:
            self._free_again.ring()
        if not task.cancelled() and task.exception() is not None:
            _log.error("a mail was dropped; it is taken up again", outgoing=outgoing_id, exc_info=task.exception())

    async def _finish(self) -> None:
        """Nothing new is taken up; what is in hand is brought to its end, as long as there is time."""
        self._closing.begin()
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=self._closing.left)

    async def _leave(self) -> None:
        """What is not at its end by now is found by its lease: tried again, or uncertain where the relay had it all."""
        left = list(self._in_hand.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._relay.close()
