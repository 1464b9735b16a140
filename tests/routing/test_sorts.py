"""Work that somebody can take is found however much stands before it that they cannot."""

from __future__ import annotations

import pytest
from sqlmodel import select

from routing import heads, matching, skills, sorts, stays
from routing.line import Turn
from routing.medium import Medium, medium_of
from routing.queues import Delivery, Queue
from routing.skills import TicketNeed
from routing.sorts import Sort
from routing.stays import RelaxStep
from tests.cast import UnitChange, a_change, a_customer, a_ticket, an_agent
from tests.routing.floor import a_queue, at_the_desk, rings_at, settle
from tests.routing.talks import sets
from tickets.errors import Refused
from tickets.opening import open_ticket
from tickets.people import Agent
from tickets.status import Channel, Priority
from tickets.ticket import Ticket

MANY = 210  # more than anybody looked at one by one


def waits(change: UnitChange, queue: Queue, *, live: bool = True, channel: Channel = Channel.CHAT) -> Ticket:
    """As many as a story needs, without the house's reactions to each."""
    ticket = open_ticket(change, a_customer(change), channel=channel, subject="", live=live, queue_id=queue.id)
    stays.begin(change, ticket)
    change.events.clear()
    return ticket


def a_line_of_bicycles(change: UnitChange, *, turn: Turn = Turn.URGENCY) -> tuple[Queue, Ticket]:
    """All of them ask for what nobody knows but for the last one, which asks for nothing."""
    queue = a_queue(change, "Support", delivery=Delivery.OFFER)
    queue.set_rules(change, delivery=Delivery.OFFER, turn=turn)
    bicycles = skills.add_skill(change, "Bicycles")
    skills.set_queues(change, bicycles.id, {queue.id: 2})
    change.write()
    for _ in range(MANY):
        waits(change, queue)
    skills.set_queues(change, bicycles.id, {})
    change.write()
    fits = waits(change, queue)
    settle(change)
    return queue, fits


@pytest.mark.parametrize("turn", Turn)
def test_who_becomes_free_is_given_what_they_can_do_behind_what_they_cannot(turn: Turn) -> None:
    change = a_change()
    queue, fits = a_line_of_bicycles(change, turn=turn)
    ada = an_agent(change)
    queue.set_members(change, [ada.id])
    settle(change)

    at_the_desk(change, ada)
    settle(change)

    assert ada.id == rings_at(change, fits)


def test_who_joins_a_long_line_is_given_what_they_can_do() -> None:
    """The line is looked through as a whole, and of what nobody can take not more than one is tried."""
    change = a_change()
    queue, fits = a_line_of_bicycles(change)
    ada = an_agent(change)
    at_the_desk(change, ada)
    settle(change)

    queue.set_members(change, [ada.id])
    settle(change)

    assert ada.id == rings_at(change, fits)


def holds(change: UnitChange, agent: Agent, *, chats: int, mails: int) -> None:
    """Of a queue that nobody answers."""
    elsewhere = a_queue(change, "Elsewhere")
    held = [waits(change, elsewhere) for _ in range(chats)]
    held += [waits(change, elsewhere, live=False, channel=Channel.EMAIL) for _ in range(mails)]
    for ticket in held:
        ticket.assign(change, agent)
        settle(change)


def test_what_there_is_no_room_for_hides_nothing_that_fits() -> None:
    """With 30 of 100 units left a mail asks for too much, and a complaint does not."""
    change = a_change()
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada, delivery=Delivery.ASSIGN)
    holds(change, ada, chats=2, mails=2)
    for _ in range(MANY):
        waits(change, queue, live=False, channel=Channel.EMAIL)
    fits = waits(change, queue, live=False, channel=Channel.COMPLAINT)

    at_the_desk(change, ada)
    settle(change)

    assert ada.id == fits.agent_id


