"""A demo that lives by itself: customers come by dice, and whoever is not at their desk in person is played."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import datetime, timedelta
from random import Random

import structlog

from routing.callbacks.callback import Outcome
from routing.simulation.chance import drawn
from routing.simulation.scenario import Duration, Flow, Shape
from server.demo import colleagues, scenes
from server.demo.colleagues import MOST_WAITING, Held
from server.demo.mailing import Mailing
from server.demo.scenes import Plays, Stage
from server.demo.tides import Tides
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.live import alongside
from tickets.people import Agent
from tickets.status import Channel

ANSWERED_AFTER = 4.0  # seconds of ringing
RINGS_OUT = 20.0  # seconds until they hang up where nobody answers
LOOK_EVERY = 1.0
_OTHERWISE = Duration(150.0, Shape.LOGNORMAL)  # of work that came by a channel of which nothing is said
_SCENES: Mapping[Channel, Plays] = {
    Channel.CHAT: scenes.chats,
    Channel.EMAIL: scenes.writes,
    Channel.CALLBACK: scenes.wants_call,
    Channel.COMPLAINT: scenes.complains,
}

_log = structlog.get_logger("frontdesk.demo")


class Crowd:
    """Looks at the desk as the scheduler does, and does what people would have done by now, by their own verbs."""

    def __init__(
        self,
        desk: Desk,
        mailing: Mailing,
        at_work: Callable[[], Collection[int]],
        tides: Tides,
        *,
        dice: Random | None = None,
    ) -> None:
        """`at_work`: the agents who are there in person."""
        self._desk, self._mailing, self._at_work = desk, mailing, at_work
        self._tides, self._dice = tides, dice or Random()
        self._lasts, self._patience = tides.handling(), tides.patience()
        self._began = desk.clock.now()
        self._looked = self._began

    async def looks(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("the demo's crowd stumbled")
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        now = self._desk.clock.now()
        played = {one.id: one for one in await self._desk.read(colleagues.colleagues) if one.id not in self._at_work()}
        await self._desk.change(colleagues.are_there, list(played), by="system")
        for flow in self._tides.flows:
            await self._arrive(flow, now)
        self._looked = now
        await self._answer(played, now)
        await self._work(played, now)
        await self._lose_patience(now)

    # Customers

    async def _arrive(self, flow: Flow, now: datetime) -> None:
        """As many as dice say for the time since we looked (a Poisson process); nobody where the line is long."""
        left = (now - self._looked).total_seconds() * self._tides.rate(flow, now)
        while (left := left - self._dice.expovariate(1.0)) > 0:
            if await self._desk.read(colleagues.in_line, flow.channel) < MOST_WAITING:
                stage = Stage(self._desk, self._mailing, f"{self._dice.getrandbits(64):016x}")
                with contextlib.suppress(Refused):  # nobody can be rung before tomorrow
                    await _SCENES[flow.channel](stage)

    async def _lose_patience(self, now: datetime) -> None:
        if self._patience is None:
            return
        for visitor_id, came in await self._desk.read(colleagues.waits_in_chat, self._began):
            if came + self._takes(self._patience, visitor_id) <= now:
                await self._try(colleagues.give_up, visitor_id, by=f"visitor:{visitor_id}")

    # Agents

    async def _answer(self, played: Mapping[int, Agent], now: datetime) -> None:
        rung = now - timedelta(seconds=ANSWERED_AFTER / self._tides.speed)
        for offer_id, agent_id in await self._desk.read(colleagues.ringing, rung):
            if agent_id in played:
                await self._try(colleagues.answer, offer_id, played[agent_id].name, by=played[agent_id].actor)

    async def _work(self, played: Mapping[int, Agent], now: datetime) -> None:
        """Go on with what they hold; who has no mail or call, and at most one chat, takes the next of their queues."""
        holds, busy = Counter[int](), set[int]()
        for one in await self._desk.read(colleagues.held, self._began):
            holds[one.agent_id] += 1
            if one.channel != Channel.CHAT or holds[one.agent_id] > 1:
                busy.add(one.agent_id)
            if one.agent_id in played:
                await self._go_on(one, played[one.agent_id], now)
        for ticket_id, agent_id in await self._desk.read(colleagues.untaken, self._began, set(played) - busy):
            if agent_id not in busy:
                busy.add(agent_id)
                await self._try(colleagues.take, ticket_id, agent_id, by=played[agent_id].actor)

    async def _go_on(self, one: Held, agent: Agent, now: datetime) -> None:
        lasts = self._takes(self._lasts.get(one.channel, _OTHERWISE), one.ticket_id)
        if not one.to_call:
            if one.since + lasts <= now:
                await self._try(colleagues.settle, one.ticket_id, agent.name, by=agent.actor)
        elif one.dialling_at is None:
            await self._try(colleagues.dial, one.ticket_id, by=agent.actor)
        else:
            reached = self._tides.reached(one.ticket_id, one.attempts or 0)
            outcome = Outcome.REACHED if reached else Outcome.NO_ANSWER
            over = lasts if reached else timedelta(seconds=RINGS_OUT / self._tides.speed)
            if one.dialling_at + over <= now:
                await self._try(colleagues.hang_up, one.ticket_id, outcome, by=agent.actor)

    def _takes(self, duration: Duration, id: int) -> timedelta:
        """The same each time that we look."""
        return drawn(duration, Random(id)) / self._tides.speed

    async def _try(self, verb: Callable[..., None], *args: object, by: str) -> None:
        """A person, or the customer, may have been quicker."""
        with contextlib.suppress(Refused):
            await self._desk.change(verb, *args, by=by)


@contextlib.asynccontextmanager
async def living(
    desk: Desk, mailing: Mailing, at_work: Callable[[], Collection[int]], tides: Tides
) -> AsyncIterator[Crowd]:
    crowd = Crowd(desk, mailing, at_work, tides)
    async with alongside(crowd.looks(), name="crowd"):
        yield crowd
