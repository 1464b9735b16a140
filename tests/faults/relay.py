"""A mail server that takes everything slowly, and writes down what it took before it says so."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections import Counter
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session


class SlowRelay:
    """Listens on a port of its own. `taken` counts each Message-ID; a mail counts before its 250 is sent."""

    def __init__(self, pause: float = 0.03) -> None:
        self.taken: Counter[str] = Counter()
        self.took = asyncio.Event()
        self._pause = pause

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="relay.example"), "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self._pause)
        mail = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        self.taken[str(mail["Message-ID"])] += 1
        self.took.set()
        await asyncio.sleep(self._pause)
        return "250 OK"
