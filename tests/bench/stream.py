"""Mail without a pause: whether the thousandth thousand costs more than the first, and what stays of them in memory.

The next mail is handed in as soon as one of the conversations is free, whether or not those before it have been read:
by the end all of them have become messages, and how many waited for that is told on the way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.bench.findings import Finding
from tests.bench.letters import hand_in, letter
from tests.bench.process import cpu_seconds, cpu_seconds_of_children, megabytes
from tests.bench.received import House

STEPS = 20  # into which all of them are parted, each with figures of its own
LOOK_EVERY = 0.2  # seconds
WARM_UP = 0.25  # of those mails
PART = 0.25  # of the steps, at the beginning and at the end, are laid side by side
WANTED = 150.0  # mails a second, on two cores (issue 6)
DEARER = 1.25  # times the work of the first ones, at most


@dataclass(frozen=True)
class Look:
    """How far it was, and what the server had cost by then."""

    mails: int  # that have become messages
    at: float  # seconds
    server: float  # CPU seconds
    readers: float
    size: float  # megabytes

    @property
    def work(self) -> float:
        return self.server + self.readers


def stream(house: House, mails: int) -> Iterator[Finding]:
    looks = asyncio.run(_streamed(house, mails))
    first, last = looks[0], looks[-1]
    yield Finding(f"{mails:,} mails without a pause", mails / (last.at - first.at), "mails a second", WANTED)
    yield Finding("server and readers meanwhile", mails / (last.work - first.work), "mails per CPU second")
    if len(looks) > 2:
        yield Finding("a mail at the end beside one at the beginning", dearer(looks), "times the work", DEARER, True)
    yield Finding("memory of the server, by ten thousand mails", slope(looks) * 10_000, "MB")


def slope(looks: Sequence[Look]) -> float:
    """Megabytes a mail, by least squares over what comes after the warm-up."""
    points = [(one.mails, one.size) for one in looks if one.mails >= looks[-1].mails * WARM_UP]
    middle, level = fmean(at for at, _ in points), fmean(size for _, size in points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    return sum((at - middle) * (size - level) for at, size in points) / spread


def dearer(looks: Sequence[Look]) -> float:
    """The work of a mail in the last steps beside that in the first; the very first is the server's own warm-up."""
    some = max(1, int((len(looks) - 1) * PART))
    return _work(looks[-1 - some], looks[-1]) / _work(looks[1], looks[1 + some])


def _work(since: Look, until: Look) -> float:
    return (until.work - since.work) / (until.mails - since.mails)


async def _streamed(house: House, mails: int) -> list[Look]:
    """Until the last of them has been read."""
    before, looks, step = house.read(), [_look(house, 0)], max(1, mails // STEPS)
    handing = asyncio.create_task(hand_in(house.port, (letter(f"long-{n}") for n in range(mails))))
    try:
        while looks[-1].mails < mails:
            await asyncio.sleep(LOOK_EVERY)
            if handing.done():
                await handing
            done = house.read() - before
            if done >= min(looks[-1].mails + step, mails):
                looks.append(_look(house, done))
                _tell(looks[-2], looks[-1], house.unread())
    finally:
        handing.cancel()
    return looks


def _look(house: House, mails: int) -> Look:
    server, readers = cpu_seconds(house.pid), cpu_seconds_of_children(house.pid)
    return Look(mails, time.perf_counter(), server, readers, megabytes(house.pid))


def _tell(since: Look, until: Look, waiting: int) -> None:
    count, took = until.mails - since.mails, until.at - since.at
    here, there = ((until.server - since.server) / count, (until.readers - since.readers) / count)
    cost = f"CPU of one {here * 1000:.2f} ms and of its reader {there * 1000:.2f} ms"
    print(f"  {until.mails:,} mails: {count / took:.0f}/s; {cost}; {waiting} wait; {until.size:.1f} MB", flush=True)
