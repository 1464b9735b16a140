"""Postfix's tools for whoever tests a mail server: one that sends as much as it can, and one that answers badly."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator

from tests.bench.letters import hand_in, letter
from tests.faults.tools import program
from tests.running import free_port
from tests.server.mail.fake_relay import DROP, FakeRelay
from tests.servers.ending import ends_with_us

STAGES = {"greeting": "connect", "EHLO": "ehlo,helo", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data", "DOT": "."}
TROUBLES = {"for now": "-r", "for good": "-f", "drop": "-q"}
_SAYS = {"for now": "450 4.3.0 Not now", "for good": "500 5.3.0 Never", "drop": DROP}


def tool(name: str, *, install: bool) -> str | None:
    """Where it is; None where it is not there and cannot be had, which is said."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None and install:
        with contextlib.suppress(AssertionError):
            found = program(name, "postfix")
    print(f"{name}: {found or 'not here, so a scripted one of the same dialogue stands in for it'}")
    return found


@contextlib.asynccontextmanager
async def a_sink(stage: str, trouble: str, *, install: bool) -> AsyncIterator[int]:
    """A mail server in trouble at this stage of every conversation; yields its port."""
    found = tool("smtp-sink", install=install)
    if found is None:
        relay = FakeRelay()
        relay.says(stage, *[_SAYS[trouble]] * 10)
        async with relay.listening():
            yield relay.port
    else:
        async with _smtp_sink(found, TROUBLES[trouble], STAGES[stage]) as port:
            yield port


@contextlib.asynccontextmanager
async def a_slow_sink(seconds: int, *, install: bool) -> AsyncIterator[int]:
    """One that takes its time over every text."""
    found = tool("smtp-sink", install=install)
    if found is None:
        relay = FakeRelay()
        async with relay.listening():
            yield relay.port
    else:
        async with _smtp_sink(found, "-w", f"{seconds}") as port:
            yield port


async def send_many(port: int, count: int, *, to: str, install: bool) -> None:
    """So many mails of 20 KB over eight lines at once. Returns when every one of them was answered with 250."""
    found = tool("smtp-source", install=install)
    if found is None:
        await hand_in(
            port, [letter(f"{n}").replace(b"support@lumen.example", to.encode()) for n in range(count)], to=to
        )
        return
    words = ["-s", "8", "-m", f"{count}", "-l", "20000", "-f", "sam@customer.example", "-t", to]
    process = await asyncio.create_subprocess_exec(found, *words, f"127.0.0.1:{port}")
    ends_with_us(process.pid)
    assert 0 == await process.wait()


@contextlib.asynccontextmanager
async def _smtp_sink(found: str, *words: str) -> AsyncIterator[int]:
    port = free_port()
    lowly = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = await asyncio.create_subprocess_exec(found, *lowly, *words, f"127.0.0.1:{port}", "100")
    ends_with_us(process.pid)
    try:
        await _open(port)
        yield port
    finally:
        process.kill()
        await process.wait()


async def _open(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)
