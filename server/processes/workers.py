"""Several processes of one desk on one machine: starts them, watches over them, replaces them one after another."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from server.config.config import Config
from server.logging import configure_logging
from server.processes.listening import BACKLOG, listen_at
from server.processes.worker import OPEN, SHUT
from tickets.errors import Refused

LEAVES_WITHIN = 15.0  # seconds after SIGTERM; then it is made to
PAUSES = (0.5, 30.0)  # seconds before one that died is started again: the first time, and at most
STEADY = 60.0  # seconds; who lived that long is no worry any more

_log = structlog.get_logger("frontdesk.workers")


def oversee(config: Config, number: int, command: Sequence[str]) -> int:
    """Run `command` as so many workers until SIGTERM or SIGINT; SIGHUP replaces them. The exit code of the whole.

    Raises Refused where the settings allow one process only.
    """
    if not config.database.is_postgres:
        raise Refused("Several workers need PostgreSQL: set database.url, or start without --workers.")
    configure_logging(config.log)
    listening = listen_at(config.server)
    listening.listen(BACKLOG)  # who comes while one is replaced waits here for the next
    if not config.bus.url:
        _log.warning(
            "bus.url is empty: the workers look once a second at what the others did. Redis tells them at once"
        )
    with listening:
        return asyncio.run(_Overseer(command, listening, number).run())


@dataclass(eq=False)
class _Hand:
    """One worker, from here."""

    process: asyncio.subprocess.Process
    line: socket.socket
    began: float
    leaving: bool = False

    async def opened(self) -> str | None:
        """What it says once its doors are open; None where it ended before."""
        loop, said = asyncio.get_running_loop(), b""
        while not said.endswith(b"\n"):
            word = await loop.sock_recv(self.line, 4096)
            if not word:
                return None
            said += word
        return said.removeprefix(OPEN).decode().replace("\r", "\n")

    def shut(self) -> None:
        with contextlib.suppress(OSError):
            self.line.send(SHUT)

    async def leave(self) -> None:
        """It finishes what it has begun."""
        self.leaving = True
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(LEAVES_WITHIN):
                await self.process.wait()
        except TimeoutError:
            _log.warning("a worker did not end", pid=self.process.pid)
            self.process.kill()
            await self.process.wait()
        self.line.close()


class _Overseer:
    def __init__(self, command: Sequence[str], listening: socket.socket, number: int) -> None:
        self._command = command
        self._listening = listening
        self._number = number
        self._hands: list[_Hand] = []
        self._deaths = 0
        self._over = asyncio.Event()
        self._rolls = asyncio.Event()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, self._over.set)
        loop.add_signal_handler(signal.SIGHUP, self._rolls.set)
        try:
            hands = await asyncio.gather(*(self._hired() for _ in range(self._number)))
            if greetings := [greeting for _, greeting in hands if greeting is not None]:
                print(greetings[0], end="", flush=True)  # noqa: T201  (said to a person)
            if len(greetings) < len(hands):
                return await self._failed([hand for hand, greeting in hands if greeting is None])
            await self._watch()
            return 0
        finally:
            await asyncio.gather(*(hand.leave() for hand in self._hands))

    async def _hired(self) -> tuple[_Hand, str | None]:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        numbers = (self._listening.fileno(), theirs.fileno())
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                f"--worker={numbers[0]},{numbers[1]}",
                pass_fds=numbers,
                start_new_session=True,  # Ctrl+C is for us, who pass it on
            )
        hand = _Hand(process, ours, asyncio.get_running_loop().time())
        self._hands.append(hand)
        opening = asyncio.create_task(hand.opened())
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait((opening, over), return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if not opening.done():
            opening.cancel()
            return hand, ""
        return hand, opening.result()

    async def _failed(self, hands: Sequence[_Hand]) -> int:
        """At the first start there is nothing to wait for: what is wrong has been said."""
        return max([await hand.process.wait() for hand in hands]) or 1

    async def _watch(self) -> None:
        while not self._over.is_set():
            waits: list[asyncio.Task[Any]] = [asyncio.create_task(sign.wait()) for sign in (self._over, self._rolls)]
            waits += [asyncio.create_task(hand.process.wait()) for hand in self._hands]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for task in waits:
                task.cancel()
            if self._over.is_set():
                return
            await self._replace_the_dead()
            if self._rolls.is_set():
                self._rolls.clear()
                await self._roll()

    async def _replace_the_dead(self) -> None:
        for hand in [hand for hand in self._hands if hand.process.returncode is not None]:
            self._hands.remove(hand)
            hand.line.close()
            lived = asyncio.get_running_loop().time() - hand.began
            self._deaths = 0 if lived >= STEADY else self._deaths + 1
            _log.error("a worker died; another takes its place", pid=hand.process.pid, code=hand.process.returncode)
            pause = min(PAUSES[0] * 2 ** max(self._deaths - 1, 0), PAUSES[1]) if self._deaths else 0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._over.wait()
                    return
            await self._hired()

    async def _roll(self) -> None:
        """First all who come, then all who go: whoever has to look for another process finds one that stays."""
        leaving = list(self._hands)
        for _ in leaving:
            hand, greeting = await self._hired()
            if self._over.is_set():
                return
            if greeting is None:
                _log.error("a new worker did not start: those that are here stay")
                self._hands.remove(hand)
                await hand.leave()
                return
        for hand in leaving:
            hand.shut()
        for hand in leaving:
            await hand.leave()
            self._hands.remove(hand)
        _log.info("all workers were replaced", workers=len(self._hands))


def command_of(config: Config) -> list[str]:
    """What starts one worker with the same settings."""
    settings = ["--config", str(config.source)] if config.source else []
    return [sys.executable, "-m", "server.cli", *settings, "serve"]
