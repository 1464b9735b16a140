"""What waits meets who is free."""

from datetime import timedelta

import pytest
from sqlmodel import select

from routing import explained, matching, presence
from routing.assignment import Assignment
from routing.choosing import Rule
from routing.chores import CHORES
from routing.presence import Intent
from routing.queues import Delivery, Queue
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import (
    a_chat,
    a_floor,
    a_queue,
    accept,
    at_the_desk,
    capacity_of,
    decline,
    offer_of,
    rings_at,
    settle,
)
from tickets.chores import CHORES as TICKET_CHORES
from tickets.errors import Refused
from tickets.rules import Rules
from tickets.status import Priority, Status
from tickets.ticket import Ticket

ONE_CHAT = Rules(pool=25)


def test_who_waited_longest_is_next_when_an_agent_gets_room() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    talking, first, second = (a_chat(change, queue) for _ in range(3))
    accept(change, ada, offer_of(change, talking))

    change.moves(minutes=2)
    talking.resolve(change)
    settle(change)

    assert [ada.id, None] == [rings_at(change, first), rings_at(change, second)]


def test_a_chat_may_come_on_top_of_what_has_just_been_accepted() -> None:
    """While a ticket rings nothing can be laid over it; from then on it can, and who waits hears of it."""
    change = a_change(rules=Rules(pool=30, chat_weight=25, ticket_weight=5))
    queue, (ada,) = a_floor(change, "Ada", delivery=Delivery.OFFER)
    first, second = (a_ticket(change, queue_id=queue.id) for _ in range(2))
    settle(change)
    talk = a_chat(change, queue)
    assert [ada.id, ada.id, None] == [rings_at(change, one) for one in (first, second, talk)]

    accept(change, ada, offer_of(change, first))

    assert ada.id == rings_at(change, talk)


def test_a_declined_chat_keeps_its_place_before_younger_ones() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada, bo) = a_floor(change)
    old = a_chat(change, queue)
    busy = a_chat(change, queue)
    accept(change, bo, offer_of(change, busy))
    change.moves(seconds=5)
    young = a_chat(change, queue)

    decline(change, ada, offer_of(change, old))
    assert ada.id == rings_at(change, young)
    busy.resolve(change)
    settle(change)

    assert bo.id == rings_at(change, old)


def test_urgent_comes_before_old() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    talking, old, urgent = (a_chat(change, queue) for _ in range(3))
    accept(change, ada, offer_of(change, talking))
    urgent.set_priority(change, Priority.URGENT)

    talking.resolve(change)
    settle(change)

    assert [None, ada.id] == [rings_at(change, old), rings_at(change, urgent)]


def test_age_counts_across_the_queues_of_an_agent() -> None:
    change = a_change(rules=ONE_CHAT)
    support, (ada,) = a_floor(change, "Ada")
    billing = a_queue(change, "Billing", ada)
    talking = a_chat(change, support)
    accept(change, ada, offer_of(change, talking))
    first = a_chat(change, billing)
    change.moves(seconds=1)
    second = a_chat(change, support)

    talking.resolve(change)
    settle(change)

    assert [ada.id, None] == [rings_at(change, first), rings_at(change, second)]


def test_who_becomes_available_is_given_all_that_fits() -> None:
    change = a_change()
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada)
    chats = [a_chat(change, queue) for _ in range(6)]

    at_the_desk(change, ada)
    settle(change)

    assert [ada.id] * 4 + [None] * 2 == [rings_at(change, chat) for chat in chats]


def test_work_nobody_waits_for_is_given_at_once_where_the_queue_says_so() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change, delivery=Delivery.ASSIGN)

    tickets = [a_ticket(change, queue_id=queue.id) for _ in range(2)]
    settle(change)

    assert [ada.id, bo.id] == [ticket.agent_id for ticket in tickets]
    assert [False, False] == [one.by_hand for one in change.rows(select(Assignment))]


def test_somebody_who_waits_live_is_served_before_work_that_can_wait() -> None:
    change = a_change(rules=Rules(pool=30))
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada, delivery=Delivery.ASSIGN)
    ticket = a_ticket(change, queue_id=queue.id)
    change.moves(hours=1)
    chat = a_chat(change, queue)

    at_the_desk(change, ada)
    settle(change)

    assert (ada.id, None) == (rings_at(change, chat), ticket.agent_id)


