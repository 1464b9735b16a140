"""Several processes of one desk on one machine: starts them, watches over them, replaces them one after another."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import structlog

from server.config.config import Config
from server.logging import configure_logging
from server.processes.listening import BACKLOG, listen_at
from server.processes.words import Answer, Asked, Line, Question, Told, Word
from server.watching.accounts import Account, Accounts, added, counted
from tickets.errors import Refused

LEAVES_WITHIN = 15.0  # seconds after SIGTERM; then it is made to
PAUSES = (0.5, 30.0)  # seconds before one that died is started again: the first time, and at most
STEADY = 60.0  # seconds; who lived that long is no worry any more
PATIENCE = 3.0  # seconds, for what a worker says of itself
ASKED_EVERY = 5.0  # seconds, whether it lives
STANDS_STILL = 30.0  # seconds without an answer; then it is killed, for it would stand there for ever

_log = structlog.get_logger("frontdesk.workers")


def oversee(config: Config, number: int, command: Sequence[str]) -> int:
    """Run `command` as so many workers until SIGTERM or SIGINT; SIGHUP replaces them. The exit code of the whole.

    Raises Refused where the settings allow one process only, and for less than one.
    """
    if number < 1:
        raise Refused("A desk runs in one process or more.")
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


class _Hand:
    """One worker, from here. `number` names it among the others, and is another one's when it has gone."""

    def __init__(self, number: int, process: asyncio.subprocess.Process, line: Line) -> None:
        self.number = number
        self.process = process
        self.began = asyncio.get_running_loop().time()
        self.opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.last = Account()  # what it said of itself when it was last asked for its figures
        self._line = line
        self._asked: Asked[Account] = Asked(PATIENCE)
        self._minding: asyncio.Task[None] | None = None

    async def hear(self, asks: Callable[[_Hand, Question], None]) -> None:
        """Until its line breaks."""
        async for word in self._line.words():
            if word.opened is not None and not self.opened.done():
                self.opened.set_result(word.opened)
                self._minding = asyncio.create_task(self._mind())
            elif word.ask is not None:
                asks(self, word.ask)
            elif word.told is not None:
                self._hear_account(word.told)

    async def tell(self, about: str) -> Account | None:
        """What it says of itself; None where it says nothing in time."""
        return await self._asked.ask(about, lambda question: self._line.say(Word(tell=question)))

    def answer(self, answer: Answer) -> None:
        self._line.say(Word(answer=answer))

    def shut(self) -> None:
        self._line.say(Word(shut=True))

    def close(self) -> None:
        self._leave_alone()
        self._line.close()

    def _hear_account(self, told: Told) -> None:
        self.last = told.account if told.account.figures else self.last
        self._asked.hear(told.number, told.account)

    async def leave(self) -> None:
        """It finishes what it has begun."""
        self._leave_alone()
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(LEAVES_WITHIN):
                await self.process.wait()
        except TimeoutError:
            _log.warning("a worker did not end", pid=self.process.pid)
            self.process.kill()
            await self.process.wait()

    async def _mind(self) -> None:
        """As long as it answers. Its people find another process, and another takes its place, only once it is dead."""
        loop = asyncio.get_running_loop()
        answered = loop.time()
        while loop.time() - answered < STANDS_STILL:
            await asyncio.sleep(ASKED_EVERY)
            if await self.tell("life") is not None:
                answered = loop.time()
        _log.error("a worker stands still and is killed", pid=self.process.pid)
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    def _leave_alone(self) -> None:
        if self._minding is not None:
            self._minding.cancel()


class _Overseer:
    def __init__(self, command: Sequence[str], listening: socket.socket, number: int) -> None:
        self._command = command
        self._listening = listening
        self._number = number
        self._hands: list[_Hand] = []
        self._hearing: dict[_Hand, asyncio.Task[None]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._gone = Accounts()
        self._coming: set[int] = set()
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
            for hand in list(self._hands):
                await self._strike_off(hand)

    async def _hired(self) -> tuple[_Hand, str | None]:
        """One more, and its greeting; None where it ended before its doors were open."""
        ours, theirs = socket.socketpair()
        numbers = (self._listening.fileno(), theirs.fileno())
        taken = {hand.number for hand in self._hands} | self._coming
        number = next(number for number in count(1) if number not in taken)
        self._coming.add(number)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                f"--worker={numbers[0]},{numbers[1]}",
                pass_fds=numbers,
                start_new_session=True,  # Ctrl+C is for us, who pass it on
            )
        hand = _Hand(number, process, await Line.on(ours))
        self._hands.append(hand)
        self._coming.discard(number)
        hearing = self._hearing[hand] = asyncio.create_task(hand.hear(self._asked))
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait((hand.opened, hearing, over), return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if hand.opened.done():
            return hand, hand.opened.result()
        return hand, None if hearing.done() else ""

    async def _strike_off(self, hand: _Hand) -> None:
        """It has gone; what it counted stays in the sum, or that would fall."""
        hearing = self._hearing.pop(hand)
        await asyncio.wait({hearing}, timeout=PATIENCE)  # its last word may still be on the line
        hearing.cancel()
        hand.close()
        self._hands.remove(hand)
        self._gone.gone = added([*self._gone.gone, *counted(hand.last.figures)])

    def _asked(self, by: _Hand, question: Question) -> None:
        task = asyncio.create_task(self._answer(by, question))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, by: _Hand, question: Question) -> None:
        """Asks everybody whose doors are open, all at once.

        Who says nothing, or goes meanwhile, counts with what it said last: else the sums would fall and rise again.
        """
        hands, gone = [hand for hand in self._hands if hand.opened.done()], self._gone.gone
        accounts = await asyncio.gather(*(hand.tell(question.about) for hand in hands))
        told = list(zip(hands, accounts, strict=True))
        last = [family for hand, account in told if account is None for family in counted(hand.last.figures)]
        here = {str(hand.number): account for hand, account in told}
        by.answer(Answer(question.number, Accounts(here, added([*gone, *last]) if last else gone)))

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
            await self._strike_off(hand)
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
                await hand.leave()
                await self._strike_off(hand)
                return
        for hand in leaving:
            hand.shut()
        for hand in leaving:
            await hand.leave()
            await self._strike_off(hand)
        _log.info("all workers were replaced", workers=len(self._hands))


def command_of(config: Config) -> list[str]:
    """What starts one worker with the same settings."""
    settings = ["--config", str(config.source)] if config.source else []
    return [sys.executable, "-m", "server.cli", *settings, "serve"]
