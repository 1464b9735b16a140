"""One of several processes on one port, as it talks with the one that started it (server/processes/workers.py)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass

OPEN, SHUT = b"open ", b"shut\n"


@dataclass(frozen=True)
class Worker:
    """What a worker was given: the port's socket, and a line to its overseer that breaks when either of them dies."""

    listening: socket.socket
    line: socket.socket

    @classmethod
    def of(cls, told: str) -> Worker:
        """From the two file numbers on its command line."""
        listening, line = (socket.socket(fileno=int(number)) for number in told.split(","))
        return cls(listening, line)

    def opened(self, greeting: str) -> None:
        """The doors are open; `greeting` is for whoever started all this."""
        self.line.sendall(OPEN + greeting.encode().replace(b"\n", b"\r") + b"\n")

    async def obey(self, *, shut: Callable[[], None], end: Callable[[], None]) -> None:
        """`shut`: take no more connections, another process does. `end`: nobody watches over us any more."""
        self.line.setblocking(False)
        loop = asyncio.get_running_loop()
        while word := await loop.sock_recv(self.line, 100):
            if SHUT in word:
                shut()
        end()
