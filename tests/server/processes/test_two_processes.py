"""Sam's browser is at one process and Ada's at another: neither can tell."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.bench.houses import SITE
from tests.faults.desk import until_not
from tests.faults.history import History
from tests.faults.visitors import Visitor
from tests.running import RunningDesk, free_port
from tests.servers.several import PATIENCE, Agent, Floor, a_chat, a_floor, open_at_once

REVOKED = 4403


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with a_floor(tmp_path_factory.mktemp("floor")) as floor:
        yield floor


@pytest.fixture(scope="module")
def desks(floor: Floor) -> Iterator[tuple[RunningDesk, RunningDesk]]:
    """Two processes on two ports, as behind a proxy."""
    one, two = (RunningDesk(floor.folder / name, demo=False, settings=floor.settings) for name in ("one", "two"))
    with open_at_once(one, two):
        yield one, two


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.jsonl")
    yield history
    history.close()


async def test_a_chat_at_one_process_is_held_at_the_other(desks: tuple[RunningDesk, RunningDesk]) -> None:
    """Offer, acceptance, typing both ways, an answer: each crosses from one process to the other."""
    here, there = desks
    ada = await asyncio.to_thread(Agent, here.url, "ada")
    async with ada.console() as console:
        await ada.does("/app/presence", intent="available")
        async with a_chat(there, await _a_visitor(there)) as sam:
            await sam.says(say={"id": "c-1", "text": "Where is my lamp?"})
            ticket = (await sam.hears(lambda frame: frame.get("chat")))["chat"]["ticket"]
            offer = re.compile(r"/app/offers/(\d+)/acceptance")
            shown = await console.hears(lambda frame: offer.search(json.dumps(frame)))
            number = offer.search(json.dumps(shown))
            assert number
            await ada.at(there).does(f"/app/offers/{number[1]}/acceptance")
            await sam.hears(lambda frame: "Ada" in json.dumps(frame))

            async with ada.console(ticket) as open_ticket:
                await sam.says(typing=True)
                await open_ticket.hears(lambda frame: frame.get("whisper", {}).get("kind") == "typing")
                await open_ticket.says(typing={"ticket": ticket, "on": True})
                await sam.hears(lambda frame: frame.get("typing") == {"name": "Ada", "on": True})
                await sam.says(say={"id": "c-2", "text": "It was to come on Monday."})
                await open_ticket.hears(lambda frame: "It was to come on Monday." in json.dumps(frame))


async def test_a_chat_that_begins_in_one_tab_is_in_the_other_at_once(desks: tuple[RunningDesk, RunningDesk]) -> None:
    """The other tab is open at another process, and shows no chat yet."""
    here, there = desks
    token = await _a_visitor(here)
    async with a_chat(here, token) as one, a_chat(there, token) as other:
        await one.says(say={"id": "c-1", "text": "Hello?"})
        await other.hears(lambda frame: "Hello?" in json.dumps(frame))


async def test_a_chat_that_begins_while_redis_is_away_is_in_the_other_tab_a_glance_later(
    floor: Floor, desks: tuple[RunningDesk, RunningDesk]
) -> None:
    """It used to come with the next check of everybody, up to a minute later: only a whisper told of it at once."""
    here, there = desks
    token = await _a_visitor(here)
    floor.redis.kill()
    try:
        async with a_chat(here, token) as one, a_chat(there, token) as other, asyncio.timeout(15.0):
            await one.says(say={"id": "c-1", "text": "Anybody?"})
            await other.hears(lambda frame: "Anybody?" in json.dumps(frame))
    finally:
        floor.redis.start()


async def test_whoever_signs_out_at_one_process_is_out_at_all(desks: tuple[RunningDesk, RunningDesk]) -> None:
    here, there = desks
    ada = await asyncio.to_thread(Agent, here.url, "ada")
    async with ada.at(there).console() as console:
        await ada.does("/app/logout")
        with pytest.raises(ConnectionClosed) as closed:
            await console.hears(lambda _: False)
        assert closed.value.rcvd is not None
        assert REVOKED == closed.value.rcvd.code


async def test_whatever_redis_does_nothing_is_lost_and_all_is_as_before(
    floor: Floor, desks: tuple[RunningDesk, RunningDesk], history: History
) -> None:
    """F6: it forgets everything, stands still, dies and comes back, while people talk at both processes."""
    visitors = [Visitor(desks[n % 2].url, f"redis {n}", history) for n in range(4)]
    async with _talking(visitors) as talking:
        for fault in (floor.redis.flush, floor.redis.pause, floor.redis.resume, floor.redis.kill, floor.redis.start):
            await _everybody_is_answered(visitors, talking)
            fault()
        await _everybody_is_answered(visitors, talking)

    assert all(visitor.breaks == 1 for visitor in visitors), "no line broke before its end"
    floor.judge(visitors, history)


async def test_workers_are_replaced_while_people_talk(floor: Floor, tmp_path: Path, history: History) -> None:
    """F22: all that was acknowledged is there, nobody is refused, and each browser has to come back once."""
    settings = {**floor.settings, "FRONTDESK_LOG_LEVEL": "info", "FRONTDESK_MAIL_LISTEN_PORT": str(free_port())}
    desk = RunningDesk(tmp_path / "workers", demo=False, workers=2, settings=settings)
    await asyncio.to_thread(desk.start)
    try:
        visitors = [Visitor(desk.url, f"roll {n}", history) for n in range(6)]
        async with _talking(visitors) as talking:
            await _everybody_is_answered(visitors, talking)
            desk.roll()
            await until_not(
                lambda: "all workers were replaced" not in desk.log, "they were not replaced", people=talking
            )
            await _everybody_is_answered(visitors, talking)
            breaks = [visitor.breaks for visitor in visitors]
    finally:
        await asyncio.to_thread(desk.stop)

    assert [1] * len(visitors) == breaks
    floor.judge(visitors, history)


@pytest.mark.faults
async def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(
    floor: Floor, tmp_path: Path, history: History
) -> None:
    desk = RunningDesk(tmp_path / "workers", demo=False, workers=2, settings=floor.settings)
    await asyncio.to_thread(desk.start)
    try:
        visitors = [Visitor(desk.url, f"kill {n}", history) for n in range(6)]
        async with _talking(visitors) as talking:
            for _ in range(3):
                await _everybody_is_answered(visitors, talking)
                before = _children(desk.pid)
                os.kill(before[0], signal.SIGKILL)
                await until_not(
                    lambda before=before: before[0] in _children(desk.pid) or len(_children(desk.pid)) < 2,  # type: ignore[misc]
                    "it was not replaced",
                    people=talking,
                )
            await _everybody_is_answered(visitors, talking)
    finally:
        await asyncio.to_thread(desk.stop)

    floor.judge(visitors, history)


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextlib.asynccontextmanager
async def _talking(visitors: list[Visitor]) -> Any:
    """They talk as long as the block lasts, and until everything was answered."""
    await asyncio.gather(*(visitor.arrive() for visitor in visitors))
    talking = [asyncio.create_task(visitor.talk()) for visitor in visitors]
    try:
        yield talking
    finally:
        for visitor in visitors:
            visitor.stop()
        async with asyncio.timeout(2 * PATIENCE):
            await asyncio.gather(*talking)


async def _everybody_is_answered(visitors: list[Visitor], talking: list[asyncio.Task[None]]) -> None:
    before = [visitor.acknowledged for visitor in visitors]

    def silent() -> list[str]:
        return [one.author for one, then in zip(visitors, before, strict=True) if one.acknowledged <= then]

    await until_not(silent, "was not answered", every=0.02, people=talking)


async def _a_visitor(desk: RunningDesk) -> str:
    body = json.dumps({"site": SITE, "lang": "en"}).encode()
    request = urllib.request.Request(f"{desk.url}/chat/v1/visitors", body, {"Content-Type": "application/json"})

    def ask() -> str:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return str(json.load(answer)["token"])

    return await asyncio.to_thread(ask)
