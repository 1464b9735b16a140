"""Offers that two people reach for in the same moment, and two houses that sweep what is due at once.

On PostgreSQL they are at two desks on one database, as two processes are; SQLite has one desk, and one writer.
FRONTDESK_TEST_PAIRS says how many pairs there are: a thousand take half a minute.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, col, select

from routing import handing, loads, offers, presence
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.chores import CHORES
from routing.events import OfferAccepted, OfferExpired, OfferRevoked, PresenceChanged, WrapUpEnded
from routing.loads import LoadForm
from routing.medium import Medium
from routing.offers import Offer
from routing.presence import Intent
from routing.queues import add_queue
from routing.reactions import REACTIONS
from server.database import Database
from server.scheduler import Scheduler
from tests.cast import MovedClock, a_database, a_ticket, an_agent
from tests.engine import database_url, scaled
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Conflict
from tickets.log import LogRow
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.ticket import Ticket

PAIRS, AT_ONCE = int(os.environ.get("FRONTDESK_TEST_PAIRS", "200")), 20
T = TypeVar("T")
WIDE = Rules(pool=25 * AT_ONCE)


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[list[Desk]]:
    """Ada's and Bo's, on one clock."""
    clock, reactions = MovedClock(), Reactions(REACTIONS)
    async with AsyncExitStack() as stack:
        databases = [stack.enter_context(closing(a_database(tmp_path)))]
        if scaled():
            databases.append(stack.enter_context(closing(Database(database_url(tmp_path)))))
        opened = [
            await stack.enter_async_context(Desk(one.writes, one.reads, clock=clock, rules=WIDE, reactions=reactions))
            for one in databases
        ]
        yield [opened[0], opened[-1]]


async def test_of_each_pair_one_wins_and_the_other_reads_who(desks: list[Desk]) -> None:
    """Ada accepts on one desk what Bo takes from the list on the other."""
    first, second = desks
    ada, bo = await first.change(_floor, "Ada", "Bo", by="system")
    await first.change(presence.set_intent, bo, Intent.AWAY, by="system")
    won: Counter[str] = Counter()
    for _ in range(PAIRS // AT_ONCE):
        await asyncio.gather(*(first.change(_chat, by="system") for _ in range(AT_ONCE)))
        ringing = await first.read(_ringing)
        assert AT_ONCE == len(ringing)
        adas: Iterable[Any] = (first.begin(offers.accept, one.id, by=f"agent:{ada}") for one in ringing)
        bos: Iterable[Any] = (
            second.begin(handing.assign, one.ticket_id, bo, shown=0, by=f"agent:{bo}") for one in reversed(ringing)
        )
        said = await asyncio.gather(*_in_turn(adas, bos), return_exceptions=True)
        won += Counter(_winner(ada_s, bo_s) for ada_s, bo_s in zip(said[::2], reversed(said[1::2]), strict=True))
        assert dict.fromkeys((one.ticket_id for one in ringing), 1) == Counter(await first.read(_held))
        await asyncio.gather(*(first.change(_leaves, one.ticket_id, by="system") for one in ringing))

    assert PAIRS == won["Ada"] + won["Bo"]
    assert [(0, 0), (0, 0)] == [(one.used, one.excess) for one in await first.read(_capacities)]


async def test_the_same_accept_from_two_tabs_has_one_effect(desks: list[Desk]) -> None:
    first, second = desks
    (ada,) = await first.change(_floor, "Ada", by="system")
    await asyncio.gather(*(first.change(_chat, by="system") for _ in range(20)))
    ringing = await first.read(_ringing)

    await asyncio.gather(*(desk.change(offers.accept, one.id, by=f"agent:{ada}") for one in ringing for desk in desks))

    assert dict.fromkeys((one.ticket_id for one in ringing), 1) == Counter(await second.read(_held))
    assert dict.fromkeys((one.id for one in ringing), 1) == Counter(
        one.offer for one in await second.read(_events, OfferAccepted)
    )


async def test_two_that_sweep_at_once_have_one_effect(desks: list[Desk]) -> None:
    """Offers that rang out, a wrap-up that is over, agents of whom nothing was heard: each is told of once."""
    first, _ = desks
    ada, bo = await first.change(_floor, "Ada", "Bo", by="system")
    await first.change(loads.set_loads, {Medium.CHAT: LoadForm(wrap_seconds=20)}, by="system")
    for _ in range(6):
        await first.change(_chat, by="system")
    accepted, *_ = await first.read(_ringing)
    await first.change(offers.accept, accepted.id, by=f"agent:{accepted.agent_id}")
    await first.change(_leaves, accepted.ticket_id, by="system")
    assert isinstance(first.clock, MovedClock)

    for seconds in (25, 25, 45):
        first.clock.moves(seconds=seconds)
        houses = [Scheduler(desk, CHORES) for desk in desks]
        await asyncio.gather(*(house.look() for house in houses for _ in range(3)))

    ends = [one.offer for kind in _ENDS for one in await first.read(_events, kind)]
    over = await first.read(lambda session: [one.id for one in session.exec(select(Offer)) if one.state != "offered"])
    assert dict.fromkeys(over, 1) == Counter(ends)
    assert [accepted.ticket_id] == [one.ticket for one in await first.read(_events, WrapUpEnded)]
    lost = [one.agent for one in await first.read(_events, PresenceChanged) if not one.connected]
    assert [ada, bo] == sorted(lost)
    assert [(0, 0), (0, 0)] == [(one.used, one.excess) for one in await first.read(_capacities)]


_ENDS: tuple[type[Any], ...] = (OfferAccepted, OfferExpired, OfferRevoked)


def _floor(change: Change, *names: str) -> list[int]:
    agents = [an_agent(change, name).id for name in names]
    add_queue(change, "Support", members=agents)
    for agent in agents:
        presence.came(change, agent)
        presence.set_intent(change, agent, Intent.AVAILABLE)
    return agents


def _chat(change: Change) -> None:
    a_ticket(change, live=True)


def _leaves(change: Change, ticket_id: int) -> None:
    """And the matter is settled with that."""
    change.take(Ticket, ticket_id).resolve(change)


def _in_turn(*those: Iterable[T]) -> list[T]:
    """One of each, then the next of each."""
    return [one for together in zip(*those, strict=True) for one in together]


def _winner(ada: object, bo: object) -> str:
    if isinstance(ada, Conflict):
        assert "Bo took this." == str(ada)
        assert bo is None
        return "Bo"
    assert isinstance(bo, Conflict)
    assert "Ada took this." == str(bo)
    return "Ada"


def _ringing(session: Session) -> list[Offer]:
    return list(session.exec(select(Offer).where(offers.is_live()).order_by(col(Offer.id))))


def _held(session: Session) -> list[int]:
    return list(session.exec(select(Assignment.ticket_id).where(col(Assignment.ended_at).is_(None))))


def _capacities(session: Session) -> list[Capacity]:
    return list(session.exec(select(Capacity).order_by(col(Capacity.agent_id))))


def _events(session: Session, kind: type[Any]) -> list[Any]:
    return [row.event for row in session.exec(select(LogRow).where(LogRow.kind == kind.__name__))]
