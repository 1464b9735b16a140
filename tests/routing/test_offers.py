"""An offer rings at one agent, who takes it or does not."""

import pytest
from sqlmodel import select

from routing import offers, presence
from routing.offers import Offer, State
from routing.presence import Intent, Presence
from routing.queues import Delivery
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import (
    a_chat,
    a_floor,
    a_queue,
    accept,
    acts,
    at_the_desk,
    capacity_of,
    decline,
    offer_of,
    open_assignments,
    rings_at,
    settle,
)
from tickets.errors import Conflict, NotAllowed
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket


def test_a_chat_rings_at_the_agent_who_was_idle_longest() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)

    chat = a_chat(change, queue)

    assert ada.id == rings_at(change, chat)
    assert 25 == capacity_of(change, ada).used
    assert {"rule": "longest_idle", "idle": 120, "room": 100, "passed": []} == offer_of(change, chat).reason


def test_an_accepted_chat_is_assigned_opened_and_weighs_what_the_offer_held() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    chat = a_chat(change, queue)

    accept(change, ada, offer_of(change, chat))

    assert (ada.id, Status.OPEN) == (chat.agent_id, chat.status)
    assert 25 == capacity_of(change, ada).used
    assert [False] == [one.by_hand for one in open_assignments(change, chat)]


def test_accepting_twice_is_accepting_once() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    chat = a_chat(change, queue)
    offer = offer_of(change, chat)

    accept(change, ada, offer)
    again = accept(change, ada, offer)

    assert chat.id == again.id
    assert 25 == capacity_of(change, ada).used
    assert 1 == len(open_assignments(change, chat))


def test_a_declined_chat_goes_to_the_next_agent_at_its_old_age() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    age = chat.queued_at, chat.line_at

    change.moves(seconds=5)
    decline(change, ada, offer_of(change, chat), "At lunch soon")

    assert (bo.id, age) == (rings_at(change, chat), (chat.queued_at, chat.line_at))
    assert 0 == capacity_of(change, ada).used


def test_who_declined_is_not_asked_again_while_the_chat_stays_in_line() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)

    decline(change, ada, offer_of(change, chat))
    decline(change, bo, offer_of(change, chat))
    presence.set_intent(change, ada.id, Intent.AWAY)
    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    settle(change)

    assert rings_at(change, chat) is None


def test_a_chat_in_another_queue_is_a_new_stay_and_everyone_is_asked() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    billing = a_queue(change, "Billing", ada, bo)
    chat = a_chat(change, queue)

    decline(change, ada, offer_of(change, chat))
    presence.set_intent(change, bo.id, Intent.AWAY)
    chat.move(change, billing.id)
    settle(change)

    assert ada.id == rings_at(change, chat)


def test_a_missed_offer_goes_on_and_its_agent_is_away_until_they_say_otherwise() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    offer, age = offer_of(change, chat), (chat.queued_at, chat.line_at)

    change.moves(seconds=20)
    offers.expire(change, offer.id)
    assert {"OfferExpired", "PresenceChanged"} <= set(change.kinds)
    settle(change)

    assert (Intent.AWAY, "missed") == _state(change, ada)
    assert (bo.id, age) == (rings_at(change, chat), (chat.queued_at, chat.line_at))


def test_a_lone_agent_who_missed_a_chat_is_rung_again_when_they_are_back() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    chat = a_chat(change, queue)

    change.moves(seconds=20)
    offers.expire(change, offer_of(change, chat).id)
    settle(change)
    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    settle(change)

    assert ada.id == rings_at(change, chat)


def test_an_offer_that_was_answered_does_not_expire() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    chat = a_chat(change, queue)
    offer = _accepted(change, ada, chat)

    change.moves(minutes=1)
    offers.expire(change, offer.id)

    assert State.ACCEPTED == offer.state
    assert [] == change.events


def test_an_offer_does_not_expire_early() -> None:
    change = a_change()
    queue, _ = a_floor(change)
    offer = offer_of(change, a_chat(change, queue))

    change.moves(seconds=19)
    offers.expire(change, offer.id)
    assert [] == offers.due(change.session, change.now)
    assert State.OFFERED == offer.state

    change.moves(seconds=1)
    assert [offer.id] == offers.due(change.session, change.now)


def test_a_queue_may_ring_longer_than_the_house_does() -> None:
    change = a_change()
    queue, _ = a_floor(change)
    queue.set_rules(change, delivery=Delivery.PULL, ring_seconds=45)

    offer = offer_of(change, a_chat(change, queue))

    assert 45 == (offer.expires_at - offer.made_at).total_seconds()


def test_whoever_is_slower_reads_who_took_it() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    first = offer_of(change, chat)
    decline(change, ada, first)
    accept(change, bo, offer_of(change, chat))

    acts(change, ada)
    with pytest.raises(Conflict, match=r"Bo took this\."):
        offers.accept(change, first.id)


def test_an_offer_that_is_over_cannot_be_accepted() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    chat = a_chat(change, queue)
    offer = offer_of(change, chat)
    decline(change, ada, offer)

    with pytest.raises(Conflict, match="went back"):
        offers.accept(change, offer.id)


def test_nobody_answers_an_offer_made_to_somebody_else() -> None:
    change = a_change()
    queue, (_, bo) = a_floor(change)
    offer = offer_of(change, a_chat(change, queue))

    acts(change, bo)
    with pytest.raises(NotAllowed):
        offers.accept(change, offer.id)
    with pytest.raises(NotAllowed):
        offers.decline(change, offer.id)


def test_a_ticket_rings_at_one_agent_at_a_time() -> None:
    change = a_change()
    queue, _ = a_floor(change, "Ada", "Bo")

    chat = a_chat(change, queue)
    chat.set_status(change, Status.OPEN)
    settle(change)

    assert 1 == len(change.rows(select(Offer).where(offers.is_live())))


def test_two_chats_at_once_ring_at_two_agents() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)

    first, second = a_chat(change, queue), a_chat(change, queue)

    assert [ada.id, bo.id] == [rings_at(change, first), rings_at(change, second)]


def test_outsiders_are_never_asked() -> None:
    """Mallory works here but not for this queue; Grace does and has gone home."""
    change = a_change()
    grace, mallory = an_agent(change, "Grace"), an_agent(change, "Mallory")
    queue = a_queue(change, "Support", grace)
    at_the_desk(change, mallory)
    settle(change)

    assert rings_at(change, a_chat(change, queue)) is None


def test_without_rules_a_new_chat_joins_the_oldest_queue_and_rings() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    a_queue(change, "Billing")

    chat = a_chat(change)

    assert (queue.id, ada.id) == (chat.queue_id, rings_at(change, chat))


def test_work_without_a_waiting_person_can_be_offered_too() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change, delivery=Delivery.OFFER)

    ticket = a_ticket(change, queue_id=queue.id)
    settle(change)

    assert ada.id == rings_at(change, ticket)
    assert 5 == capacity_of(change, ada).used


def _accepted(change: UnitChange, agent: Agent, ticket: Ticket) -> Offer:
    offer = offer_of(change, ticket)
    accept(change, agent, offer)
    return offer


def _state(change: UnitChange, agent: Agent) -> tuple[str, str]:
    found = change.take(Presence, agent.id)
    return found.intent, found.reason
