"""How many times in a CPU second the console's page of a conversation of thirty messages is read and drawn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from tests.bench.findings import Finding, Told, middle
from tests.bench.houses import Chat, Colleague, a_desk
from tests.bench.load import TEXT
from tests.bench.process import cpu_seconds, on_core
from tests.running import RunningDesk

MESSAGES = 30
WANTED = 350  # pages per CPU second
READERS = 4  # connections that ask at once
_PART = "X-Frontdesk-Part: ticket\r\n"


def page(told: Told) -> Iterable[Finding]:
    """What a click on a ticket loads, and the whole page around it."""
    with on_core(0):
        desk = a_desk(told.folder / "page").start()
    try:
        with on_core(-1):
            parts, wholes = pages(desk, told)
    finally:
        desk.stop()
    yield middle("a conversation of 30 messages, with its queries", parts, "pages per CPU second", goal=WANTED)
    yield middle("the whole page around it, with list and menus", wholes, "pages per CPU second")


def pages(desk: RunningDesk, told: Told) -> tuple[list[float], list[float]]:
    chat = Chat(desk.url)
    chat.goes_on(f"{TEXT} {n}" for n in range(MESSAGES - 1))
    colleague = Colleague(desk.url, "ada")
    parts, wholes = [], []
    for _ in range(told.rounds):
        parts.append(asyncio.run(_read(desk, colleague, chat.number, told.seconds, _PART)))
        wholes.append(asyncio.run(_read(desk, colleague, chat.number, told.seconds, "")))
        print(f"  page: {parts[-1]:.0f} conversations, {wholes[-1]:.0f} whole pages per CPU second", flush=True)
    return parts, wholes


async def _read(desk: RunningDesk, colleague: Colleague, number: int, seconds: float, more: str) -> float:
    asked = (
        f"GET /app/tickets/{number}?view=open HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\n"
        f"Cookie: {colleague.cookies}\r\n{more}\r\n"
    ).encode()
    await _reads(desk.port, asked, time.perf_counter() + 0.5)
    before = cpu_seconds(desk.pid)
    until = time.perf_counter() + seconds
    done = await asyncio.gather(*(_reads(desk.port, asked, until) for _ in range(READERS)))
    return sum(done) / (cpu_seconds(desk.pid) - before)


async def _reads(port: int, asked: bytes, until: float) -> int:
    """As many as fit, on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    done = 0
    while time.perf_counter() < until:
        writer.write(asked)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        assert body.count(b'class="msg ') >= MESSAGES
        done += 1
    writer.close()
    return done
