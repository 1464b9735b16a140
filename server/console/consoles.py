"""Which agents have a console open in this process, and since when they have been heard of."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import structlog

from routing import presence
from server.auth.sessions import SessionEnded
from tickets.desk import Desk
from tickets.edge import SignedIn
from tickets.events import AgentRevoked
from tickets.live import Outbox, alongside
from tickets.log import LogRow

BEAT_SECONDS = 20.0
REVOKED = 4403
_ENDINGS = {AgentRevoked.__name__, SessionEnded.__name__}

_log = structlog.get_logger("frontdesk.consoles")


class Consoles:
    """Counts open consoles. An agent's first one makes them present; their last one leaves them to the grace period."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open: dict[int, dict[Outbox, int]] = {}  # by agent: each open console, and its session
        self._watching: dict[int, dict[Outbox, int]] = {}  # a wallboard on the wall makes nobody present

    @property
    def screens(self) -> dict[str, int]:
        """How many are open, by what they are."""
        return {
            "console": sum(map(len, self._open.values())),
            "wallboard": sum(map(len, self._watching.values())),
        }

    @contextlib.asynccontextmanager
    async def present(self, agent: SignedIn, outbox: Outbox, *, at_work: bool = True) -> AsyncIterator[None]:
        """While this screen is open. `at_work`: an agent can be reached at it."""
        here = self._open if at_work else self._watching
        first = agent.id not in here
        here.setdefault(agent.id, {})[outbox] = agent.session_id
        try:
            if first and at_work:
                await self._desk.change(presence.came, agent.id, by=agent.actor)
            yield
        finally:
            outboxes = here.get(agent.id, {})
            outboxes.pop(outbox, None)
            if not outboxes:
                here.pop(agent.id, None)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Consoles]:
        async with alongside(self._beat(), name="consoles"):
            yield self

    def heard(self, rows: Sequence[LogRow]) -> None:
        """Close the consoles whose sessions have ended: all of an agent's, or those of one browser."""
        for row in rows:
            if row.kind in _ENDINGS:
                event = row.event
                assert isinstance(event, AgentRevoked | SessionEnded)
                ended = event.session if isinstance(event, SessionEnded) else None
                for screens in (self._open, self._watching):
                    for outbox, session in list(screens.get(event.agent, {}).items()):
                        if ended is None or ended == session:
                            outbox.close(REVOKED)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if self._open:
                try:
                    await self._desk.change(presence.seen, list(self._open), by="system")
                except Exception:
                    _log.exception("heartbeat failed")
