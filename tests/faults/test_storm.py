"""The desk restarts and everybody is back at once: all are current within fifteen seconds (reliability.md F13)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.bench.process import cpu_seconds, megabytes
from tests.faults.visitors import SITE, post
from tests.running import RunningDesk

CROWD = 2000
AT_ONCE = 50  # who arrive together, before it begins
IN_TIME = 15.0  # seconds from the moment at which the doors are open again
MOST_CPU = IN_TIME  # CPU seconds of the desk until then: on one core, beside nothing else, they would still be in time
MOST_MEMORY = 600.0  # megabytes of the desk, however many stand at the door at once (I19)


class Guest:
    """Said something once, and only listens since."""

    def __init__(self, url: str) -> None:
        self.texts: dict[int, str] = {}
        self.failed = 0
        self.line: ClientConnection | None = None
        self._url = url
        self._token = ""
        self._place: dict[str, Any] = {}

    async def begins(self) -> None:
        told = await asyncio.to_thread(post, f"{self._url}/chat/v1/visitors", {"site": SITE, "lang": "en"})
        self._token = told["token"]
        await self._opens()
        await self.until("welcome")
        await self._says({"say": {"id": "c-1", "text": "Here I am"}})
        await self.until("ack")

    async def until(self, *kinds: str) -> None:
        """Hear everything up to one of these."""
        assert self.line is not None
        frame: dict[str, Any] = {}
        while not set(kinds) & set(frame):
            frame = json.loads(await self.line.recv())
            self._hears(frame)

    async def is_cut_off(self) -> None:
        with contextlib.suppress(WebSocketException, OSError):
            await self.until("never")

    async def comes_back(self) -> float:
        """Without a moment's patience. When it was told that it has everything, by the loop's clock."""
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                await self._opens()
                await self.until("resumed", "welcome")
                return time.monotonic()
            self.failed += 1
            await asyncio.sleep(0.2)

    async def goes(self) -> None:
        if self.line is not None:
            await self.line.close()

    async def _opens(self) -> None:
        address = f"{self._url.replace('http', 'ws', 1)}/chat/v1/socket"
        self.line = await connect(address, origin=self._url, compression=None, open_timeout=60)  # type: ignore[arg-type]
        await self._says({"hello": {"token": self._token, **self._place}})

    async def _says(self, frame: dict[str, Any]) -> None:
        assert self.line is not None
        await self.line.send(json.dumps(frame))

    def _hears(self, frame: dict[str, Any]) -> None:
        """As docs/protocol.md tells a client to keep its place."""
        told = frame.get("welcome") or frame.get("resumed")
        if told is not None:
            self._place |= {"epoch": told["epoch"], "cursor": told["cursor"]}
        elif "at" in frame:
            self._place["cursor"] = max(self._place.get("cursor", 0), frame["at"] - 1)
        for message in [*frame.get("welcome", {}).get("messages", []), frame.get("message")]:
            if message is not None:
                self.texts[message["seq"]] = message["text"]
        if frame.get("ack"):
            self.texts[frame["ack"]["seq"]] = frame["ack"]["message"]["text"]


@pytest.mark.faults
async def test_two_thousand_are_back_and_current_within_fifteen_seconds(tmp_path: Path) -> None:
    """First after a restart, then after a crash. That they come the first time takes longest by far."""
    desk = RunningDesk(tmp_path)
    await asyncio.to_thread(desk.start)
    guests = [Guest(desk.url) for _ in range(CROWD)]
    try:
        for start in range(0, CROWD, AT_ONCE):
            await asyncio.gather(*(guest.begins() for guest in guests[start : start + AT_ONCE]))
        assert megabytes(desk.pid) < MOST_MEMORY
        for ends in (desk.stop, desk.kill):
            await _all_come_back(desk, guests, ends)
    finally:
        await asyncio.gather(*(guest.goes() for guest in guests))
        await asyncio.to_thread(desk.stop)


async def _all_come_back(desk: RunningDesk, guests: list[Guest], ends: Callable[[], None]) -> None:
    leaving = [asyncio.create_task(guest.is_cut_off()) for guest in guests]
    await asyncio.to_thread(ends)
    await asyncio.gather(*leaving)
    await asyncio.to_thread(desk.start)
    opened, before = time.monotonic(), cpu_seconds(desk.pid)
    back = await asyncio.gather(*(guest.comes_back() for guest in guests))
    took, cpu = max(back) - opened, cpu_seconds(desk.pid) - before
    failed = sum(guest.failed for guest in guests)
    print(f"{len(guests)} back within {took:.1f} s, for {cpu:.1f} CPU seconds of the desk; {failed} tries failed")
    assert took < IN_TIME
    assert cpu < MOST_CPU
    assert megabytes(desk.pid) < MOST_MEMORY
    assert {"Here I am"} == {text for guest in guests for text in guest.texts.values()}
    assert [1] * len(guests) == [len(guest.texts) for guest in guests]
    assert [] == [line for line in desk.log.splitlines() if " failed" in line or "status=5" in line]
