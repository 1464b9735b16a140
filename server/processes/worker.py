"""One of several processes on one port, as it talks with the one that started it (server/processes/workers.py)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

from server.processes.words import Asked, Line, Question, Told, Word
from server.watching.accounts import Account, Accounts

PATIENCE = 5.0  # seconds, for what all processes say

Tells = Callable[[str], Awaitable[Account]]


class Worker:
    """What a worker was given: the port's socket, and a line to its overseer that breaks when either of them dies."""

    def __init__(self, listening: socket.socket, end: socket.socket) -> None:
        self.listening = listening
        self._end = end
        self._line: Line | None = None
        self._asked: Asked[Accounts] = Asked(PATIENCE)
        self._telling: set[asyncio.Task[None]] = set()

    @classmethod
    def of(cls, told: str) -> Worker:
        """From the two file numbers on its command line."""
        listening, line = (socket.socket(fileno=int(number)) for number in told.split(","))
        return cls(listening, line)

    async def opened(self, greeting: str) -> None:
        """The doors are open; `greeting` is for whoever started all this."""
        self._line = await Line.on(self._end)
        self._line.say(Word(opened=greeting))

    async def obey(self, *, shut: Callable[[], None], end: Callable[[], None], tells: Tells) -> None:
        """`shut`: take no more connections, another process does. `end`: nobody watches over us any more.

        `tells` gives what this process says of itself when everybody is asked.
        """
        assert self._line is not None
        async for word in self._line.words():
            if word.shut:
                shut()
            elif word.tell is not None:
                task = asyncio.create_task(self._tell(word.tell, tells))
                self._telling.add(task)
                task.add_done_callback(self._telling.discard)
            elif word.answer is not None:
                self._asked.hear(word.answer.number, word.answer.accounts)
        end()

    async def ask(self, about: str) -> Accounts | None:
        """What all processes say, ourselves included; None where nobody passes it on."""
        line = self._line
        if line is None:
            return None
        return await self._asked.ask(about, lambda question: line.say(Word(ask=question)))

    async def leaves(self, account: Account) -> None:
        """The last that is heard of this process: what it has counted goes on being counted."""
        if self._line is not None:
            self._line.say(Word(told=Told(0, account)))
            await self._line.drained()

    async def _tell(self, question: Question, tells: Tells) -> None:
        assert self._line is not None
        self._line.say(Word(told=Told(question.number, await tells(question.about))))
