"""Who sees a queue's work later sees it on time, whenever that was said, and at once where they were called."""

from datetime import timedelta

from routing import explained, matching, presence, stays
from routing.explained import Why
from routing.presence import Intent
from tests.cast import UnitChange, a_change
from tests.routing.floor import a_chat, a_floor, a_queue, accept, at_the_desk, offer_of, rings_at, settle
from tests.routing.test_stays import step
from tickets.rules import Rules
from tickets.ticket import Ticket


def later(change: UnitChange, **by: float) -> None:
    change.moves(**by)
    for ticket_id in stays.due(change.session, change.now):
        matching.look_again(change, ticket_id)
        settle(change)


def told(change: UnitChange, ticket: Ticket) -> tuple[str, float | None]:
    """Why it waits, and in how many seconds its next step is due."""
    change.write()
    found = explained.told(change.session, [ticket.id])[ticket.id]
    return found.why, None if found.next_at is None else (found.next_at - change.now).total_seconds()


def test_a_delay_is_for_whoever_waits_already_and_its_time_is_kept_to_the_second() -> None:
    """Sam waits already when it is said; it is said otherwise twice, and taken back."""
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    for agent in (ada, bo):
        presence.set_intent(change, agent.id, Intent.AWAY)
    settle(change)
    chat = a_chat(change, queue)
    queue.set_delays(change, {ada.id: 30})
    settle(change)
    at_the_desk(change, ada)
    settle(change)
    assert (Why.EARLY, 30) == told(change, chat)

    queue.set_delays(change, {ada.id: 300, bo.id: 400})
    settle(change)
    assert (Why.EARLY, 300) == told(change, chat)
    stays.set_steps(change, queue.id, [step(100, urgent=True)])
    queue.set_delays(change, {ada.id: 60, bo.id: 400})
    settle(change)
    assert (Why.EARLY, 60) == told(change, chat)

    later(change, seconds=59)
    assert rings_at(change, chat) is None
    later(change, seconds=1)
    assert ada.id == rings_at(change, chat)
    stay = change.find(stays.Stay, chat.id)
    assert stay is not None
    assert stay.began_at + timedelta(seconds=100) == stay.look_due, "the step comes next, then Bo"


def test_a_delay_that_is_taken_back_leaves_nothing_to_wait_for() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    queue.set_delays(change, {ada.id: 30})
    settle(change)
    chat = a_chat(change, queue)
    assert (Why.EARLY, 30) == told(change, chat)

    queue.set_delays(change, {})
    settle(change)

    assert ada.id == rings_at(change, chat)
    stay = change.find(stays.Stay, chat.id)
    assert stay is not None
    assert stay.look_due is None


def test_who_is_called_to_help_is_given_what_is_young_as_soon_as_they_are_free() -> None:
    """Bo sees Support's work later, and answers Repairs, which helps while many wait in Support."""
    change = a_change(rules=Rules(pool=25))
    support, (_, bo) = a_floor(change)
    support.set_members(change, [bo.id])
    repairs = a_queue(change, "Repairs", bo)
    change.write()
    support.set_delays(change, {bo.id: 300})
    support.set_overflow(change, to=repairs.id, at=1)
    settle(change)
    talk = a_chat(change, repairs)
    accept(change, bo, offer_of(change, talk))
    chat = a_chat(change, support)
    assert rings_at(change, chat) is None

    talk.resolve(change)
    settle(change)

    assert bo.id == rings_at(change, chat)
