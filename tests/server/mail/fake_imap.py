"""A scripted IMAP server (RFC 9051, as far as anybody here asks), which can go wrong in every way that real ones do."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

_COMMAND = re.compile(r"(\S+) (UID )?(\S+) ?(.*)", re.S)


@dataclass
class FakeImap:
    """One folder of one user. `trouble` holds what goes wrong from now on: see `_does`."""

    port: int = 0
    password: str = "secret"
    token: str = "access"
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    moved: dict[int, bytes] = field(default_factory=dict)
    trouble: set[str] = field(default_factory=set)
    poison: int = 0  # the UID at which the line breaks in the middle
    capabilities: str = "IMAP4rev1 IDLE UIDPLUS MOVE AUTH=XOAUTH2"
    asked: list[str] = field(default_factory=list)  # every command, without its tag
    sessions: int = 0
    meanwhile: list[bytes] = field(default_factory=list)  # mails that come while others are being marked
    meanwhile_idle: list[bytes] = field(default_factory=list)  # that come between the word IDLE and its answer
    _told: int = 0  # the highest UID of which somebody was told
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)

    def brings(self, *mails: bytes) -> list[int]:
        """Somebody wrote: the new UIDs."""
        first = max(self.mails, default=0) + 1
        for uid, mail in enumerate(mails, first):
            self.mails[uid] = mail
        self.rings()
        return [*range(first, first + len(mails))]

    def rings(self) -> None:
        """Say that there is something, whether there is or not."""
        self._news.set()
        self._news = asyncio.Event()

    def is_renewed(self) -> None:
        """The folder was made anew: same mails, other UIDs."""
        self.validity += 1
        self.mails = dict(enumerate(self.mails.values(), 100))
        self.hangs_up()

    def hangs_up(self) -> None:
        for writer in self._lines:
            writer.close()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[FakeImap]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.hangs_up()
            await server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        self._lines.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(b"220 smtp.example ESMTP\r\n" if "other" in self.trouble else b"* OK at your service\r\n")
            while line := (await reader.readline()).decode():
                found = _COMMAND.fullmatch(line.strip())
                if found is None or "mute" in self.trouble:
                    continue
                tag, _, verb, words = found.groups()
                self.asked.append(f"{verb} {words}".strip())
                if not await self._does(tag, verb.upper(), words, reader, writer):
                    break
                await writer.drain()
        self._lines.discard(writer)
        writer.close()

    async def _does(
        self, tag: str, verb: str, words: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """False: the line is cut."""
        if verb == "AUTHENTICATE":
            writer.write(b"+ \r\n")
            told = base64.b64decode(await reader.readline()).decode()
            verdict = "OK in" if told.endswith(f"auth=Bearer {self.token}\1\1") else "NO who"
        elif verb == "IDLE" and "no idle" not in self.trouble:
            if not await self._idles(reader, writer):
                return False
            verdict = "OK idled"
        elif "garbage" in self.trouble and verb in ("SEARCH", "FETCH"):
            writer.write(b"* \xff\xfe {99\r\nnothing of this makes sense\r\n")
            verdict = "OK"
        elif verb in self.trouble:  # "no FETCH", say
            verdict = "NO not now"
        else:
            verdict = self._answers(verb, words, writer)
            self._announces(writer)
        if verdict:
            writer.write(f"{tag} {verdict}\r\n".encode())
        return bool(verdict)

    def _answers(self, verb: str, words: str, writer: asyncio.StreamWriter) -> str:
        """What ends the answer; empty where the line breaks."""
        if verb == "CAPABILITY":
            writer.write(f"* CAPABILITY {self.capabilities}\r\n".encode())
        elif verb == "LOGIN":
            return "OK in" if words.endswith(f'"{self.password}"') else "NO [AUTHENTICATIONFAILED] who"
        elif verb == "SELECT":
            newest = self._told = max(self.mails, default=0)
            said = (
                f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}]\r\n* OK [UIDNEXT {newest + 1}]\r\n"
            )
            writer.write(said.encode())
        elif verb == "SEARCH":
            found = self._named(words.split()[1])
            self._told = max(self.mails, default=0)
            listed = [0, *found] if "zero" in self.trouble else found
            writer.write(f"* SEARCH {' '.join(map(str, listed))}".rstrip().encode() + b"\r\n")
        elif verb == "FETCH":
            return self._fetches(words, writer)
        elif verb == "STORE":
            self.seen.update(self._named(words.split()[0]))
            self.brings(*self.meanwhile)
            self.meanwhile = []
        elif verb == "MOVE":
            for uid in self._named(words.split()[0]):
                self.moved[uid] = self.mails.pop(uid)
        elif verb == "LOGOUT":
            writer.write(b"* BYE\r\n")
        return "OK done"

    def _announces(self, writer: asyncio.StreamWriter) -> None:
        """What came is told once, beside whatever is answered next (RFC 9051, 7)."""
        if 0 < self._told < max(self.mails, default=0):
            self._told = max(self.mails)
            writer.write(f"* {len(self.mails)} EXISTS\r\n".encode())

    def _fetches(self, words: str, writer: asyncio.StreamWriter) -> str:
        for uid in self._named(words.split()[0]):
            mail = self.mails[uid]
            if "RFC822.SIZE" in words:
                writer.write(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mail)})\r\n".encode())
            elif uid == self.poison:
                writer.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(mail)}}}\r\n".encode() + mail[: len(mail) // 2])
                return ""
            elif "empty" not in self.trouble:
                writer.write(f"* {uid} FETCH (BODY[] {{{len(mail)}}}\r\n".encode() + mail + f" UID {uid})\r\n".encode())
        return "OK done"

    async def _idles(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if self.meanwhile_idle:
            self.brings(*self.meanwhile_idle)
            self.meanwhile_idle = []
            self._announces(writer)
        writer.write(b"+ idling\r\n" if "stalls" not in self.trouble else b"")
        done, news = asyncio.ensure_future(reader.readline()), asyncio.ensure_future(self._news.wait())
        came = max(self.mails, default=0) > self._told  # since somebody last looked
        if "exists" not in self.trouble and not came:
            await asyncio.wait({done, news}, return_when=asyncio.FIRST_COMPLETED)
        news.cancel()
        if not done.done() or "exists" in self.trouble:
            writer.write(f"* {len(self.mails)} EXISTS\r\n".encode())
        return (await done) == b"DONE\r\n"

    def _named(self, wanted: str) -> Sequence[int]:
        """UIDs of a set, as 1,3:5 or 7:*; that of the last mail is in n:* always."""
        found: set[int] = set()
        for part in wanted.split(","):
            low, spans, high = part.partition(":")
            if not spans:  # ten thousand lie there, and are asked for one by one
                found |= {int(low)} & self.mails.keys()
                continue
            top = max(self.mails, default=0) if high == "*" else int(high)
            found |= {
                uid for uid in self.mails if min(int(low), top) <= uid <= max(top, int(low) if high == "*" else 0)
            }
        return sorted(found)
