"""A promise to ring is kept in its window, once, while the queue is open, and tried again where nobody answers."""

from __future__ import annotations

import pytest
from sqlmodel import select

from routing import handing, presence
from routing.callbacks import by_hand
from routing.callbacks.asking import Wish, ask
from routing.callbacks.callback import Callback, Outcome, State
from routing.callbacks.slots import NotOffered
from routing.hours import Calendar
from routing.offers import Offer
from routing.presence import Intent
from tests.cast import a_change, a_ticket
from tests.routing.callbacks.calls import (
    OFFICE,
    PRIYA,
    SAM,
    a_call_floor,
    asks,
    at,
    moves,
    moves_to,
    offers_of,
    rings,
    tick,
)
from tests.routing.floor import accept, acts, capacity_of, decline, offer_of, rings_at, settle
from tickets import by_hand as ticket_by_hand
from tickets.errors import Conflict, Refused
from tickets.status import Status
from tickets.ticket import Ticket


def test_as_soon_as_possible_rings_at_once() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)

    asked = asks(change)

    assert (ada.id, 1) == (rings_at(change, asked.ticket), offers_of(change, asked.ticket))
    assert (at("2026-11-23T10:00"), at("2026-11-23T12:00")) == (asked.callback.start, asked.callback.end)


def test_before_its_window_it_is_hidden_and_offered_to_nobody() -> None:
    change = a_change()
    a_call_floor(change)

    asked = asks(change, "2026-11-23T13:00", text="About my invoice")
    moves_to(change, "2026-11-23T12:59:59")

    assert (State.SCHEDULED, at("2026-11-23T13:00")) == (asked.callback.state, asked.ticket.snoozed_until)
    assert 0 == offers_of(change, asked.ticket)
    assert "About my invoice" == asked.ticket.preview


def test_when_the_window_opens_it_is_offered_once_at_its_original_age() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change, "2026-11-23T13:00")

    moves_to(change, "2026-11-23T13:00")
    tick(change)
    moves(change, seconds=19)

    assert (State.QUEUED, ada.id, 1) == (
        asked.callback.state,
        rings_at(change, asked.ticket),
        offers_of(change, asked.ticket),
    )
    assert at("2026-11-23T10:00") == asked.ticket.queued_at


def test_a_queue_that_closed_meanwhile_rings_at_its_next_opening() -> None:
    change = a_change()
    queue, _ = a_call_floor(change)
    asked = asks(change, "2026-11-23T13:00")
    calendar = change.take(Calendar, queue.calendar_id or 0)
    calendar.set_hours(
        change, type(OFFICE)(OFFICE.zone, OFFICE.week, closed=frozenset({at("2026-11-23T13:00").date()}))
    )

    moves_to(change, "2026-11-23T13:00")
    assert (0, at("2026-11-24T09:00")) == (offers_of(change, asked.ticket), asked.ticket.snoozed_until)
    moves_to(change, "2026-11-24T09:00")
    assert 1 == offers_of(change, asked.ticket)


def test_what_nobody_took_until_closing_time_stands_in_line_again_in_the_morning_and_is_late() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    presence.set_intent(change, ada.id, Intent.AWAY)
    asked = asks(change)

    moves_to(change, "2026-11-23T17:00")
    acts(change, ada)
    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    settle(change)
    assert (0, State.SCHEDULED) == (offers_of(change, asked.ticket), asked.callback.state)

    moves_to(change, "2026-11-24T09:00")
    assert ada.id == rings_at(change, asked.ticket)
    assert at("2026-11-23T12:00") == asked.callback.end


def test_an_offer_that_rings_at_closing_time_falls_silent() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change, now="2026-11-23T16:30")
    asked = asks(change)
    assert ada.id == rings_at(change, asked.ticket)

    moves_to(change, "2026-11-23T17:00")

    assert rings_at(change, asked.ticket) is None


def test_who_holds_it_at_closing_time_may_still_ring_but_it_goes_to_nobody_else() -> None:
    change = a_change()
    _, (ada, bo) = a_call_floor(change, "Ada", "Bo")
    asked = asks(change)
    holder = next(one for one in (ada, bo) if one.id == rings_at(change, asked.ticket))
    accept(change, holder, offer_of(change, asked.ticket))

    moves_to(change, "2026-11-23T17:00")
    assert (holder.id, State.QUEUED) == (asked.ticket.agent_id, asked.callback.state)

    handing.give_back(change, asked.ticket.id)
    settle(change)
    assert (1, State.SCHEDULED) == (offers_of(change, asked.ticket), asked.callback.state)


@pytest.mark.parametrize(("outcome", "minutes"), [("no_answer", 15), ("busy", 5)])
def test_nobody_answered_so_it_is_tried_again_and_the_same_agent_may_be_asked(outcome: str, minutes: int) -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)

    rings(change, ada, asked.ticket, outcome)
    assert (State.RETRY_WAIT, None, 0) == (asked.callback.state, asked.ticket.agent_id, capacity_of(change, ada).used)
    moves(change, minutes=minutes, seconds=-1)
    assert 1 == offers_of(change, asked.ticket)
    moves(change, seconds=1)

    assert (ada.id, 2) == (rings_at(change, asked.ticket), offers_of(change, asked.ticket))


