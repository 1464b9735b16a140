"""Visitors who talk without a pause, whatever becomes of their line, and remember what they were told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.faults.checker import End, View
from tests.faults.history import FILE, SAY, History

SITE = "lumen"
AT_ONCE = 4  # sends that may wait for their acknowledgement
PAUSE = 0.02  # seconds between two of them at the most


class Visitor:
    """One browser: sends with ids of its own, and sends again after a break whatever was not acknowledged.

    A forgetful one does not send again: what it was not told of stays unknown. A nervous one sends now and then the
    same thing twice, and asks for what is refused.
    """

    def __init__(
        self,
        url: str,
        seed: str,
        history: History,
        *,
        forgetful: bool = False,
        nervous: bool = False,
        most: int = 0,
        pause: float = PAUSE,
    ) -> None:
        self.url = url
        self.author = ""
        self.token = ""
        self.breaks = 0
        self.acknowledged = 0
        self.seen_so_far: list[View] = []  # at each break
        self.here = asyncio.Event()
        self._history = history
        self._random = random.Random(seed)
        self._forgetful = forgetful
        self._nervous = nervous
        self._most = most  # messages; 0: without an end
        self._pause = pause
        self._turn = 0
        self._seen: dict[int, str] = {}
        self._first = 1  # what came before was not asked for
        self._place: dict[str, Any] = {}
        self._waiting: dict[str, str] = {}  # text by id
        self._stopped = asyncio.Event()
        self._acknowledged = asyncio.Event()

    @property
    def view(self) -> View:
        """The timeline on the screen, and where it begins."""
        return View(self._first, sorted(self._seen.items()))

    async def arrive(self) -> None:
        """Open the page; again and again until somebody answers."""
        while not self.here.is_set():
            try:
                answer = await asyncio.to_thread(post, f"{self.url}/chat/v1/visitors", {"site": SITE, "lang": "en"})
            except (OSError, HTTPException):
                await asyncio.sleep(0.05)
            else:
                self.token, self.author = answer["token"], f"visitor:{answer['visitor']}"
                self.here.set()

    async def talk(self) -> None:
        """Until told to stop and nothing waits any more; over any number of broken lines."""
        await self.arrive()
        while not self._leaving:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                async with connect(self._address, origin=self.url) as line:  # type: ignore[arg-type]
                    await self._on(line)
            self._broken()
            await asyncio.sleep(0.02)

    def stop(self) -> None:
        self._stopped.set()

    @property
    def _leaving(self) -> bool:
        return self._stopped.is_set() and not self._waiting

    def _broken(self) -> None:
        self.breaks += 1
        self.seen_so_far.append(self.view)
        for client_id in self._waiting:
            self._history.ends(self.author, SAY, client_id, End.UNKNOWN)
        if self._forgetful:
            self._waiting.clear()

    async def look(self) -> View:
        """What the same person sees who comes back with nothing but their token."""
        async with connect(self._address, origin=self.url) as line:  # type: ignore[arg-type]
            await line.send(json.dumps({"hello": {"token": self.token}}))
            await self._hear(json.loads(await line.recv()))
        return self.view

    @property
    def _address(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/chat/v1/socket"

    async def _on(self, line: ClientConnection) -> None:
        await line.send(json.dumps({"hello": {"token": self.token, **self._place}}))
        await self._hear(json.loads(await line.recv()))
        for client_id in list(self._waiting):
            await self._say(line, client_id)
        under_way = [asyncio.create_task(self._keep_talking(line)), asyncio.create_task(self._take_leave(line))]
        try:
            left = False
            while not left:
                async with asyncio.timeout(30):
                    greeted = await self._hear(json.loads(await line.recv()))
                left = greeted and self._leaving
        finally:
            for task in under_way:
                task.cancel()
            for ended in await asyncio.gather(*under_way, return_exceptions=True):  # who is sent away meanwhile, goes
                if isinstance(ended, Exception) and not isinstance(ended, WebSocketException):
                    raise ended

    async def _take_leave(self, line: ClientConnection) -> None:
        """Whoever is greeted again has heard everything that the first greeting had to bring."""
        await self._stopped.wait()
        while self._waiting:
            self._acknowledged.clear()
            await self._acknowledged.wait()
        await line.send(json.dumps({"hello": {"token": self.token, **self._place}}))

    async def _keep_talking(self, line: ClientConnection) -> None:
        while not self._stopped.is_set():
            if len(self._waiting) >= AT_ONCE or 0 < self._most <= self._turn:
                self._acknowledged.clear()
                await self._acknowledged.wait()
                continue
            client_id = f"c-{self._turn}"
            self._waiting[client_id] = f"{self.author} says {self._turn} 你好"
            self._turn += 1
            await self._say(line, client_id)
            if self._nervous and self._turn % 5 == 0:
                await self._say(line, client_id)
            if self._nervous and self._turn % 7 == 3:
                await line.send(json.dumps({"rate": {"id": f"r-{self._turn}", "score": 1}}))  # it has not ended
            await asyncio.sleep(self._random.uniform(0, self._pause))

    async def _say(self, line: ClientConnection, client_id: str) -> None:
        text = self._waiting[client_id]
        self._history.begins(self.author, SAY, client_id, text=text)
        await line.send(json.dumps({"say": {"id": client_id, "text": text}}))

    async def _hear(self, frame: dict[str, Any]) -> bool:
        """Whether it is a greeting."""
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
        return "welcome" in frame or "resumed" in frame

    def _end(self, client_id: str, end: End, seq: int | None) -> None:
        if client_id.startswith("c-"):
            self._history.ends(self.author, SAY, client_id, end, seq=seq)
        if self._waiting.pop(client_id, None) is not None:
            self.acknowledged += end is End.ACKNOWLEDGED
        self._acknowledged.set()


class Uploader:
    """Adds one file after the other to a chat, and sends again what was not taken."""

    def __init__(self, visitor: Visitor, history: History, *, files: int) -> None:
        self.taken = 0
        self._visitor = visitor
        self._history = history
        self._files = files

    async def add(self) -> None:
        """All of them, over any number of broken lines."""
        await self._visitor.here.wait()
        for n in range(self._files):
            taken = False
            while not taken:
                taken = await self._added(f"f-{n}")
            self.taken += 1

    async def _added(self, client_id: str) -> bool:
        who = self._visitor
        self._history.begins(who.author, FILE, client_id)
        try:
            await asyncio.to_thread(_post_file, f"{who.url}/chat/v1/files", who.token, client_id)
        except (OSError, HTTPException):
            self._history.ends(who.author, FILE, client_id, End.UNKNOWN)
            await asyncio.sleep(0.05)
            return False
        self._history.ends(who.author, FILE, client_id, End.ACKNOWLEDGED)
        return True


def _post_file(url: str, token: str, client_id: str) -> None:
    """Bytes of its own each, more than fit into one piece."""
    content = (f"{url} {client_id} ".encode() * 4096)[: 96 * 1024]
    parts = [
        b'--edge\r\nContent-Disposition: form-data; name="client_id"\r\n\r\n' + client_id.encode(),
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\n" + content,
        b"--edge--\r\n",
    ]
    headers = {"Content-Type": "multipart/form-data; boundary=edge", "Authorization": f"Bearer {token}"}
    with urllib.request.urlopen(urllib.request.Request(url, b"\r\n".join(parts), headers), timeout=30) as answer:
        answer.read()


def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


async def a_stranger_is_told(url: str) -> tuple[int, bool]:
    """The status that somebody new gets, and whether they are told when to come again."""
    try:
        await asyncio.to_thread(post, f"{url}/chat/v1/visitors", {"site": SITE, "lang": "en"})
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, int(error.headers["Retry-After"]) > 0
    return 201, False
