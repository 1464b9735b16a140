"""Whoever oversees the workers replaces those that are dead, and those that might as well be."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator

import pytest

from server.processes import workers
from server.processes.workers import _Overseer
from tests.engine import brings_its_own
from tests.server.ear import until

pytestmark = brings_its_own

WORKER = """
import asyncio, signal, sys
from server.processes.worker import Worker
from server.watching.accounts import Account

async def tells(about):
    return Account()

async def work():
    worker, over = Worker.of(sys.argv[-1].removeprefix("--worker=")), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await worker.opened("")
    obeys = asyncio.create_task(worker.obey(shut=lambda: None, end=over.set, tells=tells))
    await over.wait()

asyncio.run(work())
"""
"""It has a line to its overseer, and no desk."""


@contextlib.asynccontextmanager
async def overseen(number: int) -> AsyncIterator[_Overseer]:
    """So many workers, all with their doors open."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        overseer = _Overseer([sys.executable, "-c", WORKER], listening, number)
        running = asyncio.create_task(overseer.run())
        try:
            await until(lambda: len(at_work(overseer)) == number)
            yield overseer
        finally:
            overseer._over.set()
            assert 0 == await running
            for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(sign)


def at_work(overseer: _Overseer) -> list[int]:
    return [hand.process.pid for hand in overseer._hands if hand.opened.done() and hand.process.returncode is None]


async def test_a_worker_that_stands_still_is_killed_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """It used to be told of, and its people and its share of the newcomers stayed with it for as long as it stood."""
    monkeypatch.setattr(workers, "PATIENCE", 1.0)
    monkeypatch.setattr(workers, "ASKED_EVERY", 0.1)
    monkeypatch.setattr(workers, "STANDS_STILL", 3.0)
    async with overseen(2) as overseer:
        still = overseer._hands[0]
        os.kill(still.process.pid, signal.SIGSTOP)
        try:
            await until(lambda: still.process.returncode is not None)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(still.process.pid, signal.SIGCONT)
        assert -signal.SIGKILL == still.process.returncode
        await until(lambda: len(at_work(overseer)) == 2)
        assert still not in overseer._hands


async def test_a_worker_that_answers_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long."""
    monkeypatch.setattr(workers, "ASKED_EVERY", 0.001)
    async with overseen(1) as overseer:
        hand, asked = overseer._hands[0], [0]
        tell = hand.tell

        async def counted(about: str) -> object:
            answer = await tell(about)
            asked[0] += answer is not None
            return answer

        monkeypatch.setattr(hand, "tell", counted)
        before = at_work(overseer)
        await until(lambda: asked[0] > 20)
        assert before == at_work(overseer)
