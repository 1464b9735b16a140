"""What a ticket asks for, and who can give it."""

import pytest

from routing import matching, presence
from routing.queues import Delivery, Queue
from routing.skills import LEVELS, Skill, add_skill, needs_of, remove_skill, set_agents, set_queues
from tests.cast import UnitChange, a_change, a_customer, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, at_the_desk, rings_at, settle
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.opening import open_ticket
from tickets.people import Agent
from tickets.status import Channel


def a_skilled_floor(change: UnitChange) -> tuple[Queue, Agent, Agent, Skill]:
    """Ada came first, and Bo alone knows about bicycles."""
    queue, (ada, bo) = a_floor(change)
    bicycles = add_skill(change, "Bicycles")
    set_agents(change, bicycles.id, {bo.id: 3})
    settle(change)
    return queue, ada, bo, bicycles


def test_work_goes_to_who_can_do_it_however_idle_the_others_are() -> None:
    change = a_change()
    queue, _, bo, bicycles = a_skilled_floor(change)
    set_queues(change, bicycles.id, {queue.id: 2})
    settle(change)

    assert bo.id == rings_at(change, a_chat(change, queue))


def test_a_level_below_what_is_asked_is_not_enough() -> None:
    change = a_change()
    queue, _, _, bicycles = a_skilled_floor(change)
    set_queues(change, bicycles.id, {queue.id: 4})
    settle(change)

    assert rings_at(change, a_chat(change, queue)) is None


def test_whoever_writes_in_a_language_asks_for_it_where_it_is_a_skill() -> None:
    change = a_change()
    queue, _, bo, _ = a_skilled_floor(change)
    chinese = add_skill(change, "Chinese", language="zh")
    set_agents(change, chinese.id, {bo.id: 1})
    settle(change)

    li = open_ticket(change, a_customer(change), channel=Channel.CHAT, language="zh", live=True, queue_id=queue.id)
    settle(change)

    assert bo.id == rings_at(change, li)


def test_who_becomes_free_is_given_what_they_can_do_and_the_rest_waits() -> None:
    change = a_change()
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada)
    bicycles = add_skill(change, "Bicycles")
    set_queues(change, bicycles.id, {queue.id: 1})
    settle(change)
    asks = a_chat(change, queue)
    set_queues(change, bicycles.id, {})
    settle(change)
    plain = a_chat(change, queue)

    at_the_desk(change, ada)
    settle(change)

    assert [None, ada.id] == [rings_at(change, asks), rings_at(change, plain)]


def test_who_learns_something_is_given_what_waited_for_it() -> None:
    change = a_change()
    queue, ada, bo, bicycles = a_skilled_floor(change)
    set_queues(change, bicycles.id, {queue.id: 1})
    presence.set_intent(change, bo.id, presence.Intent.AWAY)
    settle(change)
    waiting = a_chat(change, queue)
    assert rings_at(change, waiting) is None

    set_agents(change, bicycles.id, {ada.id: 1, bo.id: 3})
    settle(change)

    assert ada.id == rings_at(change, waiting)


def test_a_skill_that_is_no_more_is_asked_for_by_nothing() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    bicycles = add_skill(change, "Bicycles")
    set_queues(change, bicycles.id, {queue.id: 1})
    settle(change)
    waiting = a_chat(change, queue)

    remove_skill(change, bicycles.id)
    settle(change)
    for queue_id in matching.undrained(change.session, change.now):
        matching.drain(change, queue_id)
    settle(change)

    assert ada.id == rings_at(change, waiting)


def test_a_ticket_that_was_taken_asks_for_nothing() -> None:
    change = a_change()
    queue, ada, _, bicycles = a_skilled_floor(change)
    set_queues(change, bicycles.id, {queue.id: 5})
    settle(change)
    ticket = a_chat(change, queue)
    assert [bicycles.id] == asked_for(change, ticket.id)

    ticket.assign(change, ada)
    settle(change)

    assert [] == asked_for(change, ticket.id)


def test_a_ticket_that_is_moved_asks_for_what_the_other_queue_asks_for() -> None:
    change = a_change()
    queue, _, bo, bicycles = a_skilled_floor(change)
    repairs = a_queue(change, "Repairs", bo, delivery=Delivery.OFFER)
    set_queues(change, bicycles.id, {repairs.id: 2})
    settle(change)
    ticket = a_ticket(change, queue_id=queue.id)
    settle(change)

    ticket.move(change, repairs.id)
    settle(change)

    assert bo.id == rings_at(change, ticket)


@pytest.mark.parametrize("level", [LEVELS[0] - 1, LEVELS[-1] + 1])
def test_a_level_is_one_to_five(level: int) -> None:
    change = a_change()
    ada, skill = an_agent(change), add_skill(change, "Bicycles")
    with pytest.raises(Refused, match="1 to 5"):
        set_agents(change, skill.id, {ada.id: level})


def test_two_skills_do_not_have_one_name() -> None:
    change = a_change()
    add_skill(change, "Bicycles")
    with pytest.raises(Conflict, match="Bicycles"):
        add_skill(change, "bicycles")


def asked_for(change: Change, ticket_id: int) -> list[int]:
    return [one.skill_id for one in needs_of(change, ticket_id)]
