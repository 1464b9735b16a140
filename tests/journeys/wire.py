"""A wire between browsers and the desk that can be cut, go silent, or refuse sockets, for one person at a time."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Self

CHUNK = 65536
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(eq=False)
class Strand:
    """One connection. Whose it is stands in its first request, as part of the browser's name (user agent)."""

    near: asyncio.StreamWriter
    first: bytes = b""
    far: asyncio.StreamWriter | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def is_of(self, who: str) -> bool:
        return who.encode() in self.first

    def cut(self) -> None:
        """As a pulled plug that both ends notice: the connection is reset."""
        for end in (self.near, self.far):
            if end is not None:
                end.transport.abort()


class Wire:
    """Listens on a port of its own; what it hears it passes on, and back, byte for byte."""

    def __init__(self) -> None:
        self.port = 0
        self._to = 0
        self._strands: set[Strand] = set()
        self._cut: set[str] = set()
        self._silent: set[str] = set()
        self._without_sockets: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire")

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def leads_to(self, port: int) -> None:
        self._to = port

    def cut(self, who: str) -> None:
        """Everything of theirs breaks, and nothing new of theirs gets through."""
        self._cut.add(who)
        self._do(self._break(who))

    def fall_silent(self, who: str) -> None:
        """Nothing breaks and nothing arrives any more: the kind of outage that no end is told of."""
        self._silent.add(who)

    def refuse_sockets(self, who: str) -> None:
        """Pages load, sockets do not: as behind a proxy that does not know them."""
        self._without_sockets.add(who)
        self._do(self._break(who))

    def restore(self, who: str) -> None:
        """What fell silent stays lost: its bytes are gone, so its connections end."""
        for trouble in (self._cut, self._without_sockets):
            trouble.discard(who)
        if who in self._silent:
            self._silent.discard(who)
            self._do(self._break(who))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        tasks = [task for strand in list(self._strands) for task in strand.tasks]
        for strand in list(self._strands):
            strand.cut()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _break(self, who: str) -> None:
        for strand in list(self._strands):
            if strand.is_of(who):
                strand.cut()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        strand = Strand(writer)
        task = asyncio.current_task()
        assert task is not None
        strand.tasks.append(task)
        self._strands.add(strand)
        try:
            strand.first = await reader.read(CHUNK)
            await self._join(strand, reader)
        except OSError:
            pass
        finally:
            strand.cut()
            self._strands.discard(strand)

    async def _join(self, strand: Strand, reader: asyncio.StreamReader) -> None:
        if not strand.first or any(strand.is_of(who) for who in self._cut):
            return
        if b"pgrade: websocket" in strand.first and any(strand.is_of(who) for who in self._without_sockets):
            strand.near.write(REFUSED)
            await strand.near.drain()
            return
        answers, strand.far = await asyncio.open_connection("127.0.0.1", self._to)
        strand.far.write(strand.first)
        back = asyncio.create_task(self._pump(strand, answers, strand.near))
        strand.tasks.append(back)
        await self._pump(strand, reader, strand.far)
        await back

    async def _pump(self, strand: Strand, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until either end is gone; then neither is of use any more."""
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if not any(strand.is_of(who) for who in self._silent):
                    writer.write(chunk)
                    await writer.drain()
        strand.cut()
