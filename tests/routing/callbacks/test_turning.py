"""Who waits in a chat can be called or written to instead, and come back: one ticket, one place in line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing import heads, wait
from routing.callbacks import turning
from routing.callbacks.asking import Wish
from routing.callbacks.callback import State
from routing.callbacks.standing import stage, standing
from routing.callbacks.terms import set_terms
from routing.callbacks.turning import offering
from routing.placing import place
from routing.queues import Delivery, Queue
from routing.wait import Band
from tests.cast import UnitChange, a_change
from tests.routing.callbacks.calls import PRIYA, SAM, a_call_floor, asks, at, callback_of, moves_to
from tests.routing.floor import a_chat, accept, offer_of, rings_at, settle
from tests.routing.sla.promises import clock_of
from tickets.email.correspondence import Correspondence
from tickets.errors import Conflict
from tickets.people import Agent
from tickets.status import Channel
from tickets.ticket import Ticket

TOO_LONG, SHORT = Band(60, 601), Band(60, 600)  # against ten minutes


def test_a_chat_becomes_a_call_at_its_place_and_rings_before_calls_that_were_asked_for_later() -> None:
    """Sam waits since ten, Priya asked for a call at five past; when Ada has done with her chats, it is Sam's turn."""
    change, queue, ada, busy = a_line()
    place(change, "callback", "", queue.id)
    sam = a_chat(change, queue)
    change.moves(minutes=5)
    priya = asks(change, phone=PRIYA).ticket
    change.moves(minutes=5)
    since = sam.queued_at

    asked = turning.to_call(change, sam.id, Wish("k-1", SAM))
    settle(change)

    assert (sam.id, since, False) == (asked.ticket.id, sam.queued_at, sam.live)
    assert (Channel.CALLBACK, State.QUEUED, True) == (sam.channel, asked.callback.state, sam.to_call)
    are_done(change, busy)
    assert (ada.id, None) == (rings_at(change, sam), rings_at(change, priya))


def test_who_waits_for_a_call_instead_of_a_chat_has_their_turn_before_chats_that_came_later() -> None:
    """Sam waits since ten, 李静 since five past; nobody goes to the end for asking to be called."""
    change, queue, ada, busy = a_line()
    place(change, "callback", "", queue.id)
    sam = a_chat(change, queue)
    change.moves(minutes=5)
    li_jing = a_chat(change, queue)
    priya = asks(change, phone=PRIYA).ticket
    turning.to_call(change, sam.id, Wish("k-1", SAM))
    settle(change)

    assert {li_jing.id: 2} == wait.positions(change, queue.id)
    assert [sam.id, li_jing.id, priya.id] == [head.ticket_id for head in heads.of_queue(change, queue, 9)]
    are_done(change, busy)
    assert (ada.id, None) == (rings_at(change, sam), rings_at(change, li_jing))


def test_a_queue_whose_work_is_asked_for_hands_out_chats_past_who_waits_for_a_call() -> None:
    change, queue, ada, _ = a_line()
    sam, li_jing = a_chat(change, queue), a_chat(change, queue)
    turning.to_call(change, sam.id, Wish("k-1", SAM))
    settle(change)
    queue.set_rules(change, delivery=Delivery.PULL, calendar_id=queue.calendar_id)

    assert [li_jing.id] == [head.ticket_id for head in heads.of_agent(change, ada.id, 9)]
    assert [sam.id, li_jing.id] == [head.ticket_id for head in heads.of_agent(change, ada.id, 9, asked=True)]


def test_a_call_becomes_a_chat_again_at_its_place() -> None:
    change, queue, _, _ = a_line()
    sam = a_chat(change, queue)
    since = sam.queued_at
    turning.to_call(change, sam.id, Wish("k-1", SAM, at("2026-11-23T13:00")))
    settle(change)
    change.moves(minutes=30)
    later = a_chat(change, queue)

    turning.to_chat(change, sam.id)
    settle(change)

    assert (True, Channel.CHAT, since, None) == (sam.live, sam.channel, sam.queued_at, sam.snoozed_until)
    assert [1, 2] == [wait.position(change.session, one.id) for one in (sam, later)]
    assert "cancelled" == stage(callback_of(change, sam), sam)


def test_it_can_turn_as_often_as_they_like() -> None:
    change, queue, _, _ = a_line()
    sam = a_chat(change, queue)

    for n in range(3):
        asked = turning.to_call(change, sam.id, Wish(f"k-{n}", SAM, at("2026-11-23T13:00")))
        settle(change)
        callback = asked.callback
        assert (State.SCHEDULED, True, f"k-{n}") == (callback.state, callback.turned, callback.form_key)
        turning.to_chat(change, sam.id)
        settle(change)
    turning.to_call(change, sam.id, Wish("k-9", SAM, at("2026-11-23T13:00")))
    settle(change)
    moves_to(change, "2026-11-23T13:00")

    assert sam.to_call
    assert turning.to_call(change, sam.id, Wish("k-10", SAM)).callback.form_key == "k-9", "it is one already"


def test_a_chat_becomes_a_letter_and_what_they_write_makes_it_a_chat_again() -> None:
    change, queue, _, _ = a_line()
    sam = a_chat(change, queue)
    since = sam.queued_at

    turning.to_email(change, sam.id, "sam@mail.example")
    settle(change)
    assert (False, Channel.EMAIL, since, queue.id) == (sam.live, sam.channel, sam.queued_at, sam.queue_id)
    assert "sam@mail.example" == change.take(Correspondence, sam.id).address

    turning.go_on(change, sam)
    settle(change)
    assert (True, Channel.CHAT, since) == (sam.live, sam.channel, sam.queued_at)


