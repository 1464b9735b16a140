"""Visitors who talk without a pause, whatever becomes of their line, and remember what they were told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import urllib.request
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.faults.checker import End, Sent, View

SITE = "lumen"
AT_ONCE = 4  # sends that may wait for their acknowledgement


class Visitor:
    """One browser: sends with ids of its own, and sends again after a break whatever was not acknowledged.

    A forgetful one does not send again: what it was not told of stays unknown.
    """

    def __init__(self, url: str, seed: str, *, forgetful: bool) -> None:
        self.url = url
        self.sent: list[Sent] = []
        self.author = ""
        self.breaks = 0
        self._random = random.Random(seed)
        self._forgetful = forgetful
        self._token = ""
        self._seen: dict[int, str] = {}
        self._first = 1  # what came before was not asked for
        self._place: dict[str, Any] = {}
        self._waiting: list[Sent] = []
        self._stopping = False
        self._acknowledged = asyncio.Event()

    @property
    def view(self) -> View:
        """The timeline on the screen, and where it begins."""
        return View(self._first, sorted(self._seen.items()))

    @property
    def acknowledged(self) -> int:
        return sum(one.end is End.ACKNOWLEDGED for one in self.sent)

    async def arrive(self) -> None:
        answer = await asyncio.to_thread(_post, f"{self.url}/chat/v1/visitors", {"site": SITE, "lang": "en"})
        self._token, self.author = answer["token"], f"visitor:{answer['visitor']}"

    async def talk(self) -> None:
        """Until told to stop and nothing waits any more; over any number of broken lines."""
        while not (self._stopping and not self._waiting):
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                async with connect(self._address, origin=self.url) as line:  # type: ignore[arg-type]
                    await self._on(line)
            self.breaks += 1
            if self._forgetful:
                self._waiting.clear()
            await asyncio.sleep(0.02)

    def stop(self) -> None:
        self._stopping = True

    async def look(self) -> View:
        """What the same person sees who comes back with nothing but their token."""
        async with connect(self._address, origin=self.url) as line:  # type: ignore[arg-type]
            await line.send(json.dumps({"hello": {"token": self._token}}))
            await self._hear(json.loads(await line.recv()))
        return self.view

    @property
    def _address(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/chat/v1/socket"

    async def _on(self, line: ClientConnection) -> None:
        await line.send(json.dumps({"hello": {"token": self._token, **self._place}}))
        await self._hear(json.loads(await line.recv()))
        for one in self._waiting:
            await line.send(_say(one))
        talking = asyncio.create_task(self._keep_talking(line))
        try:
            while not (self._stopping and not self._waiting):
                async with asyncio.timeout(30):
                    await self._hear(json.loads(await line.recv()))
        finally:
            talking.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketException):
                await talking

    async def _keep_talking(self, line: ClientConnection) -> None:
        while not self._stopping:
            while len(self._waiting) >= AT_ONCE:
                self._acknowledged.clear()
                await self._acknowledged.wait()
            turn = len(self.sent)
            one = Sent(self.author, f"c-{turn}", turn, f"{self.author} says {turn} 你好")
            self.sent.append(one)
            self._waiting.append(one)
            await line.send(_say(one))
            await asyncio.sleep(self._random.uniform(0, 0.02))

    async def _hear(self, frame: dict[str, Any]) -> None:
        for kind in ("welcome", "resumed"):
            if kind in frame:
                self._place = {"epoch": frame[kind]["epoch"], "cursor": frame[kind]["cursor"]}
        if "welcome" in frame:
            self._seen = {message["seq"]: message["text"] for message in frame["welcome"]["messages"]}
            self._first = min(self._seen, default=1) if frame["welcome"]["older"] else 1
        if "ack" in frame:
            self._seen[frame["ack"]["seq"]] = frame["ack"]["message"]["text"]
            self._end(frame["ack"]["id"], End.ACKNOWLEDGED, frame["ack"]["seq"])
        if "refused" in frame:
            self._end(frame["refused"]["id"], End.REFUSED, None)
        if "at" in frame:
            self._place["cursor"] = frame["at"]
        if "message" in frame:
            self._seen[frame["message"]["seq"]] = frame["message"]["text"]

    def _end(self, client_id: str, end: End, seq: int | None) -> None:
        for one in [one for one in self._waiting if one.client_id == client_id]:
            one.end, one.seq = end, seq
            self._waiting.remove(one)
        self._acknowledged.set()


def _say(one: Sent) -> str:
    return json.dumps({"say": {"id": one.client_id, "text": one.text}})


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found
