"""Ten thousand messages that nobody has read: the list and a ticket are there at once, however far one goes down."""

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
from tests.faults.desk import a_question
from tests.running import RunningDesk
from tickets.desk import Desk
from tickets.reactions import Reactions
from tickets.status import Channel

WAITING = 10_000
PAGES = 40
PAINTED_WITHIN, LISTED_WITHIN = 1.0, 0.3  # seconds


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
