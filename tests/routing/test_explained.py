"""Why tickets wait is written once for all who wait for the same, and something happens next to each of them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from routing import capacity, explained, handing, matching, offers, presence, watchdog
from routing.choosing import MOST_PASSED
from routing.events import WaitExplained
from routing.explained import LineLook, Told, Why
from routing.presence import Intent
from routing.queues import Delivery, Queue
from routing.skills import add_skill, set_agents, set_queues
from routing.stays import RelaxStep, set_steps
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import ALL, a_chat, a_floor, a_queue, accept, at_the_desk, decline, offer_of, settle
from tickets.people import Agent
from tickets.rules import Rules
from tickets.ticket import Ticket

ONE_CHAT = Rules(pool=25)


def told(change: UnitChange, ticket: Ticket) -> Told:
    change.write()
    return explained.told(change.session, [ticket.id])[ticket.id]


def written(change: UnitChange) -> list[LineLook]:
    return [*change.rows(select(LineLook))]


def busy(*agents: int, others: int = 0, **delays: float) -> dict[str, Any]:
    """What is found where these are there and have no room; `a1` is the delay of agent 1."""
    named = [{"agent": one, "why": "full", "delay": delays.get(f"a{one}", 0.0)} for one in agents]
    return {"why": "full", "here": len(agents) + others, "named": named, "needs": [], "delays": []} | {
        "others": {"full": others} if others else {}
    }


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

    found = told(change, a_chat(change, queue)).found

    assert (why, len(named), named) == (found["why"], found["here"], [one["why"] for one in found["named"]])


def test_what_everybody_declined_says_so_and_what_was_before() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    presence.set_intent(change, ada.id, Intent.AWAY)
    settle(change)
    chat = a_chat(change, queue)
    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    settle(change)
    assert {} == explained.whys(change.session, [chat.id]), "nothing does while it rings"

    decline(change, ada, offer_of(change, chat))

    assert (Why.REFUSED, None) == (told(change, chat).why, told(change, chat).since)
    (look,) = written(change)
    assert [Why.AWAY] == [one["why"] for one in look.earlier]


def test_the_same_outcome_is_written_once() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    presence.set_intent(change, ada.id, Intent.AWAY)
    settle(change)
    began, chats = change.now, list[Ticket]()
    for _ in range(3):
        chats.append(a_ticket(change, live=True, queue_id=queue.id))
        change.settle(ALL)
        change.moves(minutes=1)
        matching.match_queue(change, queue.id)

    assert 1 == len([event for event in change.recorded if isinstance(event, WaitExplained)])
    assert {began} == {told(change, chat).since for chat in chats}


def test_a_record_stays_small_however_many_were_looked_at() -> None:
    change = a_change()
    agents = [an_agent(change, f"Agent {n}") for n in range(20)]
    queue = a_queue(change, "Support", *agents)
    at_the_desk(change, *agents)
    for agent in agents:
        capacity.of(change, agent.id).used = change.rules.pool
    settle(change)

    found = told(change, a_chat(change, queue)).found

    assert (20, MOST_PASSED, {"full": 15}) == (found["here"], len(found["named"]), found["others"])


def test_how_many_others_there_are_is_told_anew_when_the_line_is_looked_through() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, agents = a_floor(change, *(f"Agent {n}" for n in range(9)))
    for agent in agents:
        all_are_busy(change, queue, agent)
    chat = a_chat(change, queue)
    before = told(change, chat)
    assert {"full": 4} == before.found["others"]

    for agent in agents[6:]:
        presence.set_intent(change, agent.id, Intent.LUNCH)
    settle(change)
    change.moves(minutes=1)
    matching.match_queue(change, queue.id)

    after = told(change, chat)
    assert (before.since, 6, {"full": 1}) == (after.since, after.found["here"], after.found["others"])
    assert [WaitExplained(queue=queue.id, why="full")] == change.recorded


def test_when_the_last_goes_to_lunch_everybody_in_line_is_told_so_at_once_and_when_she_is_back() -> None:
    """Ada talks, and forty chats and two tickets wait; then she is at lunch; then back, and still talks. Whoever asks
    hears the same of the first and of the last.
    """
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada", delivery=Delivery.OFFER)
    all_are_busy(change, queue, ada)
    waiting = [a_chat(change, queue) for _ in range(40)] + [a_ticket(change, queue_id=queue.id) for _ in range(2)]
    settle(change)
    for intent, why in ((Intent.LUNCH, Why.AWAY), (Intent.AVAILABLE, Why.BUSY)):
        change.moves(minutes=1)
        presence.set_intent(change, ada.id, intent)
        change.settle(ALL)

        assert ["chat", "ticket"] == sorted(one.sort for one in written(change)), "however many wait"
        assert [why, why] == [event.why for event in change.recorded if isinstance(event, WaitExplained)]
        assert {one.id: why for one in waiting} == explained.whys(change.session, [one.id for one in waiting])
        assert {one.id: why for one in waiting} == {
            one.ticket_id: one.why for one in watchdog.all_waiting(change.session)
        }
        change.events.clear()


def test_who_goes_has_all_their_lines_told_but_no_more_than_three_at_once() -> None:
    change = a_change()
    ada = an_agent(change, "Ada")
    queues = [a_queue(change, f"Line {n}", ada) for n in range(5)]
    at_the_desk(change, ada)
    capacity.of(change, ada.id).used = change.rules.pool
    settle(change)
    waiting = [a_chat(change, queue) for queue in queues]

    presence.set_intent(change, ada.id, Intent.LUNCH)
    settle(change)
    ids = [one.id for one in waiting]
    assert [Why.AWAY] * 3 + [Why.BUSY] * 2 == [*explained.whys(change.session, ids).values()]

    for queue_id in matching.undrained(change.session, change.now):
        matching.drain(change, queue_id)
    change.write()
    assert {Why.AWAY} == set(explained.whys(change.session, ids).values())


def test_nothing_is_kept_of_a_line_in_which_nobody_waits() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    all_are_busy(change, queue, ada)
    chat = a_chat(change, queue)
    assert ["chat"] == [one.sort for one in written(change)]

    handing.assign(change, chat.id, ada.id)
    settle(change)
    change.moves(minutes=1)
    for queue_id in matching.undrained(change.session, change.now):
        matching.drain(change, queue_id)

    assert [] == written(change)
    assert queue.drain_due is None


@pytest.mark.parametrize(
    ("found", "refused", "age", "why", "others"),
    [
        (busy(1, 2), {1}, None, Why.BUSY, {}),
        (busy(1, 2), {1, 2, 9}, None, Why.REFUSED, {}),
        (busy(1, a1=60.0), (), 60.0, Why.EARLY, {}),
        (busy(1, a1=60.0), (), 60.1, Why.BUSY, {}),
        (busy(1, 2, a1=60.0), {2}, 30.0, Why.EARLY, {}),
        (busy(1, a1=60.0), {1}, 30.0, Why.REFUSED, {}),
        (busy(1, others=3) | {"delays": [[60.0, 2]]}, {1, 9}, 60.0, Why.EARLY, {"early": 2, "refused": 1}),
        (busy(1, others=4) | {"delays": [[60.0, 2]]}, {1, 9}, 60.0, Why.BUSY, {"early": 2, "full": 1, "refused": 1}),
    ],
)
def test_one_that_was_refused_or_is_young_reads_the_record_of_its_line_in_its_own_way(
    found: dict[str, Any], refused: set[int], age: float | None, why: Why, others: dict[str, int]
) -> None:
    """It is the nearest of all that keep anybody from it: full, then too early, then refused."""
    seen = explained.seen_by(found, refused, age)

    assert (why, others) == (seen["why"], seen["others"])


def test_who_lacks_a_skill_can_refuse_nothing() -> None:
    """Of two bicycles one was declined by the only one who could; the other waits for her to have room."""
    change = a_change(rules=ONE_CHAT)
    queue, (ada, bo) = a_floor(change, "Ada", "Bo")
    skill = add_skill(change, "Bicycles")
    set_queues(change, skill.id, {queue.id: 2})
    set_agents(change, skill.id, {ada.id: 3})
    settle(change)
    first = a_chat(change, queue)
    decline(change, ada, offer_of(change, first))
    accept(change, ada, offer_of(change, second := a_chat(change, queue)))
    third = a_chat(change, queue)

    assert second.agent_id == ada.id
    assert [(ada.id, "refused"), (bo.id, "skill")] == [
        (one["agent"], one["why"]) for one in told(change, first).found["named"]
    ]
    assert (Why.REFUSED, Why.BUSY) == (told(change, first).why, told(change, third).why)
    assert [["Bicycles", 2]] == told(change, third).found["needs"]


def test_who_let_it_ring_and_is_back_keeps_nothing_waiting_for_that() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change, "Ada", "Bo")
    capacity.of(change, bo.id).used = change.rules.pool
    chat = a_chat(change, queue)
    change.moves(minutes=1)
    offers.expire(change, offer_of(change, chat).id)
    capacity.of(change, ada.id).used = change.rules.pool
    settle(change)

    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    change.settle(ALL)

    assert chat.id in {event.ticket for event in change.recorded if isinstance(event, WaitExplained)}
    assert ["full", "full"] == [one["why"] for one in told(change, chat).found["named"]]


def test_the_next_step_is_said() -> None:
    change = a_change()
    queue = a_queue(change, "Support")
    step = RelaxStep(queue_id=0, number=0, after_seconds=90, drop=[], widen_to=None, raise_priority=True)
    set_steps(change, queue.id, [step])

    next_at = told(change, a_chat(change, queue)).next_at

    assert next_at is not None
    assert 90 == (next_at - change.now).total_seconds()


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
