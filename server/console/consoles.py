"""Which agents have a console open in this process, and since when they have been heard of."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial

import structlog

from chat.protocol import TOO_FAST
from routing import presence
from server.auth.sessions import SessionEnded
from server.bus.bus import Bus, LocalBus
from tickets.desk import Desk
from tickets.edge import SignedIn
from tickets.events import AgentRevoked
from tickets.lines.live import LinesElsewhere
from tickets.live import Outbox, alongside
from tickets.log import LogRow

MOST_SCREENS = 10
BEAT_SECONDS = 20.0
GLANCE_SECONDS = 60.0  # who has not asked for so long looks elsewhere: requests come at least every half a minute
REVOKED = 4403
_ENDINGS = {AgentRevoked.__name__, SessionEnded.__name__}

_log = structlog.get_logger("frontdesk.consoles")


class Consoles:
    """Counts open consoles. An agent's first one makes them present; their last one leaves them to the grace period."""

    def __init__(self, desk: Desk, bus: Bus | None = None, *, most: int = MOST_SCREENS) -> None:
        """`most` is how many screens an agent may have open at once, at all processes."""
        bus = bus or LocalBus()
        self._desk = desk
        self._most = most
        self._whisper = bus.whisper
        self._elsewhere = LinesElsewhere("agents", bus.whisper, self._many)
        bus.listen(rung=lambda: None, whispered=self._elsewhere.hear)
        self._known: set[int] = set()  # of whom it was written down since the last beat that they are here
        self._glances: dict[tuple[int, int], tuple[float, str]] = {}  # agent and ticket: when they asked; their name
        self._open: dict[int, dict[Outbox, int]] = {}  # by agent: each open console, and its session
        self._watching: dict[int, dict[Outbox, int]] = {}  # a wallboard on the wall makes nobody present

    @property
    def screens(self) -> dict[str, int]:
        """How many are open, by what they are."""
        return {
            "console": sum(map(len, self._open.values())),
            "wallboard": sum(map(len, self._watching.values())),
        }

    @property
    def at_work(self) -> frozenset[int]:
        """Agents with an open console at this process."""
        return frozenset(self._open)

    @contextlib.asynccontextmanager
    async def present(
        self, agent: SignedIn, outbox: Outbox, *, at_work: bool = True, lasts: bool = True
    ) -> AsyncIterator[None]:
        """While this screen is open. `at_work`: an agent can be reached at it. `lasts`: it is no mere request."""
        here = self._open if at_work else self._watching
        first = agent.id not in here and (lasts or agent.id not in self._known)
        here.setdefault(agent.id, {})[outbox] = agent.session_id
        self._count(agent.id, outbox, lasts=lasts)
        try:
            if first and at_work:
                self._known.add(agent.id)
                await self._desk.change(presence.came, agent.id, by=agent.actor)
            yield
        finally:
            outboxes = here.get(agent.id, {})
            outboxes.pop(outbox, None)
            if not outboxes:
                here.pop(agent.id, None)
            if not self._many(agent.id):
                self._elsewhere.closed(agent.id)

    def _many(self, agent_id: int) -> int:
        """That go on; whoever is told to look for another process does not."""
        screens = [*self._open.get(agent_id, ()), *self._watching.get(agent_id, ())]
        return sum(outbox.code is None for outbox in screens)

    def _count(self, agent_id: int, outbox: Outbox, *, lasts: bool) -> None:
        """A proxy may hold on to requests that the browser has given up: of those twice as many are fine."""
        too_many = partial(outbox.close, TOO_FAST)
        if self._many(agent_id) > (self._most if lasts else 2 * self._most):
            too_many()
        elif lasts:
            self._elsewhere.opened(agent_id, most=self._most, too_many=too_many)

    def glances(self, agent: SignedIn, ticket: int) -> bool:
        """An agent without a socket looks at this ticket. Whether that is new: they say so again and again."""
        is_new = (agent.id, ticket) not in self._glances
        self._glances[agent.id, ticket] = (_now(), agent.name)
        return is_new

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
            self._forget()
            self._known = set(self._open)
            if self._open:
                try:
                    await self._desk.change(presence.seen, list(self._open), by="system")
                except Exception:
                    _log.exception("heartbeat failed")

    def _forget(self) -> None:
        """Nobody who looks without a socket says when they stop."""
        now = _now()
        for (agent, ticket), (asked_at, name) in list(self._glances.items()):
            if now - asked_at >= GLANCE_SECONDS:
                del self._glances[agent, ticket]
                frame = {"kind": "looking", "ticket": ticket, "on": False, "agent": agent, "name": name}
                self._whisper(f"ticket:{ticket}", {"whisper": frame})


def _now() -> float:
    return asyncio.get_running_loop().time()
