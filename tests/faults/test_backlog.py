"""Ten thousand messages that nobody has read: the list is there at once, however far one goes down; and as many mails
in a mailbox elsewhere are tickets within minutes (reliability.md F14).
"""

from __future__ import annotations

import asyncio
import re
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from server.app import REACTIONS
from server.database import Database
from tests.bench.houses import Colleague
from tests.bench.process import cpu_seconds, cpu_seconds_of_children
from tests.faults.day import ROOMY
from tests.faults.desk import a_question, address, furnished, rows, until_not
from tests.faults.furnishing import SECRETS, fetches_from, keep_secret
from tests.faults.senders import SUPPORT, a_mail, subject_of
from tests.running import RunningDesk
from tests.server.mail.fake_imap import FakeImap
from tickets.desk import Desk
from tickets.email.mailbox import add_mailbox
from tickets.reactions import Reactions
from tickets.status import Channel

WAITING = 10_000
PAGES = 40
PAINTED_WITHIN, LISTED_WITHIN = 1.0, 0.3  # seconds
MAILS_A_SECOND = 30  # at least, by the clock, from the open doors to the last ticket


async def _fill(database_url: str) -> None:
    with closing(Database(database_url)) as opened:
        async with Desk(opened.writes, opened.reads, reactions=Reactions(REACTIONS)) as desk:
            for start in range(0, WAITING, 200):
                asked = range(start, start + 200)
                await asyncio.gather(*(desk.change(a_question, n, channel=Channel.PORTAL, by="system") for n in asked))


def _timed(desk: RunningDesk, colleague: Colleague, path: str, part: str = "") -> tuple[float, str]:
    headers = {"Cookie": colleague.cookies, **({"X-Frontdesk-Part": part} if part else {})}
    began = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(desk.url + path, headers=headers), timeout=60) as answer:
        page = answer.read().decode()
    return time.perf_counter() - began, page


@pytest.mark.faults
def test_a_backlog_of_ten_thousand_is_read_at_once(tmp_path: Path) -> None:
    """By keyset: the fortieth page costs what the second did. Measured, so run it on a quiet machine."""
    desk = RunningDesk(tmp_path)
    with desk:
        pass
    asyncio.run(_fill(desk.database_url))
    with desk:
        ada = Colleague(desk.url, "ada")
        _timed(desk, ada, "/app/views/open")
        painted, page = _timed(desk, ada, "/app/views/open")
        took: list[float] = []
        seen = set(re.findall(r'id="row-(\d+)"', page))
        while (more := re.search(r'data-more="([^"]+)"', page)) and len(took) < PAGES:
            seconds, page = _timed(desk, ada, f"/app/views/open?after={quote(more[1])}", "rows")
            took.append(seconds)
            found = set(re.findall(r'id="row-(\d+)"', page))
            assert not seen & found, "a row stands on two pages"
            seen |= found
    p95 = sorted(took)[int(len(took) * 0.95) - 1]
    print(f"first page {painted:.3f} s; {len(took)} more, p95 {p95:.3f} s, {len(seen)} rows")

    assert PAGES == len(took)
    assert painted <= PAINTED_WITHIN
    assert p95 <= LISTED_WITHIN


@pytest.mark.faults
async def test_ten_thousand_mails_in_a_mailbox_elsewhere_are_tickets_within_minutes(tmp_path: Path) -> None:
    """Each of them once, and marked there when it is ours. Measured, so run it on a quiet machine."""
    elsewhere = FakeImap()
    elsewhere.brings(*(a_mail("backlog", n) for n in range(WAITING)))
    async with elsewhere.running():
        desk = _fetching_desk(tmp_path)
        async with furnished(desk.database) as empty:
            await empty.change(add_mailbox, SUPPORT, by="system")
            await empty.change(fetches_from, elsewhere.port, by="system")
        await asyncio.to_thread(desk.start)
        try:
            took = await _all_are_tickets(desk)
            cpu = cpu_seconds(desk.pid) + cpu_seconds_of_children(desk.pid)
        finally:
            await asyncio.to_thread(desk.stop)
    print(f"{WAITING} mails, {WAITING / took:.0f} a second, {WAITING / cpu:.0f} for a CPU second of server and readers")

    subjects = [subject for (subject,) in rows(desk.database, "select subject from ticket")]
    assert sorted(subject_of("backlog", n) for n in range(WAITING)) == sorted(subjects)
    assert elsewhere.mails.keys() == elsewhere.seen
    assert WAITING / took >= MAILS_A_SECOND


def _fetching_desk(folder: Path) -> RunningDesk:
    settings = {
        **ROOMY,
        "FRONTDESK_DATABASE_URL": address(folder / "data" / "frontdesk.db"),
        "FRONTDESK_MAIL_PRIVATE_HOSTS": "127.0.0.1",
        "FRONTDESK_MAIL_SECRETS_FOLDER": str(folder / SECRETS),
    }
    keep_secret(folder / SECRETS)
    return RunningDesk(folder, demo=False, settings=settings)


async def _all_are_tickets(desk: RunningDesk) -> float:
    """Seconds until then."""
    began = time.monotonic()
    counted = "select count(*) from ticket"
    left = "tickets are missing"
    await until_not(
        lambda: WAITING - rows(desk.database, counted)[0][0], left, seconds=3 * WAITING / MAILS_A_SECOND, every=0.5
    )
    return time.monotonic() - began