def test_the_next_try_is_within_opening_hours() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change, now="2026-11-23T16:30")
    asked = asks(change)
    moves_to(change, "2026-11-23T16:50")

    rings(change, ada, asked.ticket, "no_answer")

    assert at("2026-11-24T09:00") == asked.ticket.snoozed_until


def test_after_the_last_try_we_give_up_and_the_ticket_is_settled() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)

    for outcome in ("no_answer", "busy", "no_answer"):
        rings(change, ada, asked.ticket, outcome)
        moves(change, minutes=15)

    assert (State.DONE, "gave_up", 3) == (asked.callback.state, asked.callback.outcome, asked.callback.attempts)
    assert (Status.RESOLVED, 3) == (asked.ticket.status, offers_of(change, asked.ticket))


def test_reached_is_an_answer_and_the_ticket_stays_with_its_agent() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change, text="Please call")

    moves(change, minutes=1)
    rings(change, ada, asked.ticket, "reached")

    assert (State.DONE, "reached") == (asked.callback.state, asked.callback.outcome)
    assert (ada.id, Status.OPEN, None) == (asked.ticket.agent_id, asked.ticket.status, asked.ticket.waiting_since)
    assert at("2026-11-23T10:01") == asked.ticket.first_reply_at


def test_a_wrong_number_ends_it() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)

    rings(change, ada, asked.ticket, "wrong_number")

    assert ("wrong_number", Status.RESOLVED) == (asked.callback.outcome, asked.ticket.status)


def test_a_second_click_counts_once_and_another_word_for_the_same_try_is_refused() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)

    rings(change, ada, asked.ticket, "no_answer", attempt=1)
    rings(change, ada, asked.ticket, "no_answer", attempt=1)

    assert (1, State.RETRY_WAIT) == (asked.callback.attempts, asked.callback.state)
    with pytest.raises(Conflict):
        by_hand.tried(change, asked.ticket.id, Outcome.REACHED, attempt=1)


def test_declining_is_no_try() -> None:
    change = a_change()
    _, (ada, bo) = a_call_floor(change, "Ada", "Bo")
    asked = asks(change)
    first, second = (ada, bo) if rings_at(change, asked.ticket) == ada.id else (bo, ada)

    decline(change, first, offer_of(change, asked.ticket))

    assert (second.id, 0) == (rings_at(change, asked.ticket), asked.callback.attempts)


def test_what_a_colleague_holds_they_ring_themselves() -> None:
    change = a_change()
    _, (ada, bo) = a_call_floor(change, "Ada", "Bo")
    asked = asks(change)
    holder, other = (ada, bo) if rings_at(change, asked.ticket) == ada.id else (bo, ada)
    accept(change, holder, offer_of(change, asked.ticket))

    with pytest.raises(Conflict, match=f"{holder.name} took this"):
        rings(change, other, asked.ticket, "no_answer")


def test_moving_makes_another_promise_with_tries_of_its_own() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)
    rings(change, ada, asked.ticket, "no_answer")

    by_hand.move(change, asked.ticket.id, at("2026-11-24T11:00"))
    settle(change)

    assert (State.SCHEDULED, 0) == (asked.callback.state, asked.callback.attempts)
    moves(change, minutes=15)
    assert 1 == offers_of(change, asked.ticket)
    moves_to(change, "2026-11-24T11:00")
    assert 2 == offers_of(change, asked.ticket)


def test_moving_takes_it_from_the_agent_who_was_about_to_ring_and_now_brings_it_back() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)
    accept(change, ada, offer_of(change, asked.ticket))

    change.by = "system"
    by_hand.move(change, asked.ticket.id, at("2026-11-24T11:00"))
    settle(change)
    assert (None, at("2026-11-24T11:00")) == (asked.ticket.agent_id, asked.ticket.snoozed_until)
    by_hand.move(change, asked.ticket.id, None)
    settle(change)

    assert (State.QUEUED, ada.id) == (asked.callback.state, rings_at(change, asked.ticket))


def test_cancelling_ends_offers_and_tries_whoever_does_it_and_twice_is_once() -> None:
    change = a_change()
    a_call_floor(change)
    asked = asks(change)

    by_hand.cancel(change, asked.ticket.id)
    by_hand.cancel(change, asked.ticket.id)
    assert 1 == change.kinds.count("CallbackClosed")
    settle(change)

    assert ("cancelled", Status.RESOLVED) == (asked.callback.outcome, asked.ticket.status)
    assert rings_at(change, asked.ticket) is None
    with pytest.raises(Conflict):
        by_hand.move(change, asked.ticket.id, None)


