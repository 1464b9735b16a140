"""Whoever asks gets one request, moves or cancels it, and what they typed is a claim."""

from __future__ import annotations

import pytest
from sqlmodel import select

from routing.callbacks import by_hand
from routing.callbacks.asking import Wish, ask
from routing.callbacks.callback import Callback, State
from routing.callbacks.slots import NotOffered
from routing.offers import Offer
from tests.cast import a_change
from tests.routing.callbacks.calls import (
    PRIYA,
    SAM,
    a_call_floor,
    asks,
    at,
    moves,
    moves_to,
    offers_of,
    rings,
)
from tests.routing.floor import accept, acts, offer_of, rings_at, settle
from tickets import by_hand as ticket_by_hand
from tickets.email.outgoing import Outgoing
from tickets.errors import Conflict, Refused
from tickets.message import Message
from tickets.status import Status
from tickets.ticket import Ticket


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


def test_what_is_said_when_asking_again_is_added_once_and_an_address_where_there_was_none() -> None:
    change = a_change()
    a_call_floor(change)
    first = asks(change, "2026-11-24T09:00", text="My lamp flickers")
    wish = Wish("second-form", SAM, name="Sam", text="It is dark now", email="Sam@Mail.example")

    again, _ = ask(change, wish), ask(change, wish)  # a double click
    settle(change)
    third = asks(change, email="mallory@mail.example")

    said = change.rows(select(Message).where(Message.ticket_id == first.ticket.id))
    assert ["My lamp flickers", "It is dark now"] == [one.text for one in sorted(said, key=lambda one: one.seq)]
    assert (True, True, False) == (again.joined, again.kept_words, third.kept_email)
    assert ("sam@mail.example", True) == (first.callback.email, first.callback.email_later)
    assert (at("2026-11-24T09:00"), State.SCHEDULED) == (first.callback.start, first.callback.state)


def test_an_address_that_came_later_is_told_of_the_call_but_not_how_to_move_or_cancel_it() -> None:
    change = a_change()
    a_call_floor(change)
    first, other = asks(change, "2026-11-24T09:00"), asks(change, phone=PRIYA, email="priya@mail.example")
    asks(change, email="mallory@mail.example")
    for asked in (first, other):
        by_hand.move(change, asked.ticket.id, at("2026-11-25T09:00"))
    settle(change)

    moved = change.rows(select(Outgoing).where(Outgoing.notice == "callback_moved"))

    links = {one.to_address: one.facts["link"] for one in moved}
    assert {"mallory@mail.example", "priya@mail.example"} == set(links)
    assert {""} == {one.to_name for one in change.rows(select(Outgoing))}, (
        "what they call themselves is not ours to say"
    )
    assert ("", True) == (links["mallory@mail.example"], links["priya@mail.example"].startswith("/callback/"))


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
