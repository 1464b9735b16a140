"""What a worker and its overseer say to each other: a line of JSON for each word."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import msgspec
from msgspec import Struct

from server.watching.accounts import Account, Accounts

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
