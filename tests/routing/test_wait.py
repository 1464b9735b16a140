"""How many are before you, and how long it may take."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from routing import wait
from routing.assignments import Assignment
from routing.queues import Queue
from routing.wait import Band, Pace, band
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import a_chat, a_floor, a_queue, accept, offer_of, rings_at, settle
from tickets.people import Agent
from tickets.rules import Rules
from tickets.status import Priority
from tickets.ticket import Ticket

ONE_CHAT = Rules(pool=25)


def test_the_line_is_the_order_in_which_routing_offers() -> None:
    change, queue, ada = _a_busy_floor()
    chats = []
    for _ in range(4):
        chats.append(a_chat(change, queue))
        change.moves(seconds=1)
    chats[2].set_priority(change, Priority.URGENT)
    settle(change)
    told = _positions(change, queue)

    served: list[Ticket] = []
    while len(served) < 4:
        _finish(change, ada)
        served.append(next(chat for chat in chats if rings_at(change, chat)))
        accept(change, ada, offer_of(change, served[-1]))

    assert [told[chat.id] for chat in served] == [1, 2, 3, 4]
    assert chats[2] is served[0]


def test_one_place_and_all_places_agree() -> None:
    change, queue, _ = _a_busy_floor()
    chats = [a_chat(change, queue) for _ in range(5)]
    chats[3].set_priority(change, Priority.HIGH)
    chats[4].set_priority(change, Priority.HIGH)

    places = _positions(change, queue)

    assert {1, 2, 3, 4, 5} == set(places.values())
    assert places == {chat.id: wait.position(change.session, chat.id) for chat in chats}


def test_whoever_rings_is_still_next() -> None:
    change = a_change()
    queue, _ = a_floor(change)
    chat = a_chat(change, queue)

    assert {chat.id: 1} == _positions(change, queue)


def test_only_those_who_wait_live_stand_in_line() -> None:
    change, queue, ada = _a_busy_floor()
    elsewhere = a_chat(change, a_queue(change, "Billing"))
    letter = a_ticket(change, queue_id=queue.id)
    (talking,) = change.rows(select(Ticket).where(Ticket.agent_id == ada.id))

    assert {} == _positions(change, queue)
    assert [1, None, None, None] == [
        wait.position(change.session, one) for one in (elsewhere.id, letter.id, talking.id, 404)
    ]


def test_the_band_is_the_published_example() -> None:
    """semantics.md part 4: the fourth in line, a talk ending every 100 s, waits under 551 s in four of five cases."""
    assert 551 == band(4, Pace(slots=1, talk=100)).high


@given(st.integers(1, 200), st.integers(1, 50), st.floats(10, 3600))
def test_the_mean_lies_in_the_band_and_more_agents_are_faster(place: int, slots: int, talk: float) -> None:
    told = band(place, Pace(slots, talk))

    assert 0 <= told.low <= place * talk / slots <= told.high + 1
    assert band(place, Pace(slots + 1, talk)).high <= told.high


def test_nothing_is_estimated_from_too_little() -> None:
    change, queue, ada = _a_busy_floor(talks=19)
    chat = a_chat(change, queue)

    assert wait.estimate(change.session, chat.id, now=change.now, rules=change.rules) is None
    _finish(change, ada)
    settle(change)
    assert wait.pace(change.session, queue.id, now=change.now, rules=change.rules) is not None


def test_the_estimate_goes_by_recent_talks_and_agents_who_are_there() -> None:
    change, queue, _ = _a_busy_floor(talks=20, lasting=300)
    chat = a_chat(change, queue)

    assert Band(68, 480) == wait.estimate(change.session, chat.id, now=change.now, rules=change.rules)
    later = change.now + timedelta(hours=2)
    assert wait.estimate(change.session, chat.id, now=later, rules=change.rules) is None, "the talks were too long ago"


@pytest.mark.parametrize("absent", ["nobody", 404])
def test_there_is_no_estimate_without_a_line(absent: str | int) -> None:
    change = a_change()
    ticket_id = a_ticket(change).id if absent == "nobody" else 404
    change.rows(select(Ticket))

    assert wait.estimate(change.session, ticket_id, now=change.now, rules=change.rules) is None


def _a_busy_floor(*, talks: int = 0, lasting: int = 60) -> tuple[UnitChange, Queue, Agent]:
    """Ada has room for one chat and talks; she has ended some before."""
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    accept(change, ada, offer_of(change, a_chat(change, queue)))
    for n in range(talks):
        ended = change.now - timedelta(minutes=n)
        change.add(
            Assignment(
                id=change.new_id(),
                ticket_id=change.rows(select(Ticket.id))[0],
                agent_id=ada.id,
                queue_id=queue.id,
                weight=0,
                live=False,
                by_hand=False,
                since=ended - timedelta(seconds=lasting),
                talk_ended_at=ended,
                ended_at=ended,
            )
        )
    return change, queue, ada


def _finish(change: UnitChange, agent: Agent) -> None:
    for ticket in change.rows(select(Ticket).where(Ticket.agent_id == agent.id)):
        ticket.resolve(change)
    settle(change)


def _positions(change: UnitChange, queue: Queue) -> dict[int, int]:
    change.rows(select(Ticket.id))
    return wait.positions(change.session, queue.id)
