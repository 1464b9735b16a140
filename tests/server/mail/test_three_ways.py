"""The same mail by every way at once, fifty times: one message."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
import structlog

from server.database import newest_revision
from server.mail import pipe
from server.mail.pipe import Told, ingest
from tests.engine import database_url
from tests.server.mail.postroom import a_postroom
from tests.tickets.email.mailroom import SUPPORT, TERMS, Counter, written
from tickets.email.raw import RawMail
from tickets.email.reader import Reader
from tickets.email.smtp import listening
from tickets.message import Message

EACH = (20, 20, 10)


async def test_fifty_copies_by_three_ways_are_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I6, F16. Each server on the way writes something of its own above it."""
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", database_url(tmp_path))
    monkeypatch.setenv("FRONTDESK_FILES_FOLDER", str(tmp_path / "files"))
    monkeypatch.setenv("FRONTDESK_SECRETS_KEY", "the key of this desk, long enough to be one")
    monkeypatch.setattr(pipe, "revision_there", lambda _: newest_revision())  # made without its history
    by_smtp, by_imap, by_pipe = EACH
    copies = [b"Received: from hop%d\r\n" % hop + written() for hop in range(sum(EACH))]

    def piped(mail: bytes) -> None:
        while ingest(None, Told([SUPPORT], "sam@customer.example", {}), io.BytesIO(mail)):
            pass

    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=False):
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        async with listening(room.desk, room.store, TERMS, host="127.0.0.1", port=0) as port:
            reader = Reader(room.desk, room.store)
            counter = Counter(room.desk, room.store, reader, port, room.clock)
            server.brings(*copies[:by_imap])
            await asyncio.gather(
                *(counter.takes(mail) for mail in copies[by_imap:][:by_smtp]),
                *(asyncio.to_thread(piped, mail) for mail in copies[-by_pipe:]),
            )
            await room.until(lambda: len(server.seen) == by_imap)
            await reader.read_all()
            await reader.close()
        (row,) = room.rows(RawMail)
        assert (sum(EACH) - 1, "done") == (row.duplicates, row.state)
        assert ["Where is my parcel?"] == [message.text.strip() for message in room.rows(Message)]
    structlog.reset_defaults()
