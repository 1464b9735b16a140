"""What a ticket gives up while nobody comes."""

import pytest

from routing import heads, matching, presence, stays
from routing.asking import Asked
from routing.events import NeedsRelaxed
from routing.queues import Queue
from routing.skills import Skill, add_skill, needs_of, set_agents, set_queues
from routing.stays import RelaxStep, Stay, set_steps
from tests.cast import UnitChange, a_change, a_customer, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, accept, at_the_desk, decline, offer_of, rings_at, settle
from tests.routing.sla.promises import ALoggedChange
from tickets.errors import Refused
from tickets.people import Agent, Customer
from tickets.status import Priority
from tickets.ticket import Ticket


def step(
    after: float, *, drop: list[int] | None = None, widen_to: int | None = None, urgent: bool = False
) -> RelaxStep:
    return RelaxStep(
        queue_id=0, number=0, after_seconds=after, drop=drop or [], widen_to=widen_to, raise_priority=urgent
    )


def a_picky_queue(change: UnitChange) -> tuple[Queue, Agent, Skill]:
    """Support asks for bicycles, about which Ada, alone at her desk, knows nothing."""
    queue, (ada,) = a_floor(change, "Ada")
    bicycles = add_skill(change, "Bicycles")
    set_queues(change, bicycles.id, {queue.id: 2})
    settle(change)
    return queue, ada, bicycles


def test_after_its_time_a_ticket_gives_up_a_skill_and_reaches_who_is_there() -> None:
    change = a_change()
    queue, ada, bicycles = a_picky_queue(change)
    set_steps(change, queue.id, [step(30, drop=[bicycles.id])])
    settle(change)
    chat = a_chat(change, queue)

    later(change, seconds=29)
    assert rings_at(change, chat) is None
    later(change, seconds=1)

    assert ada.id == rings_at(change, chat)
    assert [] == needs_of(change, chat.id)


def test_after_its_time_another_queue_helps() -> None:
    change = a_change()
    queue, ada, bicycles = a_picky_queue(change)
    bo = an_agent(change, "Bo")
    repairs = a_queue(change, "Repairs", bo)
    set_queues(change, bicycles.id, {})
    presence.set_intent(change, ada.id, presence.Intent.AWAY)
    set_steps(change, queue.id, [step(60, widen_to=repairs.id)])
    settle(change)
    chat = a_chat(change, queue)
    at_the_desk(change, bo)
    settle(change)
    assert rings_at(change, chat) is None

    later(change, seconds=60)

    assert bo.id == rings_at(change, chat)
    assert queue.id == chat.queue_id, "helping moves nothing"


def test_who_helps_is_given_what_waits_when_they_become_free() -> None:
    change = a_change()
    queue, ada, bicycles = a_picky_queue(change)
    bo = an_agent(change, "Bo")
    repairs = a_queue(change, "Repairs", bo)
    set_steps(change, queue.id, [step(60, drop=[bicycles.id], widen_to=repairs.id)])
    presence.set_intent(change, ada.id, presence.Intent.AWAY)
    settle(change)
    chat = a_chat(change, queue)
    later(change, seconds=60)

    at_the_desk(change, bo)
    settle(change)

    assert bo.id == rings_at(change, chat)


def test_who_joins_the_helpers_is_given_what_they_help_with_whatever_waits_before_it() -> None:
    """Nobody of its own queue is free, and what stands first is nobody's to help with as yet."""
    change = a_change()
    queue, ada, bicycles = a_picky_queue(change)
    presence.set_intent(change, ada.id, presence.Intent.AWAY)
    bo = an_agent(change, "Bo")
    at_the_desk(change, bo)
    repairs = a_queue(change, "Repairs")
    set_queues(change, bicycles.id, {})
    set_steps(change, queue.id, [step(60, widen_to=repairs.id)])
    settle(change)
    called = a_chat(change, queue)
    later(change, seconds=60)
    first = a_chat(change, queue)
    first.set_priority(change, Priority.URGENT)
    settle(change)
    assert [first.id, called.id] == [head.ticket_id for head in heads.of_queue(change, queue, 9)]

    repairs.set_members(change, [bo.id])
    settle(change)
    for queue_id in matching.undrained(change.session, change.now):
        matching.drain(change, queue_id)
        settle(change)

    assert (bo.id, None) == (rings_at(change, called), rings_at(change, first))


def test_after_its_time_a_ticket_is_more_urgent() -> None:
    change = a_change()
    queue, _, _ = a_picky_queue(change)
    set_steps(change, queue.id, [step(60, urgent=True), step(120, urgent=True), step(180, urgent=True)])
    settle(change)
    ticket = a_ticket(change, queue_id=queue.id)
    settle(change)

    seen = []
    for _ in range(3):
        later(change, seconds=60)
        seen.append(ticket.priority)

    assert [Priority.HIGH, Priority.URGENT, Priority.URGENT] == seen


def test_steps_that_came_due_while_the_house_slept_are_all_taken_once() -> None:
    change = a_change()
    queue, _, bicycles = a_picky_queue(change)
    set_steps(change, queue.id, [step(60, drop=[bicycles.id]), step(120, urgent=True), step(7200, urgent=True)])
    settle(change)
    ticket = a_ticket(change, queue_id=queue.id)
    settle(change)

    change.moves(hours=1)
    stays.relax(change, ticket.id)
    stays.relax(change, ticket.id)

    taken = [event.step for event in change.recorded if isinstance(event, NeedsRelaxed)]
    assert [1, 2] == taken
    assert Priority.HIGH == ticket.priority


