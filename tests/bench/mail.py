"""Mails a second through SMTP into tickets, beside accepting and parsing alone in the same run; and what stays of them.

By the clock, both cores are shared with whoever hands the mail in; what repeats is work per CPU second, of the server's
process alone (it is one interpreter, and cannot use more than one core) and together with those that read for it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.findings import Finding, Told, middle
from tests.bench.houses import LIMITS
from tests.bench.letters import hand_in, letter
from tests.bench.process import cpu_seconds, cpu_seconds_of_children
from tests.bench.received import House
from tests.bench.stream import WANTED, stream
from tests.running import RunningDesk, free_port

MAILS = 300  # in one measurement
CORES = 2
MANY = "1000000000"


def mails(told: Told) -> Iterable[Finding]:
    """Bare and desk in turn; the middle round counts. Then mail without a pause, for the memory."""
    with _a_desk(told.folder) as desk, bare() as limit:
        beside = [(_bare_round(limit), _desk_round(desk, f"{n}")) for n in range(told.rounds)]
        yield from _rates([one for one, _ in beside], [other for _, other in beside])
        yield from stream(desk, told.mails)


@dataclass(frozen=True)
class Round:
    """`per_second` by the clock, the others per CPU second."""

    per_second: float
    server: float
    together: float


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
    wanted = house.read() + len(posted)
    asyncio.run(hand_in(house.port, posted, partial(_all_read, house, wanted)))


async def _all_read(house: House, wanted: int) -> None:
    while house.database is not None and house.read() < wanted:  # noqa: ASYNC110  (it is another process)
        await asyncio.sleep(0.02)


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
