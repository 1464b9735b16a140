"""Mails a second through SMTP into tickets, beside accepting and parsing alone in the same run."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.houses import LIMITS
from tests.bench.process import cpu_seconds
from tests.running import RunningDesk, free_port

MAILS = 300  # in one measurement
LINES = 8  # senders that talk at once
WANTED = 50  # mails a second (issue 3)
INTO_TICKETS = "mail, through SMTP into tickets (1/s)"
TO = "support@lumen.example"
MANY = "1000000000"


def mails(folder: Path, *, rounds: int) -> dict[str, float]:
    """Bare and desk in turn; the middle round counts."""
    port = free_port()
    limits = {f"FRONTDESK_MAIL_PER_{what}": MANY for what in ("SENDER_PER_HOUR", "DOMAIN_PER_HOUR", "SECOND")}
    desk = RunningDesk(folder, settings={**LIMITS, **limits, "FRONTDESK_MAIL_LISTEN_PORT": str(port)})
    found: dict[str, list[float]] = {"bare": [], "desk": [], "cpu": []}
    with desk, bare() as bare_port:
        for number in range(rounds):
            posted = [_mail(number, n) for n in range(MAILS)]
            found["bare"].append(MAILS / asyncio.run(_took(bare_port, posted, _at_once)))
            before = _cpu(desk.pid)
            every = partial(_read, desk, (number + 1) * MAILS)
            found["desk"].append(MAILS / asyncio.run(_took(port, posted, every)))
            found["cpu"].append((_cpu(desk.pid) - before) / MAILS * 1000)
            print(f"  round {number + 1} mail: {found['bare'][-1]:.0f}/s bare, {found['desk'][-1]:.0f}/s into tickets")
    middle = {name: median(values) for name, values in found.items()}
    return {
        "mail, accepted and parsed alone (1/s)": middle["bare"],
        INTO_TICKETS: middle["desk"],
        "mail, into a ticket (ms of CPU)": middle["cpu"],
    }


@contextmanager
def bare() -> Iterator[int]:
    port = free_port()
    words = [sys.executable, "-m", "tests.bench.bare_mail", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "open\n" == process.stdout.readline()
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


async def _took(port: int, posted: Sequence[bytes], until: Callable[[], Awaitable[None]]) -> float:
    """Seconds from the first word until the last mail is where it should be."""
    began = time.perf_counter()
    await asyncio.gather(*(_hand_in(port, posted[n::LINES]) for n in range(LINES)))
    await until()
    return time.perf_counter() - began


async def _hand_in(port: int, posted: Sequence[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def asks(line: bytes) -> None:
        writer.write(line)
        while (answer := await reader.readline())[3:4] == b"-":
            pass
        assert answer[:1] in b"23", answer

    await asks(b"")
    await asks(b"EHLO bench.example\r\n")
    for content in posted:
        for line in (b"MAIL FROM:<sam@bench.example>\r\n", f"RCPT TO:<{TO}>\r\n".encode(), b"DATA\r\n"):
            await asks(line)
        await asks(content + b".\r\n")
    writer.close()


async def _at_once() -> None:
    """Whatever was answered is done."""


async def _read(desk: RunningDesk, count: int) -> None:
    """Until so many mails of ours have become messages."""
    query = "select count(*) from raw_mail where sender = 'sam@bench.example' and state = 'done'"
    with closing(sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True)) as database:
        while database.execute(query).fetchone()[0] < count:  # noqa: ASYNC110  (it is another process)
            await asyncio.sleep(0.05)


def _cpu(pid: int) -> float:
    """Of a desk and of those that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(cpu_seconds(one) for one in [pid, *map(int, children)])


def _mail(round: int, n: int) -> bytes:
    """20 KB as people write them: plain, formatted, and a small file; eight servers on the way."""
    mail = EmailMessage(policy=WIRE)
    for hop in range(8):
        mail["Received"] = f"from hop{hop}.bench.example by mx; Mon, 23 Nov 2026 09:00:0{hop} +0000"
    mail["From"] = f"Sender {n} <s{round}-{n}@bench.example>"
    mail["To"], mail["Subject"] = TO, f"My order {round}-{n}: 退货"
    mail["Message-ID"], mail["Date"] = f"<{round}-{n}@bench.example>", "Mon, 23 Nov 2026 09:00:00 +0000"
    mail.set_content("Hello,\n\nmy lamp arrived broken. What now?\n\n" + "> a line of what you wrote before\n" * 60)
    mail.add_alternative("<p>Hello,</p>" + "<p>my <b>lamp</b> arrived broken.</p>" * 120, subtype="html")
    mail.add_attachment(os.urandom(7000), maintype="application", subtype="pdf", filename=f"bill {n}.pdf")
    return mail.as_bytes()
