"""A demo that lives by itself: who comes is answered and served, and nobody is played who is there in person."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

from sqlmodel import Session, col, select

from routing import presence
from routing.assignment import Assignment
from routing.offers import Offer
from routing.presence import Intent
from server.app import REACTIONS
from server.demo.furniture import furnish
from server.demo.living import MOST_WAITING, Crowd
from tests.cast import MovedClock, a_database, a_desk
from tickets.status import Status
from tickets.ticket import Ticket

MINUTES = 12


def _tickets(session: Session) -> list[Ticket]:
    return list(session.exec(select(Ticket)).all())


def _rung(session: Session) -> set[int]:
    return set(session.exec(select(Offer.agent_id)).all())


def _holders(session: Session) -> set[int]:
    return set(session.exec(select(Assignment.agent_id).where(col(Assignment.by_hand).is_(False))).all())


async def test_who_comes_is_served_and_whoever_is_there_in_person_is_left_alone(tmp_path: Path) -> None:
    """Ada sits at her console and looks at what rings: only Bo is played."""
    clock = MovedClock()
    with closing(a_database(tmp_path)) as database:
        async with a_desk(database, clock=clock, reactions=REACTIONS) as desk:
            told = await furnish(desk, "", "UTC")
            ada, bo = told.agents["Ada Lund"], told.agents["Bo Lindgren"]
            await desk.change(presence.came, ada, by=f"agent:{ada}")
            await desk.change(presence.set_intent, ada, Intent.AVAILABLE, by=f"agent:{ada}")
            crowd = Crowd(desk, None, lambda: {ada}, speed=4.0, dice=Random(3))  # type: ignore[arg-type]
            for _ in range(MINUTES * 12):
                clock.moves(seconds=5)
                await crowd.look()
            came = await desk.read(_tickets)

            assert len(came) > MINUTES
            assert {bo} == await desk.read(_holders)
            assert ada in await desk.read(_rung)
            served = [one for one in came if one.status == Status.RESOLVED]
            assert len(served) > len(came) / 3
            assert len(came) - len(served) <= MOST_WAITING + 4
