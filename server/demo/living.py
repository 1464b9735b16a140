"""A demo that lives by itself: customers come by dice, and whoever is not at their desk in person is played."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime, timedelta
from random import Random

import structlog
from sqlmodel import Session, col, select

from routing import offers, presence
from routing.assignment import Assignment
from routing.medium import Medium
from routing.offers import Offer
from routing.presence import Intent
from routing.simulation.chance import drawn
from routing.simulation.scenario import Duration, Shape
from server.demo.mailing import Mailing
from server.demo.scenes import Stage, chats
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.live import alongside
from tickets.people import Agent, Role
from tickets.ticket import Ticket

COME_EVERY = 40.0  # seconds, on average
ANSWERED_AFTER = 4.0  # of ringing
TALK = Duration(150.0, Shape.LOGNORMAL)
MOST_WAITING = 12  # with so many in line nobody else comes: a demo that was left alone does not fill its disk
LOOK_EVERY = 1.0
_PLAYED = (Intent.AVAILABLE, Intent.AWAY, Intent.OFFLINE)  # who is at lunch or in a meeting stays there

_log = structlog.get_logger("frontdesk.demo")


class Crowd:
    """Looks at the desk as the scheduler does, and does what people would have done by now, by their own verbs."""

    def __init__(
        self,
        desk: Desk,
        mailing: Mailing,
        at_work: Callable[[], Collection[int]],
        *,
        speed: float = 1.0,
        dice: Random | None = None,
    ) -> None:
        """`at_work`: the agents who are there in person. `speed`: how many times as fast everything happens."""
        self._desk, self._mailing, self._at_work = desk, mailing, at_work
        self._speed, self._dice = speed, dice or Random()
        self._next: datetime | None = None

    async def looks(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("the demo's crowd stumbled")
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        now = self._desk.clock.now()
        played = [one for one in await self._desk.read(_colleagues) if one.id not in self._at_work()]
        await self._desk.change(_are_there, [one.id for one in played], by="system")
        await self._arrive(now)
        by_id, rung = {one.id: one for one in played}, now - timedelta(seconds=ANSWERED_AFTER / self._speed)
        for offer_id, agent_id in await self._desk.read(_ringing, rung):
            if agent_id in by_id:
                await self._try(_answer, offer_id, by_id[agent_id].name, by=by_id[agent_id].actor)
        for ticket_id, agent_id, since in await self._desk.read(_talks):
            over = since + drawn(TALK, Random(ticket_id)) / self._speed
            if agent_id in by_id and over <= now:
                await self._try(_settle, ticket_id, by=by_id[agent_id].actor)

    async def _arrive(self, now: datetime) -> None:
        self._next = self._next or now
        while self._next <= now:
            self._next += timedelta(seconds=self._dice.expovariate(self._speed / COME_EVERY))
            if await self._desk.read(_in_line) < MOST_WAITING:
                await chats(Stage(self._desk, self._mailing, f"{self._dice.getrandbits(64):016x}"))

    async def _try(self, verb: Callable[..., None], *args: object, by: str) -> None:
        """A person, or the customer, may have been quicker."""
        with contextlib.suppress(Refused):
            await self._desk.change(verb, *args, by=by)


@contextlib.asynccontextmanager
async def living(
    desk: Desk, mailing: Mailing, at_work: Callable[[], Collection[int]], *, speed: float
) -> AsyncIterator[Crowd]:
    crowd = Crowd(desk, mailing, at_work, speed=speed)
    async with alongside(crowd.looks(), name="crowd"):
        yield crowd


# What is looked at


def _colleagues(session: Session) -> Sequence[Agent]:
    return session.exec(select(Agent).where(Agent.role == Role.AGENT.value, Agent.active)).all()


def _ringing(session: Session, since: datetime) -> Sequence[tuple[int, int]]:
    return session.exec(select(Offer.id, Offer.agent_id).where(offers.is_live(), col(Offer.made_at) <= since)).all()


def _talks(session: Session) -> Sequence[tuple[int, int, datetime]]:
    held = select(Assignment.ticket_id, Assignment.agent_id, Assignment.since)
    return session.exec(held.where(col(Assignment.ended_at).is_(None), Assignment.medium == Medium.CHAT.value)).all()


def _in_line(session: Session) -> int:
    waiting = select(Ticket.id).where(col(Ticket.live), col(Ticket.agent_id).is_(None)).limit(MOST_WAITING)
    return len(session.exec(waiting).all())


# What they do


def _are_there(change: Change, agent_ids: Sequence[int]) -> None:
    presence.seen(change, agent_ids)
    for agent_id in agent_ids:
        here = presence.of(change, agent_id)
        if not here.connected:
            presence.came(change, agent_id)
        if not here.available and here.intent in _PLAYED and here.state_id is None:
            with change.acting_as(f"agent:{agent_id}"):
                presence.set_intent(change, agent_id, Intent.AVAILABLE)


def _answer(change: Change, offer_id: int, name: str) -> None:
    ticket = offers.accept(change, offer_id)
    if ticket.live:
        ticket.reply(change, "Good morning, I am looking into it.", client_id=f"crowd-{offer_id}", name=name)


def _settle(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).resolve(change)
