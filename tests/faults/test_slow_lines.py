"""People who are slow on purpose take nobody's place: half a head, half a body, a socket without a word (F10, F12)."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.processes.patience import HEAD_SECONDS, MOST_HEAD
from tests.faults.day import ROOMY
from tests.faults.talking import Talking
from tests.faults.tools import sockets_of
from tests.running import RunningDesk

EACH = 25  # of every kind of them
CLOSED_WITHIN = 30.0  # seconds (reliability.md F10)


@dataclass
class Slow:
    """One connection: what it says first, and what it repeats every second for as long as it lasts."""

    kind: str
    first: bytes
    repeats: bytes = b""

    async def lasts(self, port: int) -> float:
        """How many seconds, until the desk hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.monotonic()
        writer.write(self.first)
        dribbling = asyncio.create_task(self._dribble(writer))
        try:
            with contextlib.suppress(OSError):
                await asyncio.wait_for(reader.read(-1), 2 * CLOSED_WITHIN)
            return time.monotonic() - began
        finally:
            dribbling.cancel()
            writer.transport.abort()

    async def _dribble(self, writer: asyncio.StreamWriter) -> None:
        while self.repeats:
            await asyncio.sleep(1.0)
            writer.write(self.repeats)


def slow_people(port: int) -> list[Slow]:
    host = f"Host: 127.0.0.1:{port}\r\n"
    head, page = f"GET / HTTP/1.1\r\n{host}".encode(), f"http://127.0.0.1:{port}"
    body = f"POST /chat/v1/visitors HTTP/1.1\r\n{host}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = (
        f"GET /chat/v1/socket HTTP/1.1\r\n{host}Origin: {page}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    return [
        Slow("not a word", b""),
        Slow("half a head", head),
        Slow("a head a line at a time", head, b"X: y\r\n"),
        Slow("half a body", body.encode() + b"{"),
        Slow("a body a byte at a time", body.encode() + b"{", b" "),
        Slow("a socket without a hello", upgrade.encode()),
    ]


@contextlib.asynccontextmanager
async def talking(folder: Path) -> AsyncIterator[Talking]:
    async with Talking(RunningDesk(folder / "desk", settings=ROOMY), folder / "history.jsonl", seed=1) as talking:
        yield talking


async def test_a_head_without_an_end_is_refused_at_the_real_desk(tmp_path: Path) -> None:
    with RunningDesk(tmp_path) as desk:
        lasted = await Slow("all head", b"GET / HTTP/1.1\r\nX: " + b"y" * (MOST_HEAD + 1)).lasts(desk.port)

    assert lasted < HEAD_SECONDS, "its size was enough"


@pytest.mark.faults
async def test_a_crowd_of_slow_people_is_sent_away_and_nobody_waits_for_it(tmp_path: Path) -> None:
    async with talking(tmp_path) as people:
        await people.everybody_is_answered()
        before = sockets_of(people.desk.pid)
        kinds = slow_people(people.desk.port)
        waiting = [asyncio.gather(*(kind.lasts(people.desk.port) for _ in range(EACH))) for kind in kinds]
        crowd = asyncio.gather(*waiting)
        answered = 0
        while not crowd.done():
            await people.everybody_is_answered()
            answered += 1
        for kind, lasted in zip(kinds, await crowd, strict=True):
            print(f"{kind.kind}: {EACH} closed after {min(lasted):.0f} to {max(lasted):.0f} s")
            assert max(lasted) < CLOSED_WITHIN, kind.kind
        await people.everybody_is_answered()
        after = sockets_of(people.desk.pid)

    assert answered > 5, "people were answered all the while"
    assert after <= before + len(kinds), "the desk holds no line of theirs"
