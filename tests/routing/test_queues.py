"""Where tickets wait, and who answers there."""

import pytest
from sqlmodel import select

from routing import handing, placing, queues
from routing.calendars import BusinessCalendar
from routing.hours import add_calendar
from routing.placing import Place, choose_queue, place
from routing.queues import Delivery, Queue, add_queue
from tests.cast import a_change, a_customer, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, rings_at, settle
from tickets.errors import Conflict, NotFound, Refused
from tickets.opening import open_ticket
from tickets.status import Channel


def test_a_queue_has_a_name_of_its_own() -> None:
    change = a_change()
    support = add_queue(change, "  Support ")

    with pytest.raises(Conflict, match="already a queue named Support"):
        add_queue(change, "support")
    with pytest.raises(Refused, match="needs a name"):
        support.rename(change, " \n")
    support.rename(change, "SUPPORT")

    assert ["QueueChanged", "QueueChanged"] == change.kinds


def test_members_are_who_answers_from_now_on() -> None:
    change = a_change()
    ada, bo = an_agent(change, "Ada"), an_agent(change, "Bo")
    queue = add_queue(change, "Support", members=[ada.id])
    queue.set_members(change, [ada.id, bo.id])
    queue.set_members(change, [bo.id])
    change.events.clear()
    queue.set_members(change, [bo.id])
    settle(change)

    assert ["Bo"] == [agent.name for agent in queues.members_of(change.session, queue.id)]
    assert ["Support"] == [one.name for one in queues.queues_of(change.session, bo.id)]
    assert [] == queues.queues_of(change.session, ada.id)
    assert [] == change.events, "the same members again is no change"


def test_a_queue_with_open_tickets_is_not_archived() -> None:
    change = a_change()
    queue = add_queue(change, "Support")
    tickets = [a_ticket(change, queue_id=queue.id) for _ in range(14)]
    with pytest.raises(Conflict, match="Open tickets here: 14"):
        queue.archive(change)

    for ticket in tickets:
        ticket.resolve(change)
    queue.archive(change)
    change.rows(select(Queue))

    assert [] == queues.queues(change.session)
    assert [queue] == queues.queues(change.session, archived=True)


def test_nothing_is_moved_into_an_archived_queue() -> None:
    change = a_change()
    old, ticket = add_queue(change, "Old"), a_ticket(change)
    old.archive(change)

    with pytest.raises(NotFound):
        handing.move(change, ticket.id, old.id)
    with pytest.raises(NotFound):
        place(change, "chat", "", old.id)


def test_a_ticket_reopened_from_an_archived_queue_finds_another() -> None:
    change = a_change()
    old, support = add_queue(change, "Old"), add_queue(change, "Support")
    ticket = a_ticket(change, queue_id=old.id)
    ticket.resolve(change)
    settle(change)
    old.archive(change)

    ticket.receive(change, "Still broken", client_id="1")
    settle(change)

    assert support.id == ticket.queue_id


def test_rules_of_a_queue_are_checked() -> None:
    change = a_change()
    queue = add_queue(change, "Support")

    with pytest.raises(Refused, match="5 to 300"):
        queue.set_rules(change, delivery=Delivery.OFFER, ring_seconds=1)
    with pytest.raises(NotFound):
        queue.set_rules(change, delivery=Delivery.OFFER, calendar_id=404)
    hours = add_calendar(change, "Always", BusinessCalendar("UTC", (((0, 1440),),) * 7))
    queue.set_rules(change, delivery=Delivery.OFFER, ring_seconds=30, calendar_id=hours.id)

    assert ("offer", 30, hours.id) == (queue.delivery, queue.ring_seconds, queue.calendar_id)


def test_another_delivery_hands_out_what_had_to_be_pulled() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    ticket = a_ticket(change, queue_id=queue.id)
    settle(change)
    assert ticket.agent_id is None

    queue.set_rules(change, delivery=Delivery.ASSIGN)
    settle(change)

    assert ada.id == ticket.agent_id


def test_the_most_particular_rule_places_a_ticket() -> None:
    rules = [Place("chat", "billing", 1), Place("", "billing", 2), Place("chat", "", 3), Place("", "", 4)]

    assert [1, 2, 3, 4] == [
        choose_queue(rules, channel, category, 5)
        for channel, category in [("chat", "billing"), ("email", "billing"), ("chat", "orders"), ("email", "")]
    ]
    assert 5 == choose_queue([], "chat", "", 5)
    assert choose_queue([], "chat", "", None) is None


def test_a_new_ticket_joins_the_queue_meant_for_its_channel_and_topic() -> None:
    change = a_change()
    add_queue(change, "Support")
    billing = add_queue(change, "Billing")
    place(change, "chat", "billing", billing.id)
    place(change, "chat", "billing", billing.id)
    assert 1 == change.kinds.count("PlacementsChanged")

    ticket = open_ticket(change, a_customer(change), channel=Channel.CHAT, category="billing")
    settle(change)

    assert billing.id == ticket.queue_id
    assert [billing.id] == [rule.queue_id for rule in placing.placements(change.session)]


def test_a_rule_that_is_gone_places_nothing() -> None:
    change = a_change()
    support, billing = add_queue(change, "Support"), add_queue(change, "Billing")
    place(change, "chat", "", billing.id)
    placing.unplace(change, "chat", "")
    placing.unplace(change, "chat", "")

    ticket = a_ticket(change)
    settle(change)

    assert support.id == ticket.queue_id


def test_a_ticket_stays_where_it_was_put_by_hand() -> None:
    change = a_change()
    support, billing = add_queue(change, "Support"), add_queue(change, "Billing")
    place(change, "chat", "", support.id)

    ticket = a_ticket(change, queue_id=billing.id)
    settle(change)

    assert billing.id == ticket.queue_id


def test_on_a_desk_without_queues_a_ticket_waits_for_one() -> None:
    change = a_change()
    ticket = a_ticket(change, live=True)
    settle(change)
    assert ticket.queue_id is None


def test_who_took_it_first_is_named() -> None:
    change = a_change()
    ada, bo, grace = an_agent(change, "Ada"), an_agent(change, "Bo"), an_agent(change, "Grace")
    ticket = a_ticket(change)
    handing.assign(change, ticket.id, ada.id, shown=0)

    with pytest.raises(Conflict, match=r"Ada took this\."):
        handing.assign(change, ticket.id, bo.id, shown=0)
    handing.assign(change, ticket.id, grace.id, shown=ada.id)

    assert grace.id == ticket.agent_id


def test_who_gives_a_chat_back_is_not_rung_for_it_at_once() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    chat = a_chat(change, queue)
    chat.assign(change, ada)
    settle(change)

    handing.give_back(change, chat.id)
    settle(change)

    assert rings_at(change, chat) is None


def test_a_chat_moved_on_does_not_ring_at_who_moved_it() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    billing = a_queue(change, "Billing", ada, bo)
    chat = a_chat(change, queue)
    chat.assign(change, ada)
    settle(change)

    handing.move(change, chat.id, billing.id)
    settle(change)

    assert bo.id == rings_at(change, chat)
