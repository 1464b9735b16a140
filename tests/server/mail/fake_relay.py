"""A mail server that says what a test tells it to, at any stage, and remembers what it took."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

DROP = "drop"  # the line is cut instead of an answer
SILENCE = "silence"  # nothing is answered, and the line stays
HOLD = "hold"  # the usual answer comes once the test `lets_go`


@dataclass(frozen=True)
class Taken:
    """One mail as it came over the wire, without its dots."""

    sender: str
    recipients: list[str]
    content: bytes


@dataclass
class _Talk:
    sender: str = ""
    recipients: list[str] = field(default_factory=list)


class FakeRelay:
    """`says` puts answers for a stage in line, each used once: greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT.

    A stage may also be one recipient: "RCPT sam@shop.example". Without any it says what a friendly server says.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.taken: list[Taken] = []
        self.took = asyncio.Event()  # a mail was taken
        self.quiet = asyncio.Event()  # a line was closed
        self.holds = asyncio.Event()  # somebody waits for an answer
        self.lets_go = asyncio.Event()
        self.lines = 0  # connections so far
        self.heard: list[str] = []  # every command
        self.port = 0
        self.drops_text_after: int | None = None  # bytes of a mail's text after which the line is cut
        self.takes_before_dropping = True  # whether a mail whose dot is answered by a cut line was taken
        self._tls = tls
        self._script: dict[str, deque[str]] = defaultdict(deque)
        self._open: set[asyncio.StreamWriter] = set()

    def says(self, stage: str, *answers: str) -> None:
        self._script[stage].extend(answers)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[FakeRelay]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.hang_up()
            await asyncio.sleep(0)

    def hang_up(self) -> None:
        """Cut every open line."""
        for writer in self._open:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        self._open.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            if await self._say(writer, "greeting", "220 relay.example ready"):
                await self._commands(reader, writer)
        self._open.discard(writer)
        writer.close()
        self.quiet.set()

    async def _commands(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk()
        while line := (await reader.readline()).decode().strip():
            self.heard.append(line)
            verb = line.split()[0].upper()
            if verb == "QUIT":
                await self._say(writer, verb, "221 bye")
                return
            if not await self._obey(verb, line, talk, reader, writer):
                return

    async def _obey(
        self, verb: str, line: str, talk: _Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the line stays open."""
        address = line.partition("<")[2].partition(">")[0]
        if verb == "EHLO":
            return bool(await self._say(writer, verb, f"250-relay.example\r\n250-SIZE 30000000\r\n{self._offers()}"))
        if verb == "STARTTLS":
            if (await self._say(writer, verb, "220 go on")).startswith("220"):
                assert self._tls is not None
                await writer.start_tls(self._tls)
            return True
        if verb == "RCPT":
            stage = f"RCPT {address}" if self._script[f"RCPT {address}"] else verb
            said = await self._say(writer, stage, "250 ok")
            talk.recipients += [address] if said.startswith("25") else []
            return bool(said)
        if verb == "DATA":
            return await self._take(talk, reader, writer)
        if verb in {"MAIL", "RSET"}:
            talk.sender, talk.recipients = address, []
        return bool(await self._say(writer, verb, "235 welcome" if verb == "AUTH" else "250 ok"))

    async def _take(self, talk: _Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        said = await self._say(writer, "DATA", "354 go on")
        if not said.startswith("354"):
            return bool(said)
        if self.drops_text_after is not None:
            await reader.readexactly(self.drops_text_after)
            return False
        content = b""
        while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
            content += line.removeprefix(b".")
        final = await self._say(writer, "DOT", "250 2.0.0 queued")
        if final.startswith("2") or (not final and self.takes_before_dropping):
            self.taken.append(Taken(talk.sender, list(talk.recipients), content))
            self.took.set()
        return bool(final)

    async def _say(self, writer: asyncio.StreamWriter, stage: str, usual: str) -> str:
        """What was said; nothing where the line was cut."""
        said = self._script[stage].popleft() if self._script[stage] else usual
        if said == SILENCE:
            await asyncio.Event().wait()
        if said == HOLD:
            self.holds.set()
            await self.lets_go.wait()
            said = usual
        if said == DROP:
            return ""
        writer.write(f"{said}\r\n".encode())
        await writer.drain()
        return said

    def _offers(self) -> str:
        return "250-STARTTLS\r\n250 AUTH PLAIN LOGIN" if self._tls else "250 AUTH PLAIN LOGIN"