def test_who_asks_for_work_is_given_what_fits_behind_what_does_not() -> None:
    change = a_change()
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada)
    holds(change, ada, chats=3, mails=2)
    for _ in range(MANY):
        waits(change, queue, live=False, channel=Channel.EMAIL)
    with pytest.raises(Refused, match="no room"):
        matching.next_ticket(change, ada.id)

    fits = waits(change, queue, live=False, channel=Channel.COMPLAINT)

    assert fits == matching.next_ticket(change, ada.id)


def test_when_the_room_for_one_sort_is_gone_the_next_is_handed_out() -> None:
    """Of forty chats one may be had at once; it hides no mail that comes besides."""
    change = a_change()
    sets(change, Medium.CHAT, most=1)
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada, delivery=Delivery.ASSIGN)
    chats = [waits(change, queue) for _ in range(40)]
    letter = waits(change, queue, live=False, channel=Channel.EMAIL)

    at_the_desk(change, ada)
    settle(change)

    assert [ada.id, None] == [rings_at(change, chat) for chat in chats[:2]]
    assert ada.id == letter.agent_id


def test_what_a_ticket_asks_for_is_said_on_it_as_long_as_it_waits() -> None:
    change = a_change()
    queue, repairs = a_queue(change, "Support"), a_queue(change, "Repairs")
    bicycles, french = skills.add_skill(change, "Bicycles"), skills.add_skill(change, "French", "fr")
    skills.set_queues(change, bicycles.id, {queue.id: 2})
    steps = [RelaxStep(queue_id=0, number=0, after_seconds=30, drop=[bicycles.id], widen_to=repairs.id)]
    stays.set_steps(change, queue.id, steps)
    settle(change)
    ticket = a_ticket(change, live=True, queue_id=queue.id)
    ticket.language = "fr"
    settle(change)

    def asks() -> tuple[str, str]:
        needs = change.rows(select(TicketNeed).where(TicketNeed.ticket_id == ticket.id))
        return ticket.asks, sorts.in_words(
            [(one.skill_id, one.level) for one in needs], stays.widened_to(change, ticket.id)
        )

    assert 2 == len(asks()[0].split())
    assert asks()[0] == asks()[1]
    change.moves(seconds=30)
    matching.look_again(change, ticket.id)
    settle(change)
    assert (f" {french.id}:1 +{repairs.id}",) * 2 == asks()
    skills.remove_skill(change, french.id)
    settle(change)
    assert (f" +{repairs.id}",) * 2 == asks()
    ticket.resolve(change)
    settle(change)
    assert ("", "") == asks()


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(("live", "to_call"), [(True, True), (True, False), (False, True), (False, False)])
def test_the_words_of_the_index_are_those_of_a_ticket_in_hand(channel: Channel, *, live: bool, to_call: bool) -> None:
    change = a_change()
    queue = a_queue(change)
    ticket = waits(change, queue, live=live, channel=channel)
    ticket.to_call, ticket.asks = to_call, " 3:2 11:1 +7"
    change.write()

    ((queue_id, fore, words),) = sorts.in_lines(change, [queue.id])

    assert (queue.id, ticket.fore) == (queue_id, fore)
    assert Sort(medium_of(ticket), ((3, 2), (11, 1)), (7,)) == Sort.of(words)
    assert words == sorts.sort_of(ticket)
    assert [True, False] == [Sort.of(words).is_for({3: level, 11: 4}) for level in (2, 1)]
    assert [(ticket.id, words)] == [(one.ticket_id, one.sort) for one in heads.of_queue(change, queue, 9)]


def test_each_sort_is_named_once_however_many_wait() -> None:
    change = a_change()
    queue, other = a_queue(change), a_queue(change, "Billing")
    for _ in range(20):
        waits(change, queue)
        waits(change, queue, live=False, channel=Channel.EMAIL).set_priority(change, Priority.HIGH)
        waits(change, other, live=False, channel=Channel.PORTAL)
    settled = waits(change, other)
    settled.resolve(change)
    change.write()

    found = sorted(sorts.in_lines(change, [queue.id, other.id]))

    assert [(queue.id, False, Medium.EMAIL), (queue.id, True, Medium.CHAT), (other.id, False, Medium.TICKET)] == found