def test_a_ticket_that_is_resolved_or_called_spam_needs_no_call() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)

    for end in (Status.RESOLVED, Status.SPAM):
        asked = asks(change, "2026-11-24T09:00")
        acts(change, ada)
        asked.ticket.set_status(change, end)
        settle(change)

        assert ("cancelled", False) == (asked.callback.outcome, asked.ticket.to_call)
    moves_to(change, "2026-11-24T09:00")
    assert [] == change.rows(select(Offer))


def test_the_same_number_joins_the_request_that_is_open() -> None:
    change = a_change()
    a_call_floor(change)
    first = asks(change, "2026-11-24T09:00")

    again = asks(change, "2026-11-25T09:00", name="Mallory", text="Ring later")

    assert (True, first.ticket.id, at("2026-11-24T09:00")) == (again.joined, again.ticket.id, again.callback.start)
    assert 1 == len(change.rows(select(Ticket)))
    by_hand.cancel(change, first.ticket.id)
    settle(change)
    assert not asks(change, "2026-11-25T09:00").joined
    assert not asks(change, "2026-11-25T09:00", phone=PRIYA).joined


def test_the_same_form_is_the_same_request_also_when_that_is_over() -> None:
    change = a_change()
    a_call_floor(change)
    wish = Wish("one-form", SAM)

    first, again = ask(change, wish), ask(change, wish)
    by_hand.cancel(change, first.ticket.id)

    assert (False, first.ticket.id) == (again.joined, again.ticket.id) == (False, ask(change, wish).ticket.id)


def test_a_time_that_is_over_or_closed_keeps_nothing_and_names_the_nearest() -> None:
    change = a_change()
    a_call_floor(change)

    for wanted in ("2026-11-23T09:00", "2026-11-28T12:00", "2026-11-23T13:30"):
        with pytest.raises(NotOffered) as refused:
            asks(change, wanted)
        assert 3 == len(refused.value.nearest)
    assert [] == change.rows(select(Callback))
    assert [] == change.rows(select(Ticket))


def test_a_bad_address_is_said_beside_its_field() -> None:
    change = a_change()
    a_call_floor(change)

    with pytest.raises(Refused) as refused:
        asks(change, email="sam at example")

    assert "email" == refused.value.field


def test_what_was_typed_is_a_claim_and_joins_nobody() -> None:
    change = a_change()
    a_call_floor(change)
    sam = asks(change, email="sam@example.com")
    by_hand.cancel(change, sam.ticket.id)
    settle(change)

    again = asks(change, email="sam@example.com")

    assert sam.ticket.customer_id != again.ticket.customer_id


def test_a_word_from_the_customer_before_the_window_shows_the_ticket_and_the_promise_stands() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change, "2026-11-23T13:00")
    asked.ticket.receive(change, "Rather in the afternoon?", client_id="2")
    settle(change)
    assert (None, State.SCHEDULED, 5) == (
        asked.ticket.snoozed_until,
        asked.callback.state,
        offer_of(change, asked.ticket).weight,
    )
    accept(change, ada, offer_of(change, asked.ticket))
    ticket_by_hand.reply(change, asked.ticket.id, text="We ring at one.", client_id="3")
    ticket_by_hand.set_status(change, asked.ticket.id, Status.PENDING)
    settle(change)

    moves_to(change, "2026-11-23T13:00")

    assert (State.QUEUED, Status.OPEN, True) == (asked.callback.state, asked.ticket.status, asked.ticket.to_call)


def test_a_call_takes_an_agents_whole_attention_until_the_work_after_it_is_done() -> None:
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    asked = asks(change)
    accept(change, ada, offer_of(change, asked.ticket))
    chat = a_ticket(change, live=True, queue_id=queue.id)
    settle(change)
    assert (100, None) == (capacity_of(change, ada).used, rings_at(change, chat))

    rings(change, ada, asked.ticket, "reached")
    assert rings_at(change, chat) is None
    asked.ticket.resolve(change)
    settle(change)

    assert ada.id == rings_at(change, chat)


def test_mails_are_laid_aside_for_a_call_and_chats_are_not() -> None:
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    for _ in range(2):
        handing.assign(change, a_ticket(change, queue_id=queue.id).id, ada.id)
    settle(change)
    asked = asks(change)
    assert (ada.id, 110, 10) == (
        rings_at(change, asked.ticket),
        capacity_of(change, ada).used,
        capacity_of(change, ada).excess,
    )
    rings(change, ada, asked.ticket, "no_answer")
    assert (10, 0) == (capacity_of(change, ada).used, capacity_of(change, ada).excess)

    chat = a_ticket(change, live=True, queue_id=queue.id)
    settle(change)
    accept(change, ada, offer_of(change, chat))
    moves(change, minutes=15)
    assert rings_at(change, asked.ticket) is None
    chat.end_live(change)
    settle(change)
    assert ada.id == rings_at(change, asked.ticket)
