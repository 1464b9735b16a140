"""The processes that read mail, seen from the desk: each has a number of mails in hand, and little time for each."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from tickets.email.child import LENGTH, Answer, Task
from tickets.files.store import Store

PROGRAM = "tickets.email.child"
Result = TypeVar("Result")


class TooHard(Exception):
    """The child could not do it. `final`: it never will."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class TooSlow(TooHard):
    """It was not done in the time that this child has for it."""


class Child(Generic[Result]):
    """One process, for one kind of result; started when it is needed, ended when it takes too long or is not needed."""

    def __init__(self, store: Store, result: type[Result], *, patience: float, program: str = PROGRAM) -> None:
        self._store = store
        self._result = result
        self._patience = patience  # seconds for each mail
        self._program = program
        self._one_at_a_time = asyncio.Lock()
        self.process: asyncio.subprocess.Process | None = None

    async def do(self, what: str, sha256: str) -> Result:
        """Raises TooHard."""
        (found,) = await self.each(what, [sha256])
        if isinstance(found, TooHard):
            raise found
        return found

    async def each(self, what: str, hashes: Sequence[str]) -> list[Result | TooHard]:
        """What comes of each of these mails. One that ends the process costs the others a fresh one."""
        found: list[Result | TooHard] = []
        async with self._one_at_a_time:
            while len(found) < len(hashes):
                await self._ask(found, [Task(what, sha256) for sha256 in hashes[len(found) :]])
        return found

    async def end(self) -> None:
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process is not None:
            await process.wait()

    async def _ask(self, found: list[Result | TooHard], tasks: Sequence[Task]) -> None:
        """Hand all of them over, and hear of one after the other until all are told or the process is gone."""
        try:
            process = await self._ready()
            assert process.stdin is not None
            process.stdin.write(b"".join(map(_line, tasks)))
            for _ in tasks:
                async with asyncio.timeout(self._patience):
                    answer = await _heard(process)
                found.append(self._understood(answer))
                if answer.leaves:
                    await self.end()
                    return
        except TimeoutError:
            await self.end()
            found.append(TooSlow(f"it took longer than {self._patience:g} seconds"))
        except (OSError, EOFError):
            await self.end()
            found.append(TooHard("the process that read it died"))
        except BaseException:
            await self.end()  # half an answer would be taken for the next one's
            raise

    def _understood(self, answer: Answer) -> Result | TooHard:
        if answer.why:
            return TooHard(answer.why, final=answer.final)
        return msgspec.json.decode(answer.result, type=self._result)

    async def _ready(self) -> asyncio.subprocess.Process:
        """The process; a new one where there is none, or where the last one is gone."""
        if self.process is None or self.process.returncode is not None or _is_over(self.process):
            await self.end()
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self._program,
                str(self._store.folder),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=4 * 1024 * 1024,
            )
            await _heard(self.process)
        return self.process


def _line(task: Task) -> bytes:
    line = msgspec.json.encode(task)
    return LENGTH.pack(len(line)) + line


async def _heard(process: asyncio.subprocess.Process) -> Answer:
    assert process.stdout is not None
    head = await process.stdout.readexactly(LENGTH.size)
    return msgspec.json.decode(await process.stdout.readexactly(LENGTH.unpack(head)[0]), type=Answer)


def _is_over(process: asyncio.subprocess.Process) -> bool:
    """It has closed its end: it is on its way out."""
    return process.stdout is not None and process.stdout.at_eof()
