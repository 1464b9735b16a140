"""Several workers behind one port are one desk to whoever watches it: one scrape, one verdict."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.bench.houses import Chat
from tests.faults.desk import until_not
from tests.running import RunningDesk
from tests.servers.several import PATIENCE, Floor, a_chat, a_floor

WORKERS = 2


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with a_floor(tmp_path_factory.mktemp("watched")) as floor:
        yield floor


@pytest.fixture(scope="module")
def desk(floor: Floor) -> Iterator[RunningDesk]:
    with RunningDesk(floor.folder / "workers", demo=False, workers=WORKERS, settings=floor.settings) as desk:
        yield desk


def asked(desk: RunningDesk, path: str) -> str:
    with urllib.request.urlopen(f"{desk.url}{path}", timeout=PATIENCE) as answer:
        return str(answer.read().decode())


def told(desk: RunningDesk, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked(desk, path))
    return found


class Page:
    """One scrape."""

    def __init__(self, desk: RunningDesk) -> None:
        families = text_string_to_metric_families(asked(desk, "/metrics"))
        self.samples = [sample for family in families for sample in family.samples]

    def sum(self, name: str, **labels: str) -> float:
        wanted = labels.items()
        return sum(one.value for one in self.samples if one.name == name and wanted <= one.labels.items())

    def processes(self, name: str) -> set[str]:
        return {one.labels["process"] for one in self.samples if one.name == name}


def workers(desk: RunningDesk) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{desk.pid}/task/{desk.pid}/children").read_text().split()]


async def test_one_scrape_tells_of_all_of_them(desk: RunningDesk) -> None:
    """It used to tell of whichever worker the system chose, and every time of another."""
    chats = [await asyncio.to_thread(Chat, desk.url) for _ in range(6)]
    async with a_chat(desk, chats[0].token), a_chat(desk, chats[1].token), a_chat(desk, chats[2].token):
        pages = [await asyncio.to_thread(Page, desk) for _ in range(3)]
    for page in pages:
        assert (2, 0) == (
            page.sum("frontdesk_workers", state="answering"),
            page.sum("frontdesk_workers", state="silent"),
        )
        assert 6 == page.sum("frontdesk_messages_total", channel="chat", direction="in")
        assert 3 == page.sum("frontdesk_sockets", kind="visitor")
        assert {"1", "2"} == page.processes("frontdesk_feed_lag_seconds") == page.processes("process_open_fds")
        assert 1 == len([one for one in page.samples if one.name == "frontdesk_mail_unread"]), "the database is one"


async def test_one_look_tells_how_all_of_them_are(desk: RunningDesk) -> None:
    work = await asyncio.to_thread(told, desk, "/readyz")
    assert {"ready": True, "troubles": [], "late": [], "processes": {"1": [], "2": []}} == work
    life = await asyncio.to_thread(told, desk, "/healthz")
    assert {"alive": True, "processes": {"1": True, "2": True}} == life


async def test_a_worker_that_stands_still_is_told(desk: RunningDesk) -> None:
    """Nobody waits for it: the others answer, and say that one does not. What it had counted stays in the sums."""
    (still, _) = workers(desk)
    before = (await asyncio.to_thread(Page, desk)).sum("frontdesk_commit_seconds_count")
    os.kill(still, signal.SIGSTOP)
    try:
        work = await asyncio.to_thread(told, desk, "/readyz")
        assert (True, ["silent"]) == (work["ready"], work["late"])
        page = await asyncio.to_thread(Page, desk)
        assert 1 == page.sum("frontdesk_workers", state="silent")
        assert before <= page.sum("frontdesk_commit_seconds_count"), "a sum that falls is taken for a new beginning"
    finally:
        os.kill(still, signal.SIGCONT)


async def test_what_was_counted_survives_whoever_counted_it(desk: RunningDesk) -> None:
    """Workers that are replaced, or die, take nothing out of the sums."""
    before = await asyncio.to_thread(Page, desk)
    said = before.sum("frontdesk_messages_total")
    assert said > 0
    desk.roll()
    await until_not(lambda: "all workers were replaced" not in desk.log, "they were not replaced")
    assert said == (await asyncio.to_thread(Page, desk)).sum("frontdesk_messages_total")

    here = workers(desk)
    os.kill(here[0], signal.SIGKILL)
    await until_not(lambda: here[0] in workers(desk) or len(workers(desk)) < WORKERS, "it was not replaced")
    await until_not(lambda: Page(desk).sum("frontdesk_workers") < WORKERS, "nobody answers in its place")
    assert said == Page(desk).sum("frontdesk_messages_total")
