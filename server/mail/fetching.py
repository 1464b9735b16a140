"""Fetches mail from mailboxes elsewhere: as long as this lasts, each of them is in one process's hands."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlmodel import Session

from server.mail.locked import lock
from server.mail.signing_in import Fault, Key, Keyring, purpose
from server.mail.visiting import MOST, House, LostError, Visit
from tickets.closing.live import Closing
from tickets.email import fetched, incoming
from tickets.email.fetched import Claim
from tickets.email.incoming import NOT_KEPT, Incoming
from tickets.email.mailbox import Mailbox
from tickets.email.servers import BROKE
from tickets.errors import Unavailable
from tickets.live import alongside

if TYPE_CHECKING:
    from server.mail.imap import Line

SPARE = 1024 * 1024  # bytes that an answer may have beyond the largest mail

_log = structlog.get_logger("frontdesk.mail")


class Fetcher:
    """Safe in any number of processes: each mailbox is claimed for a while, and whoever comes second leaves it."""

    def __init__(self, house: House, keyring: Keyring, closing: Closing | None = None) -> None:
        self._house, self._desk, self._keyring = house, house.desk, keyring
        self._closing = closing or Closing()
        self._closing.waits_for(self._leave)
        self._in_hand: dict[int, asyncio.Task[None]] = {}

    @contextlib.asynccontextmanager
    async def running(self, *, alone: bool) -> AsyncIterator[Fetcher]:
        """`alone`: no other process fetches, so that what an earlier one had in hand is free at once."""
        if alone:
            await self._desk.change(fetched.let_all_go, by="system")
        try:
            async with alongside(self._rounds(), name="fetching mail"):
                yield self
        finally:
            await self._leave()
            self._house.threads.shutdown(wait=False)

    async def look(self) -> int:
        """Take one more mailbox in hand, if one is free: one, so that several processes share them. How many are."""
        if not self._closing.begun and len(self._in_hand) < MOST and self._house.takes:
            found = await self._desk.read(incoming.free, self._desk.clock.now())
            for mailbox_id in [id for id in found if id not in self._in_hand][:1]:
                task = asyncio.create_task(self._serve(mailbox_id), name=f"mailbox {mailbox_id}")
                self._in_hand[mailbox_id] = task
                task.add_done_callback(partial(self._put_down, mailbox_id))
        return len(self._in_hand)

    async def _rounds(self) -> None:
        while True:
            try:
                await self.look()
            except Unavailable:
                pass  # the writer has said so
            except Exception:
                _log.exception("mailboxes cannot be fetched from")
            await asyncio.sleep(self._house.pace.tick * random.uniform(0.8, 1.2))

    def _put_down(self, mailbox_id: int, task: asyncio.Task[None]) -> None:
        del self._in_hand[mailbox_id]
        if not task.cancelled() and task.exception() is not None:
            _log.error("a mailbox was dropped; it is taken up again", mailbox=mailbox_id, exc_info=task.exception())

    async def _leave(self) -> None:
        """What is not marked yet is marked by whoever comes next."""
        tasks = list(self._in_hand.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, mailbox_id: int) -> None:
        """One mailbox, until something goes wrong with it."""
        claim = await self._desk.change(fetched.claim, mailbox_id, secrets.token_hex(8), by="system")
        if claim is None:
            return
        try:
            await self._visit(claim)
        except LostError:
            pass
        except Fault as fault:
            await self._failed(claim, fault)
        except (Unavailable, OSError):
            await self._failed(claim, Fault(NOT_KEPT))
        except Exception:
            _log.exception("a mailbox could not be fetched from", mailbox=mailbox_id)
            await self._failed(claim, Fault(BROKE))
        finally:
            with contextlib.suppress(Unavailable):
                await self._desk.change(fetched.let_go, claim, by="system")

    async def _visit(self, claim: Claim) -> None:
        key = await self._house.step(self._keyring.key, claim.settings)
        await self._renewed(claim, key)
        line = self.line(claim.settings)
        try:
            async with alongside(self._keep(claim, line), name="lease"):
                opened = await self._house.step(line.open, key)
                place = await self._desk.change(fetched.arrive, claim, opened.uidvalidity, opened.newest, by="system")
                box = await self._desk.read(_mailbox, claim.mailbox_id)
                if place is not None and box is not None:
                    await Visit(self._house, claim, box.address, line, opened, place).stay()
        finally:
            line.abort()
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._house.threads, line.close))

    def line(self, settings: Incoming) -> Line:
        """To the server of these settings; not open yet."""
        from server.mail.imap import Line  # with its library: not where nothing is fetched

        pace, keyring = self._house.pace, self._keyring
        return Line(settings, keyring.guard, patience=pace.answer, largest=self._house.largest + SPARE, tls=keyring.tls)

    async def _keep(self, claim: Claim, line: Line) -> None:
        """The lease is renewed meanwhile. Who has lost it hangs up."""
        while True:
            await asyncio.sleep(self._house.pace.renew)
            with contextlib.suppress(Unavailable):
                if not await self._desk.change(fetched.renew, claim, by="system"):
                    line.abort()

    async def _renewed(self, claim: Claim, key: Key) -> None:
        """Whoever gives tokens has given another one to come back with."""
        if key.renewed and not claim.settings.secret_file:
            about = purpose(claim.mailbox_id, "secret")
            locked = lock(self._keyring.seals, about, key.renewed, secrets.token_bytes(16))
            await self._desk.change(fetched.keep_secret, claim, locked, by="system")

    async def _failed(self, claim: Claim, fault: Fault) -> None:
        _log.warning("a mailbox cannot be fetched from", mailbox=claim.mailbox_id, why=fault.says)
        with contextlib.suppress(Unavailable):  # then nothing is known of it, and the lease ends by itself
            await self._desk.change(fetched.fail, claim, fault.says, uid=fault.uid, chance=random.random(), by="system")


def _mailbox(session: Session, mailbox_id: int) -> Mailbox | None:
    return session.get(Mailbox, mailbox_id)
