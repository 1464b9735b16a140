"""Visitors whose network lets no socket through: they say the same by requests, whatever becomes of those."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from http.client import HTTPException
from typing import Any

from tests.faults.history import SAY
from tests.faults.visitors import AT_ONCE, Visitor


class Poller(Visitor):
    """Says everything that is not confirmed again in each request, with something new."""

    async def talk(self) -> None:
        """Until told to stop and nothing waits any more; over any number of requests without an answer."""
        await self.arrive()
        while not self._leaving:
            try:
                await self._ask()
                await asyncio.sleep(self._random.uniform(0, 0.3))
            except (OSError, HTTPException, ValueError):
                self._broken()
                await asyncio.sleep(0.05)

    async def _ask(self) -> None:
        if not self._stopped.is_set() and len(self._waiting) < AT_ONCE:
            self._waiting[f"c-{self._turn}"] = f"{self.author} says {self._turn} 你好"
            self._turn += 1
        said = dict(self._waiting)
        for client_id, text in said.items():
            self._history.begins(self.author, SAY, client_id, text=text)
        frames = [{"say": {"id": client_id, "text": text}} for client_id, text in said.items()]
        told = await asyncio.to_thread(self._post, {"frames": [{"hello": self._place}, *frames], "wait": False})
        for frame in told["frames"]:
            await self._hear(frame)
        self._place |= {"epoch": told["epoch"]}
        if told["cursor"] is not None:
            self._place["cursor"] = max(self._place.get("cursor", 0), told["cursor"])

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        asked = urllib.request.Request(f"{self.url}/chat/v1/poll", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found
