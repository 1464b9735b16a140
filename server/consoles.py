"""Which agents have a console open in this process, and since when they have been heard of."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import structlog

from routing import presence
from tickets.desk import Desk
from tickets.edge import SignedIn
from tickets.events import AgentRevoked
from tickets.live import Outbox
from tickets.log import LogRow

BEAT_SECONDS = 20.0
REVOKED = 4403

_log = structlog.get_logger("frontdesk.consoles")


class Consoles:
    """Counts open consoles. An agent's first one makes them present; their last one leaves them to the grace period."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open: dict[int, set[Outbox]] = {}

    @contextlib.asynccontextmanager
    async def present(self, agent: SignedIn, outbox: Outbox) -> AsyncIterator[None]:
        first = agent.id not in self._open
        self._open.setdefault(agent.id, set()).add(outbox)
        try:
            if first:
                await self._desk.change(presence.came, agent.id, by=agent.actor)
            yield
        finally:
            outboxes = self._open.get(agent.id, set())
            outboxes.discard(outbox)
            if not outboxes:
                self._open.pop(agent.id, None)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Consoles]:
        task = asyncio.create_task(self._beat(), name="consoles")
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def heard(self, rows: Sequence[LogRow]) -> None:
        """Close the consoles of agents whose sessions were revoked."""
        for row in rows:
            if row.kind == AgentRevoked.__name__:
                event = row.event
                assert isinstance(event, AgentRevoked)
                for outbox in list(self._open.get(event.agent, ())):
                    outbox.close(REVOKED)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if self._open:
                try:
                    await self._desk.change(presence.seen, list(self._open), by="system")
                except Exception:
                    _log.exception("heartbeat failed")
