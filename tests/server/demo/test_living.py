"""A demo that lives by itself: who comes is answered and served, and nobody is played who is there in person."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

from sqlmodel import Session, col, select

from routing import presence
from routing.assignment import Assignment
from routing.offers import Offer
from routing.presence import Intent
from server.app import REACTIONS
from server.demo import lines
from server.demo.colleagues import MOST_WAITING
from server.demo.furniture import furnish
from server.demo.lines import Somebody
from server.demo.living import Crowd
from server.demo.tides import USUAL, Tides, tides_of
from tests.cast import MovedClock, a_database, a_desk
from tickets.change import Change
from tickets.desk import Desk
from tickets.opening import open_ticket
from tickets.people import new_customer
from tickets.status import Channel, Status
from tickets.ticket import Ticket

MINUTES = 12
CHATS = [one for one in USUAL if one.channel is Channel.CHAT]


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
            crowd = Crowd(desk, None, lambda: {ada}, Tides(4.0, CHATS), dice=Random(3))  # type: ignore[arg-type]
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


class Letterbox:
    """Mails come to the support queue at once, without a listener."""

    def __init__(self, desk: Desk, queue_id: int) -> None:
        self._desk, self._queue_id = desk, queue_id

    async def writes(self, who: Somebody, *, key: str, to: str = "") -> int:
        return await self._desk.change(_written, self._queue_id, key, who, by="system")


def _written(change: Change, queue_id: int, key: str, who: Somebody) -> int:
    customer = new_customer(change, who.name)
    ticket = open_ticket(change, customer, channel=Channel.EMAIL, subject=who.subject, queue_id=queue_id)
    with change.acting_as(customer.actor):
        ticket.receive(change, who.text, client_id=key)
    return ticket.id


async def test_mails_are_answered_and_calls_made_as_often_as_a_scenario_says(tmp_path: Path) -> None:
    """The story's own mails and calls stay where they are: somebody may want to look at them."""
    busy = """
[[queue]]
name = "Any"

[[shift]]
agents = 1
hours = "00:00-24:00"
"""
    for channel, an_hour in (("chat", 30), ("email", 60), ("callback", 60), ("portal", 60)):
        busy += f'[[contacts]]\nchannel = "{channel}"\nby_hour = {[an_hour] * 24}\nhandling = {{ seconds = 60 }}\n'
    (tmp_path / "busy.toml").write_text(busy)
    tides = tides_of(tmp_path / "busy.toml", 2.0)
    assert [Channel.CHAT, Channel.EMAIL, Channel.CALLBACK] == [one.channel for one in tides.flows], "what it can play"

    clock = MovedClock()
    with closing(a_database(tmp_path)) as database:
        async with a_desk(database, clock=clock, reactions=REACTIONS) as desk:
            told = await furnish(desk, "", "UTC")
            mailing = Letterbox(desk, told.queues["Support"])
            old = await desk.change(_written, told.queues["Support"], "old", lines.WRITERS[0], by="system")
            clock.moves(minutes=1)
            crowd = Crowd(desk, mailing, lambda: (), tides, dice=Random(5))  # type: ignore[arg-type]
            for _ in range(MINUTES * 12):
                clock.moves(seconds=5)
                await crowd.look()
            tickets = await desk.read(_tickets)

    done = Counter(one.channel for one in tickets if one.status == Status.RESOLVED)
    assert all(done[channel] > 2 for channel in (Channel.CHAT, Channel.EMAIL, Channel.CALLBACK)), done
    assert [Status.NEW] == [one.status for one in tickets if one.id == old]


async def test_who_waits_too_long_in_a_chat_gives_up(tmp_path: Path) -> None:
    """Everybody is there in person, and nobody looks."""
    clock = MovedClock()
    with closing(a_database(tmp_path)) as database:
        async with a_desk(database, clock=clock, reactions=REACTIONS) as desk:
            told = await furnish(desk, "", "UTC")
            everybody = set(told.agents.values())
            crowd = Crowd(desk, None, lambda: everybody, Tides(2.0, CHATS), dice=Random(3))  # type: ignore[arg-type]
            for _ in range(MINUTES * 6):
                clock.moves(seconds=10)
                await crowd.look()
            tickets = await desk.read(_tickets)

    assert len(tickets) > MOST_WAITING / 2
    assert any(not one.live for one in tickets)
    assert all(one.agent_id is None for one in tickets)
