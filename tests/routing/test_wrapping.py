"""After a talk its agent writes down what was said; and what becomes of the offer by which it came."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from routing import presence, wrapping
from routing.medium import Medium
from routing.offers import Offer, State
from routing.presence import GONE, Intent
from routing.queues import Delivery
from tests.cast import UnitChange, a_change
from tests.routing.floor import a_chat, a_floor, accept, acts, capacity_of, decline, offer_of, open_assignments, settle
from tests.routing.talks import a_talk, sets, sweeps
from tickets.errors import NotAllowed
from tickets.status import Priority
from tickets.ticket import Ticket


def test_after_a_talk_its_room_is_kept_until_the_time_is_over() -> None:
    """docs/routing.md: a minute, and not a second less."""
    change = a_change()
    ada, chat = a_talk(change, wrap_seconds=60)

    chat.resolve(change)
    settle(change)
    assert (25, State.WRAPPING) == (capacity_of(change, ada).used, _offer(change, chat).state)

    sweeps(change, seconds=59)
    assert 25 == capacity_of(change, ada).used
    sweeps(change, seconds=1)
    assert (0, State.COMPLETED) == (capacity_of(change, ada).used, _offer(change, chat).state)


def test_whoever_has_written_it_down_says_so_and_once_is_enough() -> None:
    change = a_change()
    ada, chat = a_talk(change, wrap_seconds=60)
    chat.end_live(change)
    settle(change)
    (held,) = wrapping.under_way(change.session, ada.id)
    assert 5 + 20 == capacity_of(change, ada).used, "the ticket stays in her hands"

    acts(change, ada)
    wrapping.finish(change, held.id)
    settle(change)
    wrapping.finish(change, held.id)
    wrapping.run_out(change, held.id)

    assert 5 == capacity_of(change, ada).used
    assert [] == change.events


def test_nobody_ends_what_somebody_else_writes_down() -> None:
    change = a_change()
    _, chat = a_talk(change, wrap_seconds=60)
    chat.end_live(change)
    settle(change)
    (held,) = open_assignments(change, chat)

    change.by = "agent:999"
    with pytest.raises(NotAllowed):
        wrapping.finish(change, held.id)


def test_a_customer_who_is_back_ends_the_writing_and_weighs_once() -> None:
    change = a_change()
    ada, chat = a_talk(change, wrap_seconds=60)
    chat.end_live(change)
    settle(change)

    chat.begin_live(change)
    settle(change)

    assert (25, []) == (capacity_of(change, ada).used, list(wrapping.under_way(change.session, ada.id)))


def test_a_resolved_chat_that_comes_back_is_not_written_down_beside_itself() -> None:
    """Ada is full with four chats. The first is resolved, and its customer is back while she writes: they are four
    again, and none of them is one too many."""
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    sets(change, Medium.CHAT, wrap_seconds=600)
    chats = [a_chat(change, queue) for _ in range(4)]
    for chat in chats:
        accept(change, ada, offer_of(change, chat))
    chats[0].resolve(change)
    settle(change)
    change.moves(seconds=20)

    change.by = "system"
    chats[0].receive(change, "One more thing", client_id="c-2")
    chats[0].begin_live(change)
    settle(change)

    held = capacity_of(change, ada)
    assert (100, 0, []) == (held.used, held.excess, list(wrapping.under_way(change.session, ada.id)))
    assert [False] == [one.over for one in open_assignments(change, chats[0])]
    assert State.COMPLETED == _offer(change, chats[0]).state


def test_a_queue_has_its_own_time_for_it() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    sets(change, Medium.CHAT, wrap_seconds=60)
    queue.set_patience(change, wrap_seconds=0, raise_after=3)
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))

    chat.resolve(change)
    settle(change)

    assert (0, State.COMPLETED) == (capacity_of(change, ada).used, _offer(change, chat).state)


def test_the_next_state_waits_until_it_is_written_down() -> None:
    change = a_change()
    ada, chat = a_talk(change, wrap_seconds=60)
    presence.choose(change, ada.id, "lunch", later=True)
    chat.resolve(change)
    settle(change)
    assert Intent.AVAILABLE == presence.of(change, ada.id).intent

    sweeps(change, minutes=1)

    assert Intent.LUNCH == presence.of(change, ada.id).intent


# What becomes of an offer


def test_an_accepted_offer_whose_agent_is_lost_is_orphaned_and_its_chat_keeps_its_age() -> None:
    change = a_change()
    ada, chat = a_talk(change)
    age = chat.queued_at

    change.moves(minutes=2)
    presence.lost(change, ada.id)
    settle(change)

    assert (State.ORPHANED, age, None) == (_offer(change, chat).state, chat.queued_at, chat.agent_id)


@pytest.mark.parametrize("why", ["", "moved", GONE])
def test_an_offer_that_rang_elsewhere_is_not_touched_by_what_happens_to_another(why: str) -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    one, other = a_chat(change, queue), a_chat(change, queue)
    accept(change, ada, offer_of(change, one))
    accept(change, bo, offer_of(change, other))

    one.release(change, why=why)
    settle(change)

    assert State.ACCEPTED == _offer(change, other).state


def test_after_three_refusals_in_a_row_it_is_more_urgent() -> None:
    """docs/routing.md: Ada, Bo and Grace decline Sam's chat; it keeps its age."""
    change = a_change()
    queue, agents = a_floor(change, "Ada", "Bo", "Grace", delivery=Delivery.OFFER)
    chat = a_chat(change, queue)
    age = chat.queued_at

    for n, _ in enumerate(agents):
        assert Priority.NORMAL == chat.priority, n
        offer = offer_of(change, chat)
        decline(change, next(one for one in agents if one.id == offer.agent_id), offer)

    assert (Priority.HIGH, age) == (chat.priority, chat.queued_at)


def _offer(change: UnitChange, ticket: Ticket) -> Offer:
    return change.rows(select(Offer).where(Offer.ticket_id == ticket.id).order_by(col(Offer.id).desc()))[0]


def test_the_next_state_begins_also_after_a_chat_that_had_fallen_silent() -> None:
    """Its end frees nothing: it weighs more as a ticket than it did in silence."""
    change = a_change()
    ada, chat = a_talk(change)
    presence.choose(change, ada.id, "lunch", later=True)
    sweeps(change, minutes=10)
    presence.seen(change, [ada.id])
    assert chat.silent

    chat.end_live(change)
    settle(change)

    assert Intent.LUNCH == presence.of(change, ada.id).intent


def test_a_matter_that_is_opened_again_leaves_the_writing_of_the_first_talk_alone() -> None:
    change = a_change()
    _, chat = a_talk(change, wrap_seconds=60)
    chat.resolve(change)
    settle(change)

    chat.receive(change, "One more thing", client_id="c-2")
    settle(change)
    assert State.WRAPPING == _offer(change, chat).state

    sweeps(change, minutes=1)
    assert State.COMPLETED == _offer(change, chat).state
