"""A machine whose lines to the database, to Redis and to people can be cut without a word, each by itself.

Where we may (root, iproute2) it is a network namespace, and a cut is a link that goes down: nothing comes through, and
nobody is told. Elsewhere a proxy of ours stands in each line, and swallows what comes: then the other end still
confirms what it was sent, which a dead link does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

LINES = ("database", "bus", "people")
_numbers = itertools.count()


class Namespace:
    """With a pair of network cards for each line, numbered from a range that no network uses (RFC 2544)."""

    how = "network namespaces"

    def __init__(self) -> None:
        number = next(_numbers)
        self._name = f"fd{os.getpid()}n{number}"
        self._range = f"198.{18 + number % 2}.{os.getpid() % 250}"
        self.starter = ("ip", "netns", "exec", self._name)

    def near(self, line: str) -> str:
        return f"{self._range}.{LINES.index(line) * 4 + 1}"

    def far(self, line: str) -> str:
        return f"{self._range}.{LINES.index(line) * 4 + 2}"

    def cut(self, line: str) -> None:
        _ip("link", "set", self._card(line), "down")

    def mend(self, line: str) -> None:
        _ip("link", "set", self._card(line), "up")

    def opens(self) -> None:
        _ip("netns", "add", self._name)
        _ip("-n", self._name, "link", "set", "lo", "up")
        for line in LINES:
            card, other = self._card(line), f"{self._card(line)}f"
            _ip("link", "add", card, "type", "veth", "peer", "name", other, "netns", self._name)
            _ip("address", "add", f"{self.near(line)}/30", "dev", card)
            _ip("-n", self._name, "address", "add", f"{self.far(line)}/30", "dev", other)
            _ip("-n", self._name, "link", "set", other, "up")
            self.mend(line)

    def closes(self) -> None:
        """The cards go with it."""
        _ip("netns", "delete", self._name)

    def _card(self, line: str) -> str:
        return f"{self._name}{line[0]}"


class Valve:
    """A proxy to a socket file, or to a port: while it is shut it swallows what comes, from both sides."""

    def __init__(self, to: Path | int) -> None:
        self.to = to
        self.port = 0
        self._shut = False
        self._lines: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Valve]:
        async with await asyncio.start_server(self._carry, "127.0.0.1", 0) as listening:
            self.port = listening.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                await self._hang_up()

    def shut(self) -> None:
        self._shut = True

    def open(self) -> None:
        """What was swallowed is missing from the lines that there are: they end."""
        self._shut = False
        for line in self._lines:
            line.cancel()

    async def _hang_up(self) -> None:
        self.open()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        ends = [back]
        with contextlib.suppress(OSError, asyncio.CancelledError):
            reader, writer = await self._reached()
            ends.append(writer)
            await asyncio.wait(
                [asyncio.ensure_future(self._pass(near, writer)), asyncio.ensure_future(self._pass(reader, back))],
                return_when=asyncio.FIRST_COMPLETED,
            )
        for end in ends:
            end.transport.abort()
        self._lines.discard(task)

    async def _reached(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.to, int):
            return await asyncio.open_connection("127.0.0.1", self.to)
        return await asyncio.open_unix_connection(self.to)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if not self._shut:
                    writer.write(data)
                    await writer.drain()


@contextlib.contextmanager
def a_namespace() -> Iterator[Namespace]:
    machine = Namespace()
    machine.opens()
    try:
        yield machine
    finally:
        machine.closes()


def may_have_namespaces() -> bool:
    """Root, with iproute2, on a kernel that lets us."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    try:
        with a_namespace():
            return True
    except subprocess.CalledProcessError:
        return False


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=30)
