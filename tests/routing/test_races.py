"""Two people at once, on a real desk with a real file: one wins, and the other reads who did."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from routing import handing, matching, offers, presence
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.chores import CHORES
from routing.offers import Offer
from routing.presence import Intent
from routing.queues import Delivery, add_queue
from routing.reactions import REACTIONS
from tests.cast import MovedClock, a_customer, a_database, a_desk, a_ticket, an_agent
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Conflict
from tickets.ticket import Ticket


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database = a_database(tmp_path)
    async with a_desk(database, clock=MovedClock(), reactions=REACTIONS) as desk:
        yield desk
    database.close()


async def test_two_accepts_at_once_make_one_assignment(desk: Desk) -> None:
    """The same agent in two tabs."""
    (ada,), _ = await desk.change(_floor, "Ada", by="system")
    await desk.change(_chat, by="system")
    (offer,) = await desk.read(_live_offers)

    answers = await asyncio.gather(*(desk.change(offers.accept, offer.id, by=f"agent:{ada}") for _ in range(20)))

    assert {offer.ticket_id} == {ticket.id for ticket in answers}
    assert [ada] == [one.agent_id for one in await desk.read(_assignments)]
    assert [25] == [one.used for one in await desk.read(_capacities)]


async def test_whoever_clicks_second_reads_who_was_first(desk: Desk) -> None:
    (ada, bo), _ = await desk.change(_floor, "Ada", "Bo", by="system")
    ticket_id = await desk.change(_chat, by="system")
    (offer,) = await desk.read(_live_offers)

    answers = await asyncio.gather(
        desk.change(handing.assign, ticket_id, bo, shown=0, by=f"agent:{bo}", about=ticket_id),
        desk.change(offers.accept, offer.id, by=f"agent:{ada}"),
        return_exceptions=True,
    )

    assert isinstance(answers[1], Conflict)
    assert "Bo took this." == str(answers[1])
    assert [bo] == [one.agent_id for one in await desk.read(_assignments)]
    assert [] == await desk.read(_live_offers)


async def test_next_gives_everyone_something_else(desk: Desk) -> None:
    people, queue = await desk.change(_floor, "Ada", "Bo", "Grace", by="system")
    for _ in range(12):
        await desk.change(_letter, queue, by="system")

    taken = await asyncio.gather(
        *(desk.change(matching.next_ticket, agent, by=f"agent:{agent}") for agent in people * 4)
    )

    assert 12 == len({ticket.id for ticket in taken})
    assert [20, 20, 20] == [one.used for one in await desk.read(_capacities)]


async def test_a_burst_of_chats_fills_everyone_and_nobody_beyond(desk: Desk) -> None:
    people, _ = await desk.change(_floor, "Ada", "Bo", by="system")

    await asyncio.gather(*(desk.change(_chat, by="system") for _ in range(30)))

    rung = await desk.read(_live_offers)
    assert dict.fromkeys(people, 4) == {agent: [o.agent_id for o in rung].count(agent) for agent in people}
    assert [(100, 0), (100, 0)] == [(one.used, one.excess) for one in await desk.read(_capacities)]
    oldest = await desk.read(
        lambda session: session.exec(select(Ticket.id).order_by(col(Ticket.number)).limit(8)).all()
    )
    assert set(oldest) == {offer.ticket_id for offer in rung}


async def test_an_answer_and_the_end_of_the_ring_at_once_leave_one_of_both(desk: Desk) -> None:
    (ada,), _ = await desk.change(_floor, "Ada", by="system")
    await desk.change(_chat, by="system")
    (offer,) = await desk.read(_live_offers)
    assert isinstance(desk.clock, MovedClock)
    desk.clock.moves(seconds=20)
    ring_out = CHORES[0]

    await asyncio.gather(
        desk.change(ring_out.act, offer.id, by="system"),
        desk.change(offers.accept, offer.id, by=f"agent:{ada}"),
        desk.change(ring_out.act, offer.id, by="system"),
        return_exceptions=True,
    )

    held = await desk.read(_assignments)
    (row,) = await desk.read(lambda session: session.exec(select(Offer)).all())
    assert {"expired": 0, "accepted": 1}[row.state] == len(held)
    assert [25 * len(held)] == [one.used for one in await desk.read(_capacities)]


def _floor(change: Change, *names: str) -> tuple[list[int], int]:
    agents = [an_agent(change, name).id for name in names]
    queue = add_queue(change, "Support", delivery=Delivery.PULL, members=agents)
    for agent in agents:
        presence.came(change, agent)
        presence.set_intent(change, agent, Intent.AVAILABLE)
    return agents, queue.id


def _chat(change: Change) -> int:
    return a_ticket(change, live=True).id


def _letter(change: Change, queue_id: int) -> int:
    return a_ticket(change, a_customer(change), queue_id=queue_id).id


def _live_offers(session: Session) -> list[Offer]:
    return list(session.exec(select(Offer).where(offers.is_live()).order_by(col(Offer.id))))


def _assignments(session: Session) -> list[Assignment]:
    return list(session.exec(select(Assignment).where(col(Assignment.ended_at).is_(None))))


def _capacities(session: Session) -> list[Capacity]:
    return list(session.exec(select(Capacity).order_by(col(Capacity.agent_id))))
