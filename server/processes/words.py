"""What a worker and its overseer say to each other: a line of JSON for each word."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from server.watching.accounts import Account, Accounts

Said = TypeVar("Said")
LONGEST = 16 * 1024 * 1024  # bytes of one word: the figures of all


class Question(Struct):
    number: int
    about: str


class Told(Struct):
    number: int  # of the question; 0: the last before it goes
    account: Account


class Answer(Struct):
    number: int
    accounts: Accounts


class Word(Struct, omit_defaults=True):
    """Exactly one of these."""

    opened: str | None = None  # a worker: its doors are open; with a greeting for whoever started all this
    shut: bool = False  # the overseer: take no more connections, another process does
    ask: Question | None = None  # a worker: what does everybody say?
    tell: Question | None = None  # the overseer: what do you say?
    told: Told | None = None  # a worker, to that
    answer: Answer | None = None  # the overseer, to the worker that asked


class Asked(Generic[Said]):
    """What the other side was asked, until it says something; `patience`: the seconds it has for that."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._numbers = count(1)
        self._open: dict[int, asyncio.Future[Said]] = {}

    async def ask(self, about: str, say: Callable[[Question], None]) -> Said | None:
        """What came back; None where nothing did in time."""
        number = next(self._numbers)
        answer = self._open[number] = asyncio.Future[Said]()
        say(Question(number, about))
        try:
            async with asyncio.timeout(self._patience):
                return await answer
        except TimeoutError:
            return None
        finally:
            del self._open[number]

    def hear(self, number: int, said: Said) -> None:
        """The answer to a question of that number, if it is still open."""
        answer = self._open.get(number)
        if answer is not None and not answer.done():
            answer.set_result(said)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Word).decode


class Line:
    """One end of it. It breaks when either side dies."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def on(cls, end: socket.socket) -> Line:
        return cls(*await asyncio.open_connection(sock=end, limit=LONGEST))

    def say(self, word: Word) -> None:
        """Nobody waits until it is heard."""
        with contextlib.suppress(OSError, RuntimeError):
            self._writer.write(_encode(word) + b"\n")

    async def words(self) -> AsyncIterator[Word]:
        """As they come, until the other side is gone."""
        with contextlib.suppress(OSError, ValueError):
            while said := await self._reader.readline():
                yield _decode(said)

    async def drained(self) -> None:
        """Until the last word is on its way."""
        with contextlib.suppress(OSError):
            await self._writer.drain()

    def close(self) -> None:
        self._writer.close()
