"""The story of test_fetching.py with a real server: Dovecot, over a line that is cut where it hurts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.server.mail.postroom import PACE, Postroom, a_postroom
from tests.servers.dovecot import Dovecot, dovecot, missing
from tests.tickets.email.mailroom import written
from tickets.email.raw import RawMail


@dataclass
class Wire:
    """Leads to another port, and breaks after so many bytes of what comes back."""

    port: int = 0
    left: int = 2**60
    breaks: int = 0

    @contextlib.asynccontextmanager
    async def to(self, port: int) -> AsyncIterator[Wire]:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.suppress(ConnectionError):
                await asyncio.gather(self._carry(reader, back), self._carry(there, writer, counts=True))

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counts: bool = False) -> None:
        while piece := await reader.read(4096):
            self.left -= len(piece) if counts else 0
            if self.left <= 0:
                self.left, self.breaks = 2**60, self.breaks + 1
                break
            writer.write(piece)
            await writer.drain()
        writer.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    if why := missing():
        pytest.skip(why)
    with dovecot() as running:
        yield running


async def tell(folder: Path, server: Dovecot) -> None:
    """Mail comes; the line breaks in the middle of one; the folder is numbered anew. All of it is here, each once."""
    mails = [written(f"Letter {n}\n" * (1 + 4000 * (n == 2)), id=f"<{n}@customer.example>") for n in range(5)]
    wire, pace = Wire(), replace(PACE, look=20.0)
    async with a_postroom(folder) as (room, _), wire.to(server.port), room.fetcher(pace=pace).running(alone=True):
        await room.connects(wire.port, everything=True)
        await room.until(lambda: room.incoming.checked_at)
        server.brings(*mails[:2])
        await room.until(lambda: server.seen() == 2)
        wire.left = 30_000
        server.brings(mails[2])
        await room.try_after_try(lambda: server.seen() == 3)
        await room.until(lambda: not room.alarm)
        assert 1 == wire.breaks
        await numbered_anew(room, wire, server, mails[3])
        server.brings(mails[4])
        await room.try_after_try(lambda: len(room.rows(RawMail)) == 5)
        assert [mail.replace(b"\r\n", b"\n") for mail in mails] == [
            kept.replace(b"\r\n", b"\n") for kept in room.contents
        ]


async def numbered_anew(room: Postroom, wire: Wire, server: Dovecot, mail: bytes) -> None:
    before = room.incoming.uidvalidity
    server.forgets_its_numbers()
    wire.left = 0
    server.brings(mail)
    await room.try_after_try(lambda: room.incoming.uidvalidity != before and len(room.rows(RawMail)) == 4)


async def test_a_real_server_tells_the_same(tmp_path: Path, server: Dovecot) -> None:
    await tell(tmp_path, server)


@pytest.mark.faults
async def test_a_real_server_is_fetched_for_it(tmp_path: Path) -> None:
    """In the long rounds, Dovecot is installed where that is possible."""
    if why := await asyncio.to_thread(missing, may_install=True):
        pytest.skip(why)
    with dovecot() as running:
        await tell(tmp_path, running)
