"""Why a ticket waits is written down when it is another than before, and something happens to each that does."""

from collections.abc import Callable

import pytest

from routing import capacity, explained, matching, presence, watchdog
from routing.choosing import MOST_PASSED
from routing.events import WaitExplained
from routing.explained import Look, Why
from routing.presence import Intent
from routing.queues import Delivery, Queue
from routing.skills import add_skill, set_queues
from routing.stays import RelaxStep, set_steps
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import ALL, a_chat, a_floor, a_queue, accept, at_the_desk, decline, offer_of, settle
from tickets.people import Agent
from tickets.rules import Rules
from tickets.ticket import Ticket

ONE_CHAT = Rules(pool=25)


def look_of(change: UnitChange, ticket: Ticket) -> Look:
    return change.take(Look, ticket.id)


def all_are_busy(change: UnitChange, queue: Queue, ada: Agent) -> None:
    accept(change, ada, offer_of(change, a_chat(change, queue)))


def all_are_away(change: UnitChange, queue: Queue, ada: Agent) -> None:
    presence.set_intent(change, ada.id, Intent.AWAY)


def it_is_not_old_enough(change: UnitChange, queue: Queue, ada: Agent) -> None:
    queue.set_delays(change, {ada.id: 60})


def nobody_knows_bicycles(change: UnitChange, queue: Queue, ada: Agent) -> None:
    set_queues(change, add_skill(change, "Bicycles").id, {queue.id: 2})


@pytest.mark.parametrize(
    ("because", "why", "named"),
    [
        (all_are_busy, Why.BUSY, ["full"]),
        (all_are_away, Why.AWAY, []),
        (it_is_not_old_enough, Why.EARLY, ["early"]),
        (nobody_knows_bicycles, Why.SKILL, ["skill"]),
    ],
)
def test_what_stands_in_the_way_is_written_down(
    because: Callable[[UnitChange, Queue, Agent], None], why: Why, named: list[str]
) -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    because(change, queue, ada)
    settle(change)

    found = look_of(change, a_chat(change, queue)).found

    assert (why, len(named), named) == (found["why"], found["here"], [one["why"] for one in found["named"]])


def test_what_everybody_declined_says_so_and_what_was_before() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    presence.set_intent(change, ada.id, Intent.AWAY)
    settle(change)
    chat = a_chat(change, queue)
    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    settle(change)
    assert Why.FOUND == look_of(change, chat).found["why"]

    decline(change, ada, offer_of(change, chat))

    assert Why.REFUSED == look_of(change, chat).found["why"]
    assert [Why.FOUND, Why.AWAY] == [one["why"] for one in look_of(change, chat).earlier]


def test_the_same_outcome_is_written_once() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    presence.set_intent(change, ada.id, Intent.AWAY)
    settle(change)
    chat = a_ticket(change, live=True, queue_id=queue.id)
    for _ in range(3):
        change.moves(minutes=1)
        queue.drain_due = change.now
        change.settle(ALL)
        explained.note(change, chat, [], {}, needed=25)

    assert 1 == len([event for event in change.recorded if isinstance(event, WaitExplained)])


def test_a_record_stays_small_however_many_were_looked_at() -> None:
    change = a_change()
    agents = [an_agent(change, f"Agent {n}") for n in range(20)]
    queue = a_queue(change, "Support", *agents)
    at_the_desk(change, *agents)
    for agent in agents:
        capacity.of(change, agent.id).used = change.rules.pool
    settle(change)

    found = look_of(change, a_chat(change, queue)).found

    assert (20, MOST_PASSED, {"full": 15}) == (found["here"], len(found["named"]), found["others"])


def test_when_the_last_goes_to_lunch_everybody_in_line_is_told_so_and_when_she_is_back_and_busy_too() -> None:
    """Ada talks, and three chats and two tickets wait; then she is at lunch; then back, and still talks."""
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada", delivery=Delivery.OFFER)
    all_are_busy(change, queue, ada)
    waiting = [a_chat(change, queue) for _ in range(3)] + [a_ticket(change, queue_id=queue.id) for _ in range(2)]
    settle(change)
    change.moves(minutes=1)

    presence.set_intent(change, ada.id, Intent.LUNCH)
    settle(change)
    assert {Why.AWAY} == {look_of(change, one).found["why"] for one in waiting}
    assert {one.id: Why.AWAY for one in waiting} == explained.whys(change.session, [one.id for one in waiting])

    change.moves(minutes=1)
    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    queue.drain_due = change.now
    change.write()
    matching.drain(change, queue.id)
    assert {Why.BUSY} == {look_of(change, one).found["why"] for one in waiting}


def test_the_next_step_is_said() -> None:
    change = a_change()
    queue = a_queue(change, "Support")
    step = RelaxStep(queue_id=0, number=0, after_seconds=90, drop=[], widen_to=None, raise_priority=True)
    set_steps(change, queue.id, [step])

    look = look_of(change, a_chat(change, queue))

    assert 90 == (look.next_at - change.now).total_seconds() if look.next_at else None


# The watchdog


def test_to_every_ticket_that_waits_something_happens_next() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, _ = a_floor(change, "Ada")
    slow = a_queue(change, "Repairs")
    step = RelaxStep(queue_id=0, number=0, after_seconds=30, drop=[], widen_to=None, raise_priority=True)
    set_steps(change, slow.id, [step])
    rings, waits, stays = a_chat(change, queue), a_chat(change, queue), a_chat(change, slow)
    pulled = a_ticket(change, queue_id=queue.id)
    settle(change)
    change.write()

    found = {one.ticket_id: one for one in watchdog.all_waiting(change.session)}

    assert ["rings_out", "look", "step", "look"] == [found[one.id].next for one in (rings, waits, stays, pulled)]
    assert (4, 0) == watchdog.counted(change.session)
    assert not any(one.forgotten(change.now) for one in found.values())
    assert found[waits.id].forgotten(change.now.replace(hour=23))


def test_one_that_was_forgotten_comes_first() -> None:
    change = a_change()
    queue = a_queue(change, "Support", delivery=Delivery.OFFER)
    other = a_queue(change, "Repairs")
    a_chat(change, other)
    change.moves(minutes=1)
    chat = a_chat(change, queue)
    queue.drain_due = None
    change.write()

    first = watchdog.all_waiting(change.session)[0]

    assert (chat.id, "nothing", True) == (first.ticket_id, first.next, first.forgotten(change.now))
    assert (2, 1) == watchdog.counted(change.session)
