"""Mails that come in at the same moment wait for the disk once, and each is told its own end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tickets.email.arriving import Arriving
from tickets.email.raw import fingerprint
from tickets.email.settling import Settling
from tickets.files.store import Store

LETTERS = [f"Subject: Letter {n}\r\n\r\nHello\r\n".encode() for n in range(5)]


class SlowDisk(Store):
    """Writes down what it is asked to settle at once, and does so when it is let go; or it refuses."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.settled: list[list[str]] = []
        self.asked = threading.Event()
        self.goes_on = threading.Event()
        self.refuses = False

    def settle(self, hashes: Iterable[str]) -> None:
        self.settled.append([*hashes])
        self.asked.set()
        assert self.goes_on.wait(30)
        if self.refuses:
            raise OSError("the disk is gone")
        super().settle(self.settled[-1])


@pytest.fixture
def disk(tmp_path: Path) -> SlowDisk:
    return SlowDisk(tmp_path)


@pytest.fixture
def settling(disk: SlowDisk) -> Iterator[Settling]:
    with ThreadPoolExecutor(1) as threads:
        yield Settling(disk, threads)


def came(disk: SlowDisk, content: bytes) -> Arriving:
    arriving = Arriving(disk, largest=1000)
    arriving.add(content)
    return arriving


async def test_who_comes_while_one_settles_settles_with_the_others(disk: SlowDisk, settling: Settling) -> None:
    first = asyncio.create_task(settling.kept(came(disk, LETTERS[0])))
    assert await asyncio.to_thread(disk.asked.wait, 30)
    others = [asyncio.create_task(settling.kept(came(disk, letter))) for letter in LETTERS[1:]]
    await asyncio.sleep(0)  # each has said what it wants
    assert not any(one.done() for one in [first, *others])
    disk.goes_on.set()
    kept = await asyncio.gather(first, *others)
    assert [1, 4] == [len(some) for some in disk.settled]
    assert LETTERS == [disk.path(one.stored.sha256).read_bytes() for one in kept]
    assert [fingerprint(letter) for letter in LETTERS] == [one.fingerprint for one in kept]


async def test_a_mail_that_cannot_be_kept_is_nobody_elses_trouble(disk: SlowDisk, settling: Settling) -> None:
    disk.goes_on.set()
    empty, whole = Arriving(disk, largest=1000), came(disk, LETTERS[0])
    refused, kept = await asyncio.gather(settling.kept(empty), settling.kept(whole), return_exceptions=True)
    assert isinstance(refused, Exception)
    assert not isinstance(kept, BaseException)
    assert disk.holds(kept.stored.sha256)


async def test_where_the_disk_refuses_everybody_is_told_and_the_next_one_may_succeed(
    disk: SlowDisk, settling: Settling
) -> None:
    disk.goes_on.set()
    disk.refuses = True
    told = await asyncio.gather(*(settling.kept(came(disk, one)) for one in LETTERS), return_exceptions=True)
    assert [OSError] * len(LETTERS) == [type(one) for one in told]
    disk.refuses = False
    assert disk.holds((await settling.kept(came(disk, LETTERS[0]))).stored.sha256)


async def test_who_has_hung_up_keeps_nobody(disk: SlowDisk, settling: Settling) -> None:
    gone = asyncio.create_task(settling.kept(came(disk, LETTERS[0])))
    assert await asyncio.to_thread(disk.asked.wait, 30)
    gone.cancel()
    disk.goes_on.set()
    assert disk.holds((await settling.kept(came(disk, LETTERS[1]))).stored.sha256)
