"""How much each agent can hold."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from routing import capacity
from routing.medium import Medium
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import (
    a_chat,
    a_floor,
    accept,
    capacity_of,
    offer_of,
    open_assignments,
    rings_at,
    settle,
)
from tickets.errors import Conflict
from tickets.people import Agent
from tickets.rules import Rules
from tickets.status import Status
from tickets.ticket import Ticket


def test_the_database_refuses_routed_work_beyond_the_pool() -> None:
    """The constraint is the truth: a router that forgot to look could not commit."""
    change = a_change()
    ada = an_agent(change)
    for _ in range(4):
        capacity.hold(change, ada.id, 25, Medium.CHAT)
    change.rows(select(Agent))

    with pytest.raises(IntegrityError, match="ck_capacity_used"):
        change.session.execute(text("update capacity set used = used + 1"))


def test_the_database_refuses_to_give_back_what_was_never_held() -> None:
    change = a_change()
    capacity.of(change, an_agent(change).id)
    change.rows(select(Agent))

    with pytest.raises(IntegrityError, match=r"ck_capacity_(used|held)"):
        change.session.execute(text("update capacity set used = -1"))


def test_routing_is_refused_where_there_is_no_room_and_hands_are_not() -> None:
    change = a_change()
    ada = an_agent(change)
    assert not capacity.hold(change, ada.id, 100, Medium.CALLBACK)

    with pytest.raises(Conflict, match="Ada has no room"):
        capacity.hold(change, ada.id, 5, Medium.TICKET)

    assert capacity.hold(change, ada.id, 5, Medium.TICKET, by_hand=True)
    assert (105, 5) == (capacity_of(change, ada).used, capacity_of(change, ada).excess)


def test_excess_shrinks_first_when_work_ends() -> None:
    change = a_change()
    ada = an_agent(change)
    capacity.hold(change, ada.id, 125, Medium.CHAT, by_hand=True)

    capacity.free(change, ada.id, 50)

    assert (75, 0) == (capacity_of(change, ada).used, capacity_of(change, ada).excess)
    assert ["CapacityFreed"] == change.kinds


def test_work_taken_by_hand_may_exceed_and_is_flagged() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    chats = [a_chat(change, queue) for _ in range(4)]
    for chat in chats:
        accept(change, ada, offer_of(change, chat))

    fifth = a_chat(change, queue)
    assert rings_at(change, fifth) is None
    fifth.assign(change, ada)
    settle(change)

    assert [(True, True)] == [(one.by_hand, one.over) for one in open_assignments(change, fifth)]
    assert [False] == [one.over for one in open_assignments(change, chats[0])]


def test_a_chat_that_ends_weighs_as_a_ticket_and_the_next_chat_rings() -> None:
    change = a_change(rules=Rules(pool=30))
    queue, (ada,) = a_floor(change, "Ada")
    first = a_chat(change, queue)
    accept(change, ada, offer_of(change, first))
    second = a_chat(change, queue)

    first.end_live(change)
    settle(change)

    assert ada.id == first.agent_id
    assert 5 + 25 == capacity_of(change, ada).used
    assert ada.id == rings_at(change, second)


def test_a_visitor_who_comes_back_weighs_again_even_beyond_the_pool() -> None:
    change = a_change(rules=Rules(pool=30))
    queue, (ada,) = a_floor(change, "Ada")
    first = a_chat(change, queue)
    accept(change, ada, offer_of(change, first))
    first.end_live(change)
    settle(change)
    accept(change, ada, offer_of(change, a_chat(change, queue)))

    first.begin_live(change)
    settle(change)

    assert (50, 20) == (capacity_of(change, ada).used, capacity_of(change, ada).excess)
    assert [True] == [one.over for one in open_assignments(change, first)]


@pytest.mark.parametrize("status", [Status.PENDING, Status.ON_HOLD])
def test_what_waits_for_others_weighs_nothing_until_it_is_back(status: Status) -> None:
    change, ada = _holding_a_ticket()
    (ticket,) = change.rows(select(Ticket))

    ticket.set_status(change, status)
    settle(change)
    assert 0 == capacity_of(change, ada).used

    ticket.receive(change, "Any news?", client_id="1")
    settle(change)
    assert 5 == capacity_of(change, ada).used


def test_tickets_never_take_the_last_place_for_a_chat() -> None:
    """Routed work leaves room for somebody who waits live."""
    change = a_change()
    one, chat = a_ticket(change), a_ticket(change, live=True)

    assert 5 + 25 == capacity.needed_room(change, one)
    assert 25 == capacity.needed_room(change, chat)
    change.rules = Rules(pool=25)
    assert 5 == capacity.needed_room(change, one), "a pool of one chat would else never take a ticket"


def test_the_pool_follows_the_rules_of_the_running_process() -> None:
    change = a_change()
    ada = an_agent(change)
    capacity.hold(change, ada.id, 75, Medium.CHAT)

    change.rules = Rules(pool=50)

    found = capacity.of(change, ada.id)
    assert (50, 25, 0) == (found.pool, found.excess, found.room_for(Medium.CHAT, ()))


def _holding_a_ticket() -> tuple[UnitChange, Agent]:
    change = a_change()
    ada = an_agent(change)
    a_ticket(change).assign(change, ada)
    settle(change)
    return change, ada
