"""Mails a second through SMTP into tickets, beside accepting and parsing alone in the same run; and what stays of them.

By the clock, both cores are shared with whoever hands the mail in; what repeats is work per CPU second, of the server's
process alone (it is one interpreter, and cannot use more than one core) and together with those that read for it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

from tests.bench.findings import Finding, Told, middle
from tests.bench.houses import LIMITS
from tests.bench.letters import SENDER, hand_in, letter
from tests.bench.process import cpu_seconds, cpu_seconds_of_children, megabytes
from tests.running import RunningDesk, free_port

MAILS = 300  # in one measurement
STRETCH = 250  # mails between two looks at the memory
WARM_UP = 0.25  # of those mails
WANTED = 150.0  # mails a second, on two cores (issue 6)
CORES = 2
MANY = "1000000000"
_DONE = f"select count(*) from raw_mail where sender = '{SENDER}' and state = 'done'"


def mails(told: Told) -> Iterable[Finding]:
    """Bare and desk in turn; the middle round counts. Then mail without a pause, for the memory."""
    with _a_desk(told.folder) as desk, bare() as limit:
        beside = [(_bare_round(limit), _desk_round(desk, f"{n}")) for n in range(told.rounds)]
        yield from _rates([one for one, _ in beside], [other for _, other in beside])
        yield from _memory(desk, told.mails)


@dataclass(frozen=True)
class Round:
    """`per_second` by the clock, the others per CPU second."""

    per_second: float
    server: float
    together: float


@dataclass(frozen=True)
class House:
    pid: int
    port: int
    database: Path | None = None  # whose mails are to be read before they count


def _rates(bare: Sequence[Round], desk: Sequence[Round]) -> Iterator[Finding]:
    yield middle("mail, accepted and parsed alone", [one.server for one in bare], "mails per CPU second")
    yield middle(
        "mail into tickets, server and readers",
        [one.together for one in desk],
        "mails per CPU second",
        goal=WANTED / CORES,
    )
    yield middle("the server's part of it", [one.server for one in desk], "mails per CPU second", goal=WANTED)
    yield middle("by the clock, alone", [one.per_second for one in bare], "mails a second")
    yield middle("by the clock, into tickets", [one.per_second for one in desk], "mails a second", goal=WANTED)


def _bare_round(house: House) -> Round:
    return _round(house, [letter(f"bare-{n}") for n in range(MAILS)])


def _desk_round(house: House, name: str) -> Round:
    found = _round(house, [letter(f"{name}-{n}") for n in range(MAILS)])
    print(f"  {found.per_second:.0f}/s into tickets; per CPU second {found.server:.0f}, in all {found.together:.0f}")
    return found


def _round(house: House, posted: Sequence[bytes]) -> Round:
    """Until the last of them is where it should be."""
    server, readers, began = cpu_seconds(house.pid), cpu_seconds_of_children(house.pid), time.perf_counter()
    _take(house, posted)
    took = time.perf_counter() - began
    server, readers = cpu_seconds(house.pid) - server, cpu_seconds_of_children(house.pid) - readers
    count = len(posted)
    return Round(count / took, count / server, count / (server + readers))


def _take(house: House, posted: Sequence[bytes]) -> None:
    """Hand these in, and wait until they have become messages."""
    wanted = _read(house) + len(posted)
    asyncio.run(hand_in(house.port, posted, partial(_all_read, house, wanted)))


async def _all_read(house: House, wanted: int) -> None:
    while house.database is not None and _read(house) < wanted:  # noqa: ASYNC110  (it is another process)
        await asyncio.sleep(0.02)


def _read(house: House) -> int:
    """How many mails of ours have become messages."""
    if house.database is None:
        return 0
    with closing(sqlite3.connect(f"file:{house.database}?mode=ro", uri=True)) as database:
        return int(database.execute(_DONE).fetchone()[0])


def _memory(house: House, mails: int) -> Iterator[Finding]:
    """Of the server's process, while so many mails come in without a pause."""
    looks, began = [(0, megabytes(house.pid))], time.perf_counter()
    while looks[-1][0] < mails:
        done = looks[-1][0]
        _take(house, [letter(f"long-{done + n}") for n in range(STRETCH)])
        looks.append((done + STRETCH, megabytes(house.pid)))
        if len(looks) % 10 == 0:
            print(f"  {done + STRETCH:,} mails: {looks[-1][1]:.1f} MB", flush=True)
    rate = looks[-1][0] / (time.perf_counter() - began)
    yield Finding(f"{mails:,} mails without a pause", rate, "mails a second", WANTED)
    yield Finding("memory of the server, by ten thousand mails", slope(looks) * 10_000, "MB")


def slope(looks: Sequence[tuple[int, float]]) -> float:
    """Megabytes a mail, by least squares over what comes after the warm-up."""
    points = [(at, size) for at, size in looks if at >= looks[-1][0] * WARM_UP]
    middle, level = fmean(at for at, _ in points), fmean(size for _, size in points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    return sum((at - middle) * (size - level) for at, size in points) / spread


@contextmanager
def _a_desk(folder: Path) -> Iterator[House]:
    port = free_port()
    limits = {f"FRONTDESK_MAIL_PER_{what}": MANY for what in ("SENDER_PER_HOUR", "DOMAIN_PER_HOUR", "SECOND")}
    settings = {**LIMITS, **limits, "FRONTDESK_MAIL_LISTEN_PORT": str(port)}
    with RunningDesk(folder / "desk", settings=settings) as desk:
        yield House(desk.pid, port, desk.database)


@contextmanager
def bare() -> Iterator[House]:
    """The same library at the door and a full parse; nothing is kept."""
    port = free_port()
    words = [sys.executable, "-m", "tests.bench.bare_mail", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "open\n" == process.stdout.readline()
    try:
        yield House(process.pid, port)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