def test_a_call_that_becomes_a_letter_is_cancelled_and_whoever_looks_reads_so() -> None:
    """No call stays behind: nobody rings at its time, and its promise counts neither way."""
    change, queue, _, _ = a_line()
    sam = a_chat(change, queue)
    turning.to_call(change, sam.id, Wish("k-1", SAM, at("2026-11-23T13:00")))
    settle(change)
    assert "callback_window" in sam.sla_clocks

    turning.to_email(change, sam.id, "sam@mail.example")
    assert "CallbackClosed" in change.kinds
    settle(change)

    callback = callback_of(change, sam)
    assert ("cancelled", "customer", "cancelled") == (callback.outcome, callback.ended_by, stage(callback, sam))
    assert "cancelled" == standing(change.session, sam.id, change.now).says
    assert (Channel.EMAIL, None, False, {}) == (sam.channel, sam.snoozed_until, sam.to_call, sam.sla_clocks)
    assert "cancelled" == clock_of(change, sam, "callback_window").state
    moves_to(change, "2026-11-23T13:00")
    assert not sam.to_call


def test_who_waits_for_a_call_and_writes_still_waits_for_the_call() -> None:
    change, queue, _, _ = a_line()
    sam = a_chat(change, queue)
    turning.to_call(change, sam.id, Wish("k-1", SAM, at("2026-11-23T13:00")))
    settle(change)

    turning.go_on(change, sam)

    assert (False, Channel.CALLBACK) == (sam.live, sam.channel)


def test_whom_an_agent_has_taken_cannot_turn_away() -> None:
    change, queue, ada, busy = a_line()
    sam = a_chat(change, queue)
    are_done(change, busy)
    accept(change, ada, offer_of(change, sam))

    with pytest.raises(Conflict, match="with you already"):
        turning.to_call(change, sam.id, Wish("k", SAM))
    with pytest.raises(Conflict, match="with you already"):
        turning.to_email(change, sam.id, "sam@mail.example")
    assert sam.live


def test_a_number_that_is_asked_for_already_is_not_asked_for_twice() -> None:
    change, queue, _, _ = a_line()
    first = asks(change, "2026-11-23T13:00", phone=PRIYA)
    first.callback.queue_id = queue.id
    sam = a_chat(change, queue)

    asked = turning.to_call(change, sam.id, Wish("k-1", PRIYA))

    assert (True, first.ticket.id) == (asked.joined, asked.ticket.id)
    assert (True, Channel.CHAT) == (sam.live, sam.channel)


def test_what_was_said_with_a_number_that_is_asked_for_already_is_kept_with_that_request() -> None:
    change, queue, _, _ = a_line()
    first = asks(change, "2026-11-23T13:00", phone=PRIYA)
    first.callback.queue_id = queue.id
    sam = a_chat(change, queue)

    asked = turning.to_call(change, sam.id, Wish("k-1", PRIYA, text="It is about my order", email="priya@mail.example"))

    assert (True, True) == (asked.kept_words, asked.kept_email)
    assert ("It is about my order", "priya@mail.example") == (first.ticket.preview, first.callback.email)


@pytest.mark.parametrize(
    ("now", "short", "long"),
    [
        ("2026-11-23T10:00", False, True),
        ("2026-11-23T16:29", False, True),
        ("2026-11-23T16:30", True, True),  # half an hour before closing
        ("2026-11-23T20:00", True, True),  # closed
    ],
)
def test_a_call_is_offered_to_who_may_wait_long_and_to_all_as_it_closes(now: str, short: bool, long: bool) -> None:
    change = a_change()
    queue, _ = a_call_floor(change, now=now)
    change.write()

    found = offering(change.session, queue.id, change.now, change.rules)

    assert (short, long, short) == (found.to(SHORT), found.to(TOO_LONG), found.to(None))


def test_a_queue_says_from_which_wait_on_and_offers_nothing_where_it_takes_no_more() -> None:
    change = a_change()
    queue, _ = a_call_floor(change)
    set_terms(change, queue.id, offer_above_minutes=5, most_waiting=1)
    change.write()
    assert offering(change.session, queue.id, change.now, change.rules).to(SHORT)

    asks(change)
    change.write()
    assert not offering(change.session, queue.id, change.now, change.rules).to(TOO_LONG)


def test_a_seal_turns_one_ticket_and_is_the_same_all_day() -> None:
    change = a_change()
    seals, now = change.rules.seals, change.now

    token = turning.seal(seals, 7, now)

    assert 7 == turning.ticket_of_seal(seals, token, now)
    assert token == turning.seal(seals, 7, now + timedelta(hours=3))
    assert turning.ticket_of_seal(seals, token, now + timedelta(days=3)) is None
    assert turning.ticket_of_seal(seals, "x", now) is None


def a_line() -> tuple[UnitChange, Queue, Agent, list[Ticket]]:
    """Ada answers chats and calls from nine to five, and has as many chats as she can hold."""
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    chats = [a_chat(change, queue) for _ in range(4)]
    for chat in chats:
        accept(change, ada, offer_of(change, chat))
    change.by = "system"
    return change, queue, ada, chats


def are_done(change: UnitChange, chats: list[Ticket]) -> None:
    for chat in chats:
        chat.resolve(change)
    settle(change)