def test_pulled_work_waits_until_it_is_asked_for() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    old, urgent = a_ticket(change, queue_id=queue.id), a_ticket(change, queue_id=queue.id)
    urgent.set_priority(change, Priority.URGENT)
    settle(change)
    assert [None, None] == [old.agent_id, urgent.agent_id]

    taken = [matching.next_ticket(change, ada.id), matching.next_ticket(change, ada.id)]
    settle(change)

    assert [urgent, old] == taken
    assert (Status.OPEN, 10) == (old.status, capacity_of(change, ada).used)


def test_next_passes_by_what_rings_at_somebody_and_what_is_not_for_us() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    billing = a_queue(change, "Billing", bo)
    presence.set_intent(change, bo.id, Intent.AWAY)
    a_ticket(change, queue_id=billing.id)
    a_ticket(change, queue_id=queue.id).snooze(change, change.now + timedelta(days=1))
    a_chat(change, queue)

    with pytest.raises(Refused, match="Nothing waits for you"):
        matching.next_ticket(change, ada.id)


def test_next_gives_no_more_than_fits() -> None:
    change = a_change(rules=Rules(pool=25, ticket_weight=20))
    queue, (ada, _) = a_floor(change)
    for _ in range(2):
        a_ticket(change, queue_id=queue.id)
    matching.next_ticket(change, ada.id)

    with pytest.raises(Refused, match="no room for more"):
        matching.next_ticket(change, ada.id)


def test_a_long_line_is_handed_out_over_several_changes_in_order() -> None:
    """A change hands out only so much; what one cannot do is due at once in the next."""
    change = a_change(rules=Rules(pool=1000, ticket_weight=1, chat_weight=2))
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada, delivery=Delivery.ASSIGN)
    tickets = []
    for _ in range(80):
        tickets.append(a_ticket(change, queue_id=queue.id))
        settle(change)
    at_the_desk(change, ada)
    settle(change)
    taken = [ticket.agent_id for ticket in tickets].index(None)
    assert 0 < taken < explained.ENOUGH
    assert {None} == {ticket.agent_id for ticket in tickets[taken:]}

    rounds = _do_what_is_due(change)

    assert 2 <= rounds
    assert {ada.id} == {ticket.agent_id for ticket in tickets}
    assert change.take(Queue, queue.id).drain_due is None


def test_a_snoozed_ticket_wakes_by_itself_and_is_handed_out() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change, delivery=Delivery.ASSIGN)
    ticket = a_ticket(change, queue_id=queue.id)
    ticket.snooze(change, change.now + timedelta(hours=1))
    settle(change)
    assert ticket.agent_id is None
    (wake,) = TICKET_CHORES

    assert [] == wake.due(change.session, change.now)
    change.moves(hours=1)
    assert [ticket.id] == wake.due(change.session, change.now)
    wake.act(change, ticket.id)
    wake.act(change, ticket.id)
    assert ["TicketWoken"] == change.kinds
    settle(change)

    assert ada.id == ticket.agent_id


def _do_what_is_due(change: UnitChange) -> int:
    """As the scheduler does, until nothing is due. How many rounds it took."""
    rounds = 0
    while due := [(chore, key) for chore in CHORES for key in chore.due(change.session, change.now)]:
        for chore, key in due:
            chore.act(change, key)
            settle(change)
            change.rows(select(Ticket.id))
        rounds += 1
    return rounds


def test_a_queue_that_goes_round_gives_to_each_in_turn_however_idle_they_are() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    queue.set_rules(change, delivery=Delivery.OFFER, rule=Rule.ROUND_ROBIN)
    settle(change)

    taken = []
    for _ in range(4):
        change.moves(seconds=5)
        chat = a_chat(change, queue)
        offer = offer_of(change, chat)
        taken.append(offer.agent_id)
        accept(change, ada if offer.agent_id == ada.id else bo, offer)
        chat.resolve(change)
        settle(change)

    assert [ada.id, bo.id, ada.id, bo.id] == taken


def test_a_queue_may_give_to_whoever_has_the_most_room() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    queue.set_rules(change, delivery=Delivery.OFFER, rule=Rule.MOST_SPARE)
    held = a_ticket(change, queue_id=queue.id)
    held.assign(change, ada)
    settle(change)
    change.moves(minutes=5)
    bo_was_busy = a_ticket(change, queue_id=queue.id)
    bo_was_busy.assign(change, bo)
    bo_was_busy.resolve(change)
    settle(change)

    assert bo.id == rings_at(change, a_chat(change, queue))