def test_steps_that_are_added_or_come_sooner_reach_who_waits_already() -> None:
    """They count from when each joined the line: Sam's chat half a minute ago, the one that was moved just now."""
    change = ALoggedChange()
    queue, (ada,) = a_floor(change, "Ada")
    presence.set_intent(change, ada.id, presence.Intent.LUNCH)
    other = a_queue(change, "Repairs")
    chat, moved = a_chat(change, queue), a_chat(change, other)
    change.moves(seconds=30)
    moved.move(change, queue.id)
    settle(change)

    set_steps(change, queue.id, [step(60, urgent=True), step(600, urgent=True)])
    settle(change)
    later(change, seconds=30)
    assert [Priority.HIGH, Priority.NORMAL] == [chat.priority, moved.priority]
    later(change, seconds=30)
    assert [Priority.HIGH, Priority.HIGH] == [chat.priority, moved.priority]

    set_steps(change, queue.id, [step(60, urgent=True), step(100, urgent=True)])
    settle(change)
    later(change, seconds=10)
    assert [Priority.URGENT, Priority.HIGH] == [chat.priority, moved.priority]


def test_what_was_taken_meanwhile_gives_up_nothing_and_begins_anew_when_it_is_back() -> None:
    change = a_change()
    queue, ada, bicycles = a_picky_queue(change)
    set_steps(change, queue.id, [step(60, drop=[bicycles.id])])
    settle(change)
    ticket = a_ticket(change, queue_id=queue.id)
    settle(change)
    ticket.assign(change, ada)
    settle(change)

    later(change, minutes=5)
    assert change.find(Stay, ticket.id) is None
    ticket.release(change)
    settle(change)

    assert [bicycles.id] == [one.skill_id for one in needs_of(change, ticket.id)]
    stay = change.find(Stay, ticket.id)
    assert stay is not None
    assert change.now == stay.began_at


def test_who_was_cut_off_is_asked_first_when_they_are_back() -> None:
    """Orphaned: back in line at its age, and whom the customer knows comes first (semantics.md part 3)."""
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    bo_busy = a_chat(change, queue)  # Ada's, idle longest
    accept(change, ada, offer_of(change, bo_busy))
    presence.set_intent(change, bo.id, presence.Intent.AWAY)
    settle(change)

    bo_busy.release(change, why=presence.GONE)
    settle(change)
    presence.set_intent(change, bo.id, presence.Intent.AVAILABLE)
    settle(change)

    assert ada.id == rings_at(change, bo_busy)


def test_after_a_minute_who_was_cut_off_is_asked_like_everybody_else() -> None:
    """Orphaned: preferred agent = the same for 60 s (semantics.md part 3)."""
    change = a_change()
    queue, (ada, _) = a_floor(change)
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))
    chat.release(change, why=presence.GONE)
    settle(change)

    change.moves(seconds=59)
    assert ada.id == Asked(change, chat, queue, needed=25).preferred
    change.moves(seconds=1)
    assert Asked(change, chat, queue, needed=25).preferred is None


def test_a_queue_may_ask_first_for_a_time_whoever_had_the_customers_last_ticket() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    sam = a_customer(change)
    before = a_ticket(change, sam, queue_id=queue.id)
    before.assign(change, bo)
    before.resolve(change)
    settle(change)

    def rings(customer: Customer) -> tuple[int | None, Ticket]:
        chat = a_ticket(change, customer, live=True, queue_id=queue.id)
        settle(change)
        return rings_at(change, chat), chat

    agent, chat = rings(sam)
    assert ada.id == agent, "who was idle longest, where nothing else is said"
    chat.end_live(change)
    chat.resolve(change)
    settle(change)
    queue.prefer_last_agent(change, seconds=120)
    settle(change)

    agent, chat = rings(sam)
    assert bo.id == agent
    assert ada.id == rings(a_customer(change, "李静"))[0], "nobody had one of hers"
    change.moves(seconds=119)
    assert bo.id == Asked(change, chat, queue, needed=25).preferred
    change.moves(seconds=1)
    assert Asked(change, chat, queue, needed=25).preferred is None
    with pytest.raises(Refused, match="0 is never"):
        queue.prefer_last_agent(change, seconds=3601)


@pytest.mark.parametrize("times", [[60, 60], [60, 30], [0], [8 * 24 * 3600]])
def test_each_step_is_later_than_the_one_before(times: list[float]) -> None:
    change = a_change()
    queue = a_queue(change)
    with pytest.raises(Refused, match="later than the one before"):
        set_steps(change, queue.id, [step(time) for time in times])


def test_a_queue_does_not_call_itself_to_help() -> None:
    change = a_change()
    queue = a_queue(change)
    with pytest.raises(Refused, match="itself"):
        set_steps(change, queue.id, [step(60, widen_to=queue.id)])


def later(change: UnitChange, **by: float) -> None:
    """Time goes by, and the scheduler does what is due."""
    change.moves(**by)
    change.write()
    for ticket_id in stays.due(change.session, change.now):
        stays.relax(change, ticket_id)
    settle(change)


def test_the_example_of_the_page() -> None:
    """docs/routing.md: Sam waits for bicycles; Eve of Repairs knows them and declines; Ada is asked at last."""
    change = a_change()
    queue, ada, bicycles = a_picky_queue(change)
    eve = an_agent(change, "Eve")
    repairs = a_queue(change, "Repairs", eve)
    set_agents(change, bicycles.id, {eve.id: 3})
    at_the_desk(change, eve)
    set_steps(change, queue.id, [step(60, widen_to=repairs.id), step(120, drop=[bicycles.id])])
    settle(change)

    sam = a_chat(change, queue)
    assert rings_at(change, sam) is None
    later(change, seconds=60)
    assert eve.id == rings_at(change, sam)
    decline(change, eve, offer_of(change, sam))
    assert rings_at(change, sam) is None
    later(change, seconds=60)
    assert ada.id == rings_at(change, sam)
