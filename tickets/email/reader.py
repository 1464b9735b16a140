"""Keeps mail moving: child processes read it, and what was read goes to the desk, many mails at a time."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence

import structlog

from tickets.bell.live import Bell
from tickets.desk import Desk
from tickets.email import raw
from tickets.email.children import PROGRAM, Child, TooHard, TooSlow
from tickets.email.intake import set_aside, take_in
from tickets.email.raw import Leased
from tickets.email.reading import Reading
from tickets.errors import Unavailable
from tickets.failpoint import reached
from tickets.files.store import Store
from tickets.live import alongside
from tickets.message import Message

AT_ONCE = 32  # mails that are leased in one change
HANDFUL = 4  # of which one child reads all: more of them are shared out
BRISK = 2.0  # seconds for one mail while others wait behind it
PATIENCE = 30.0  # seconds for one that took longer, which nobody waits for
MOST_CHILDREN = 4
IDLE = 300.0  # seconds after which the children may go
LOOK_EVERY = 5.0  # seconds between two looks for what nobody rang for
Outcome = Reading | TooHard
Read = list[tuple[Leased, Outcome]]

_log = structlog.get_logger("frontdesk.mail")


class Reader:
    """Reads what was received, oldest first, and never the same twice. One per process; several are fine.

    As many children as there are cores read mail after mail. What takes one of them longer than a moment is left to
    another one who has time for it, so that a mail may be as hard as it likes: those behind it wait for that moment.
    """

    def __init__(
        self, desk: Desk, store: Store, *, patience: float = PATIENCE, children: int = 0, child: str = PROGRAM
    ) -> None:
        self._desk = desk
        self._store = store
        brisk = min(BRISK, patience)
        many = children or min(MOST_CHILDREN, len(os.sched_getaffinity(0)))
        self._brisk = [Child(store, Reading, patience=brisk, program=child) for _ in range(many)]
        self._patient = Child(store, Reading, patience=patience, program=child)
        self._painter = Child(store, str, patience=patience)
        self._hard: dict[int, Leased] = {}  # mails for the patient one, by their newest lease
        self._reading_hard: asyncio.Task[None] | None = None
        self._bringing: asyncio.Task[None] | None = None
        self._bell = Bell()

    @property
    def process(self) -> asyncio.subprocess.Process | None:
        """The first one that reads, while there is one."""
        return self._brisk[0].process

    @property
    def in_hand(self) -> int:
        """How many mails are with the child that has time for them."""
        return len(self._hard)

    def ring(self) -> None:
        """There is mail."""
        self._bell.ring()

    async def show(self, sha256: str, *, pictures: bool) -> str:
        """A mail's formatted text, made harmless, with the pictures from elsewhere if asked for. Raises TooHard."""
        return await self._painter.do("remote" if pictures else "show", sha256)

    @contextlib.asynccontextmanager
    async def running(self, *, alone: bool) -> AsyncIterator[Reader]:
        """`alone`: no other process reads this desk's mail, so that what an earlier one had begun is free at once."""
        if alone:
            await self._desk.change(raw.free_all, by="system")
        try:
            async with alongside(self._run(), name="mail reader"):
                yield self
        finally:
            await self.close()

    async def close(self) -> None:
        """Nobody reads any more; what was read is brought to the desk."""
        if self._reading_hard is not None:
            self._reading_hard.cancel()
            await asyncio.gather(self._reading_hard, return_exceptions=True)
        await self._brought()
        await self._end_children()

    async def read_all(self) -> int:
        """Everything that waits, the hard ones included; how many mails were looked at."""
        done = await self._read_waiting()
        while self._reading_hard is not None and not self._reading_hard.done():
            await self._reading_hard
        return done

    async def _run(self) -> None:
        idle = 0.0
        while True:
            done = 0
            try:
                done = await self._read_waiting()
            except Unavailable:
                pass  # the writer has said so
            except Exception:
                _log.exception("reading mail failed")
            idle = 0.0 if done or self._hard else idle + LOOK_EVERY
            if idle >= IDLE:
                await self._end_children()
            await self._bell.heard(within=LOOK_EVERY)

    async def _read_waiting(self) -> int:
        """All that nobody is reading; how many. While some are read, those before them go to the desk."""
        done = 0
        try:
            while leased := await self._desk.change(raw.lease, AT_ONCE, by="system"):
                reached("mail.leased")
                found = await self._read(leased)
                reached("mail.read")
                await self._brought()
                self._bringing = asyncio.create_task(self._bring(found))
                done += len(leased)
        finally:
            await self._brought()
        return done

    async def _read(self, leased: Sequence[Leased]) -> Read:
        """In their order; without those that are left to the patient child."""
        known = [one for one in leased if one.id in self._hard]
        fresh = [one for one in leased if one.id not in self._hard]
        found = list(zip(fresh, await self._shared_out([one.sha256 for one in fresh]), strict=True))
        self._leave([*known, *(one for one, outcome in found if isinstance(outcome, TooSlow))])
        return [(one, outcome) for one, outcome in found if not isinstance(outcome, TooSlow)]

    async def _shared_out(self, hashes: Sequence[str]) -> list[Outcome]:
        """A few to one child, many to all of them, each a stretch."""
        stretch = max(HANDFUL, -(-len(hashes) // len(self._brisk)))
        stretches = [hashes[at : at + stretch] for at in range(0, len(hashes), stretch)]
        told = [child.each("read", mine) for child, mine in zip(self._brisk, stretches, strict=False)]
        return [outcome for outcomes in await asyncio.gather(*told) for outcome in outcomes]

    def _leave(self, hard: Sequence[Leased]) -> None:
        """To the patient child; whoever has waited for it so long that it was leased anew goes on waiting."""
        self._hard.update({one.id: one for one in hard})
        if self._hard and (self._reading_hard is None or self._reading_hard.done()):
            self._reading_hard = asyncio.create_task(self._read_hard())

    async def _read_hard(self) -> None:
        while self._hard:
            id, leased = next(iter(self._hard.items()))
            try:
                (outcome,) = await self._patient.each("read", [leased.sha256])
            finally:
                newest = self._hard.pop(id)
            await self._bring([(newest, outcome)])

    async def _brought(self) -> None:
        if self._bringing is not None:
            await asyncio.shield(self._bringing)

    async def _bring(self, found: Read) -> None:
        """All at once, so that they share commits. What the desk cannot keep counts as a failed try."""
        begun = [(leased, self._begun(leased, outcome)) for leased, outcome in await self._settled(found)]
        for leased, reply in begun:
            try:
                await reply
            except Unavailable:
                pass  # the lease will end, and somebody tries again
            except Exception as error:  # the writer has written it down; others wait behind this one
                with contextlib.suppress(Unavailable):
                    await self._put_aside(leased, TooHard(f"it could not be kept ({type(error).__name__})"))

    async def _settled(self, found: Read) -> Read:
        """Their files are durable: for all of them at once. Where the disk refuses, those with files have failed."""
        laid = [sha256 for _, outcome in found if isinstance(outcome, Reading) for sha256 in outcome.laid]
        try:
            if laid:
                await asyncio.to_thread(self._store.settle, laid)
        except OSError as error:
            why = TooHard(f"its files could not be kept ({type(error).__name__})")
            return [(one, why if isinstance(outcome, Reading) and outcome.laid else outcome) for one, outcome in found]
        return found

    def _begun(self, leased: Leased, outcome: Outcome) -> asyncio.Future[Message | None]:
        if isinstance(outcome, TooHard):
            _log.warning("a mail could not be read", mail=leased.id, why=str(outcome))
            return self._put_aside(leased, outcome)
        return self._desk.begin(take_in, leased, outcome, by="system")

    def _put_aside(self, leased: Leased, why: TooHard) -> asyncio.Future[Message | None]:
        return self._desk.begin(set_aside, leased, str(why), final=why.final, by="system")

    async def _end_children(self) -> None:
        for child in [*self._brisk, self._patient]:
            await child.end()
        await self._painter.end()
