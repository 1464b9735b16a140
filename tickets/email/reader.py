"""Keeps mail moving: a child process reads it, and what was read goes to the desk, a few mails at a time."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import TypeVar

import msgspec
import structlog

from tickets.desk import Desk
from tickets.email import raw
from tickets.email.child import LENGTH, Answer, Task
from tickets.email.intake import set_aside, take_in
from tickets.email.raw import Leased
from tickets.email.reading import Reading
from tickets.errors import Unavailable
from tickets.failpoint import reached
from tickets.files.store import Store
from tickets.live import alongside

AT_ONCE = 16  # mails that are leased in one change
PATIENCE = 30.0  # seconds for one mail
IDLE = 300.0  # seconds after which the child may go
LOOK_EVERY = 5.0  # seconds between two looks for what nobody rang for
Result = TypeVar("Result")

_log = structlog.get_logger("frontdesk.mail")


class TooHard(Exception):
    """The child could not do it. `final`: it never will."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Child:
    """One process that reads; started when it is needed, ended when it takes too long or has nothing to do."""

    def __init__(self, store: Store, *, patience: float = PATIENCE) -> None:
        self._store = store
        self._patience = patience
        self._one_at_a_time = asyncio.Lock()
        self.process: asyncio.subprocess.Process | None = None

    async def do(self, what: str, sha256: str, result: type[Result]) -> Result:
        """Raises TooHard."""
        async with self._one_at_a_time:
            try:
                process = await self._ready()
                async with asyncio.timeout(self._patience):
                    answer = await _asked(process, Task(what, sha256))
            except TimeoutError:
                await self.end()
                raise TooHard(f"it took longer than {self._patience:g} seconds") from None
            except (OSError, EOFError):
                await self.end()
                raise TooHard("the process that read it died") from None
            except BaseException:
                await self.end()  # half an answer would be taken for the next one's
                raise
        if answer.why:
            raise TooHard(answer.why, final=answer.final)
        return msgspec.json.decode(answer.result, type=result)

    async def end(self) -> None:
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process is not None:
            await process.wait()

    async def _ready(self) -> asyncio.subprocess.Process:
        """The child; a new one where there is none, or where the last one has done its share."""
        if self.process is None or self.process.returncode is not None or _is_over(self.process):
            await self.end()
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tickets.email.child",
                str(self._store.folder),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=4 * 1024 * 1024,
            )
            await _heard(self.process)
        return self.process


class Reader:
    """Reads what was received, oldest first, and never the same twice. One per process; several are fine."""

    def __init__(self, desk: Desk, store: Store, *, patience: float = PATIENCE) -> None:
        self._desk = desk
        self._child = Child(store, patience=patience)
        self._rung = asyncio.Event()

    @property
    def process(self) -> asyncio.subprocess.Process | None:
        """The one that reads, while there is one."""
        return self._child.process

    def ring(self) -> None:
        """There is mail."""
        self._rung.set()

    async def show(self, sha256: str, *, pictures: bool) -> str:
        """A mail's formatted text, made harmless, with the pictures from elsewhere if asked for. Raises TooHard."""
        return await self._child.do("remote" if pictures else "show", sha256, str)

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
        """Nobody reads any more."""
        await self._child.end()

    async def read_all(self) -> int:
        """Everything that waits; how many mails were looked at."""
        done = 0
        while leased := await self._desk.change(raw.lease, AT_ONCE, by="system"):
            reached("mail.leased")
            await self._read(leased)
            done += len(leased)
        return done

    async def _run(self) -> None:
        idle = 0.0
        while True:
            done = 0
            try:
                done = await self.read_all()
            except Unavailable:
                pass  # the writer has said so
            except Exception:
                _log.exception("reading mail failed")
            idle = 0.0 if done else idle + LOOK_EVERY
            if idle >= IDLE:
                await self._child.end()
            self._rung.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._rung.wait()

    async def _read(self, leased: Sequence[Leased]) -> None:
        """One after the other in the child; each goes to the desk while the next one is read."""
        under_way: list[asyncio.Task[None]] = []
        try:
            for one in leased:
                bringing = await self._outcome(one)
                under_way.append(asyncio.create_task(bringing))
        finally:
            await asyncio.gather(*under_way)

    async def _outcome(self, leased: Leased) -> Coroutine[None, None, None]:
        """What is to be done with a mail, now that it was tried to read it."""
        try:
            reading = await self._child.do("read", leased.sha256, Reading)
        except TooHard as error:
            _log.warning("a mail could not be read", mail=leased.id, why=str(error))
            return self._put_aside(leased, str(error), final=error.final)
        return self._bring(leased, reading)

    async def _bring(self, leased: Leased, reading: Reading) -> None:
        reached("mail.read")
        try:
            await self._desk.change(take_in, leased, reading, by="system")
        except Unavailable:
            return  # the lease will end, and somebody tries again
        except Exception as error:  # the writer has written it down; others wait behind this one
            await self._put_aside(leased, f"it could not be kept ({type(error).__name__})", final=False)

    async def _put_aside(self, leased: Leased, why: str, *, final: bool) -> None:
        with contextlib.suppress(Unavailable):
            await self._desk.change(set_aside, leased, why, final=final, by="system")


async def _asked(process: asyncio.subprocess.Process, task: Task) -> Answer:
    assert process.stdin is not None
    line = msgspec.json.encode(task)
    process.stdin.write(LENGTH.pack(len(line)) + line)
    await process.stdin.drain()
    return await _heard(process)


async def _heard(process: asyncio.subprocess.Process) -> Answer:
    assert process.stdout is not None
    head = await process.stdout.readexactly(LENGTH.size)
    return msgspec.json.decode(await process.stdout.readexactly(LENGTH.unpack(head)[0]), type=Answer)


def _is_over(process: asyncio.subprocess.Process) -> bool:
    """It has closed its end: it is on its way out."""
    return process.stdout is not None and process.stdout.at_eof()
