"""One visit to a mailbox elsewhere: what lies there is fetched in order, kept, committed, and only then marked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import structlog

from server.mail.signing_in import Fault
from tickets.desk import Desk
from tickets.email import addressed, fetched, incoming
from tickets.email.arriving import Arriving
from tickets.email.edge import has_room, written_down
from tickets.email.fetched import Arrived, Claim, Place
from tickets.email.incoming import KEEPS_BACK, NO_FOLDER, NOT_KEPT
from tickets.email.names import bare_address
from tickets.email.servers import SLOW
from tickets.failpoint import reached
from tickets.files.store import Store

if TYPE_CHECKING:
    from server.mail.imap import Line, Opened

MOST = 64  # mailboxes in the hands of one process
Result = TypeVar("Result")

_log = structlog.get_logger("frontdesk.mail")


@dataclass(frozen=True)
class Pace:
    """Seconds, but for the last two. Between two looks there is IDLE where the server knows it, which ends at once."""

    tick: float = 2.0  # between two looks for mailboxes that nobody has in hand
    look: float = 60.0  # between two looks into a mailbox
    answer: float = 30.0  # for each answer of a server
    renew: float = 20.0  # between two signs that a mailbox is in our hands
    step: float = 300.0  # for anything that is asked of a server, its answer included
    fruitless: float = 1.0  # after IDLE ended and nothing was there; twice as long each time
    mails: int = 20  # that are asked for at once
    size: int = 8 * 1024 * 1024  # bytes of them, unless one is larger


class LostError(Exception):
    """The mailbox is in other hands, or its settings are others."""


@dataclass(frozen=True)
class House:
    """What every visit needs. `ring` is called when a mail was written down; while not `ready`, none is fetched."""

    desk: Desk
    store: Store
    largest: int  # bytes of one mail
    ring: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True
    pace: Pace = field(default_factory=Pace)
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MOST, "frontdesk-imap"))

    @property
    def takes(self) -> bool:
        return self.ready() and has_room(self.store)

    async def step(self, ask: Callable[..., Result], *args: object) -> Result:
        """On a thread, with an end: who gives up cuts the line then, so that the thread comes back."""
        try:
            async with asyncio.timeout(self.pace.step):
                return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: ask(*args))
        except TimeoutError:
            raise Fault(SLOW) from None


class Visit:
    """A mailbox that is in our hands and open. Ends with a Fault, or with LostError."""

    def __init__(self, house: House, claim: Claim, address: str, line: Line, opened: Opened, place: Place) -> None:
        """`address` is the mailbox's own, for mails whose heads name none of ours."""
        self._house, self._claim, self._address = house, claim, address
        self._line, self._opened, self._place = line, opened, place
        self._careful = claim.settings.failures > 0  # it went wrong last time: one mail at a time
        self._steady = False  # it went well once, and then again
        self._may_mark = True

    async def stay(self) -> None:
        """Look, wait until there is something, look again."""
        await self._mark(await self._unmarked())
        fruitless = 0
        while True:
            came = await self.look()
            if not self._opened.idles:
                await asyncio.sleep(self._house.pace.look)
                continue
            fruitless = 0 if came else fruitless
            rung = await self._house.step(self._line.wait, self._house.pace.look)
            if rung and fruitless:  # it says that there is something, again and again, and there is nothing
                pause = self._house.pace.fruitless * 2.0 ** min(fruitless - 1, 10)
                await asyncio.sleep(min(self._house.pace.look, pause))
            fruitless = fruitless + 1 if rung else 0

    async def look(self) -> int:
        """All that lies there is fetched, in order. How many mails there were."""
        uids = await self._house.step(lambda: self._line.uids(self._place.uid, since=self._place.since))
        if uids:
            await self._ours(fetched.lies_there, len(uids))
        done = 0
        while done < len(uids):
            if not self._house.takes:
                raise Fault(NOT_KEPT)
            done += await self._some(uids[done : done + (1 if self._careful else self._house.pace.mails)])
        await self._late()
        uid = self._place.uid
        self._place = Place(uid, uid if self._may_mark else self._place.marked, None)
        await self._ours(fetched.caught_up, uid, self._place.marked, steady=self._steady)
        self._steady = True
        return len(uids)

    async def _some(self, uids: Sequence[int]) -> int:
        """The first of these if it is too large, else as many as are asked for at once. How many were dealt with."""
        try:
            sizes = await self._house.step(self._line.sizes, uids)
            if sizes.get(uids[0], 0) > self._house.largest:
                await self._ours(fetched.leave, uids[0], sizes[uids[0]])
                done = uids[:1]
            else:
                done = await self._take(self._fitting(uids, sizes))
        except Fault as fault:
            raise Fault(fault.says, uids[0] if len(uids) == 1 else 0) from None
        self._place = replace(self._place, uid=max(self._place.uid, done[-1]))
        return len(done)

    def _fitting(self, uids: Sequence[int], sizes: dict[int, int]) -> Sequence[int]:
        """At least one."""
        many, total = 0, 0
        for uid in uids:
            total += sizes.get(uid, 0)
            if many and (total > self._house.pace.size or sizes.get(uid, 0) > self._house.largest):
                break
            many += 1
        return uids[:many]

    async def _take(self, uids: Sequence[int]) -> Sequence[int]:
        """Fetch, keep, commit, and only then mark. Those that were dealt with: up to the first that did not come."""
        mails = await self._house.step(self._line.mails, uids)
        came = list(uids[: next((n for n, uid in enumerate(uids) if uid not in mails), len(uids))])
        if not came:
            await self._missing(uids[0])
            return uids[:1]
        arrived = await self._house.step(self._kept, [(uid, mails[uid]) for uid in came])
        reached("imap.stored")
        if not await written_down(self._house.desk, fetched.take, self._claim, arrived):
            raise LostError
        reached("imap.kept")
        self._house.ring()
        self._careful = False
        await self._mark(came)
        reached("imap.marked")
        return came

    async def _missing(self, uid: int) -> None:
        """Somebody else has removed it, which is as it should be; or the server keeps back what it lists."""
        if await self._house.step(lambda: self._line.uids(uid - 1, upto=uid)):
            raise Fault(KEEPS_BACK)
        await self._ours(fetched.pass_over, uid)

    async def _late(self) -> None:
        """Mails that were left there, and that an admin wants after all."""
        for left in await self._house.desk.read(incoming.left_there, self._claim.mailbox_id):
            if left.again and left.uidvalidity == self._opened.uidvalidity:
                sizes = await self._house.step(self._line.sizes, [left.uid])
                fits = sizes.get(left.uid, self._house.largest + 1) <= self._house.largest
                mails = await self._house.step(self._line.mails, [left.uid]) if fits else {}
                came = await self._house.step(self._kept, [*mails.items()])
                await self._ours(fetched.take_late, left.id, next(iter(came), None))
                self._house.ring()
                await self._mark([mail.uid for mail in came])

    # What is marked there

    async def _mark(self, uids: Sequence[int]) -> None:
        """That a folder cannot be changed is told, and keeps no mail from us."""
        if uids and self._may_mark:
            try:
                await self._house.step(self._line.settle, uids)
            except Fault as fault:
                if fault.says != NO_FOLDER:
                    raise
                self._may_mark = False
                _log.warning("mail cannot be marked or moved", mailbox=self._claim.mailbox_id)

    async def _unmarked(self) -> Sequence[int]:
        """What is ours, and may not be marked there: somebody died in between."""
        place = self._place
        if place.marked >= place.uid:
            return []
        found = await self._house.step(lambda: self._line.uids(place.marked, upto=place.uid))
        left = {one.uid for one in await self._house.desk.read(incoming.left_there, self._claim.mailbox_id)}
        return [uid for uid in found if uid not in left]

    # How

    def _kept(self, mails: Sequence[tuple[int, bytes]]) -> Sequence[Arrived]:
        """On the disk when this returns. On a thread."""
        arrived = [self._laid(uid, mail or b"\r\n") for uid, mail in mails]
        self._house.store.settle(one.stored.sha256 for one in arrived)
        return arrived

    def _laid(self, uid: int, mail: bytes) -> Arrived:
        with Arriving(self._house.store, largest=len(mail)) as arriving:
            arriving.add(mail)
            stored, fingerprint = arriving.lay()
        named = [one for kind in addressed.recipients(mail) for one in kind if bare_address(one) == self._address]
        return Arrived(uid, addressed.sender(mail), named or [self._address], stored, fingerprint)

    async def _ours(self, verb: Callable[..., bool], *args: object, **told: bool) -> None:
        """Write it down, if the mailbox is still in our hands."""
        if not await self._house.desk.change(lambda change: verb(change, self._claim, *args, **told), by="system"):
            raise LostError
