"""A step that gives a ticket to somebody goes by capacity and presence, as all that routing does by itself."""

from __future__ import annotations

import pytest

from routing import presence
from routing.presence import Intent
from routing.queues import Queue
from routing.sla.events import SlaUngiven
from routing.sla.policy import Terms, add_policy
from routing.sla.steps import Step
from tests.cast import MONDAY, UnitChange, a_change, a_ticket
from tests.routing.floor import ALL, a_chat, a_floor, acts, capacity_of, open_assignments, rings_at, settle
from tests.routing.sla.promises import targets, the_scheduler_looks
from tickets.people import Agent
from tickets.rules import Rules

ONE_CHAT = Rules(pool=25)


def a_floor_with_a_step(rules: Rules | None = None) -> tuple[UnitChange, Queue, Agent, Agent]:
    """Half of the time for a first answer being over, it is given to Bo; Ada stands beside him."""
    change = a_change(rules=rules)
    queue, (ada, bo) = a_floor(change)
    change.clock.at = change.now = MONDAY
    steps = [Step("used", 50, "assign", str(bo.id))]
    add_policy(change, Terms("Stepped", targets({"first_reply": 60}), steps=steps))
    return change, queue, ada, bo


def the_step_comes(change: UnitChange) -> list[tuple[int, str]]:
    """To whom it could not be given, and why."""
    settle(change)
    change.moves(minutes=31)
    the_scheduler_looks(change)
    change.settle(ALL)
    said = [(one.agent, one.why) for one in change.recorded if isinstance(one, SlaUngiven)]
    settle(change)
    return said


def test_to_who_is_there_and_has_room_it_is_given_within_their_capacity() -> None:
    change, queue, ada, bo = a_floor_with_a_step()
    presence.set_intent(change, bo.id, Intent.AWAY)
    chat = a_chat(change, queue)
    assert ada.id == rings_at(change, chat)
    presence.set_intent(change, bo.id, Intent.AVAILABLE)

    assert [] == the_step_comes(change)

    assert (bo.id, None) == (chat.agent_id, rings_at(change, chat))
    assert [(False, False)] == [(one.by_hand, one.over) for one in open_assignments(change, chat)]
    assert (0, 25) == (capacity_of(change, ada).used, capacity_of(change, bo).used)


@pytest.mark.parametrize("intent", [Intent.AWAY, Intent.LUNCH, Intent.OFFLINE])
def test_who_is_not_there_is_given_nothing_and_it_says_so(intent: Intent) -> None:
    """Not even for a moment: the visitor stays in the line, where somebody else is asked."""
    change, queue, ada, bo = a_floor_with_a_step()
    presence.set_intent(change, bo.id, intent)
    presence.set_intent(change, ada.id, Intent.AWAY)
    chat = a_chat(change, queue)

    assert [(bo.id, "away")] == the_step_comes(change)

    assert chat.agent_id is None
    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    settle(change)
    assert ada.id == rings_at(change, chat)


def test_nobody_holds_too_much_by_a_step_and_who_was_named_is_asked_first() -> None:
    change, queue, ada, bo = a_floor_with_a_step(ONE_CHAT)
    talks = [a_chat(change, queue) for _ in range(2)]
    chat = a_chat(change, queue)
    assert {ada.id, bo.id} == {rings_at(change, one) for one in talks}
    for talk in talks:
        talk.assign(change, change.take(Agent, rings_at(change, talk) or 0))
        settle(change)

    assert [(bo.id, "full")] == [one for one in the_step_comes(change) if one[0] == bo.id][-1:]
    assert (None, 25, 0) == (chat.agent_id, capacity_of(change, bo).used, capacity_of(change, bo).excess)

    for talk in talks:
        talk.resolve(change)
    settle(change)
    assert bo.id == rings_at(change, chat)


def test_who_has_left_is_named_and_it_stays_in_the_hands_it_is_in() -> None:
    change, queue, ada, bo = a_floor_with_a_step()
    bo.active = False
    ticket = a_ticket(change, queue_id=queue.id)
    ticket.receive(change, "Where is it?", client_id="c-1")
    ticket.assign(change, ada)

    assert [(bo.id, "left")] == the_step_comes(change)
    assert ada.id == ticket.agent_id


def test_from_the_hands_of_a_colleague_it_is_passed_on_with_its_room() -> None:
    change, queue, ada, bo = a_floor_with_a_step()
    chat = a_chat(change, queue)
    acts(change, ada)
    chat.assign(change, ada)

    assert [] == the_step_comes(change)

    assert [bo.id] == [one.agent_id for one in open_assignments(change, chat)]
    assert (0, 25) == (capacity_of(change, ada).used, capacity_of(change, bo).used)
