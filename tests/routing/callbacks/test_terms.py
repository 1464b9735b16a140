"""What a queue promises to those who want to be rung, and what becomes of a request that nobody could serve."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.callbacks import by_hand
from routing.callbacks.asking import offered_in
from routing.callbacks.callback import State
from routing.callbacks.slots import NotOffered
from routing.callbacks.standing import stage
from routing.callbacks.terms import BOUNDS, CallbackTerms, set_terms, terms_of
from tests.cast import a_change
from tests.routing.callbacks.calls import (
    PRIYA,
    SAM,
    a_call_floor,
    asks,
    at,
    callback_of,
    moves,
    moves_to,
    reached_at_the_second_try,
    rings,
)
from tests.routing.floor import accept, acts, at_the_desk, decline, offer_of, rings_at, settle
from tickets.errors import Refused
from tickets.rules import Rules
from tickets.status import Status


def test_a_window_that_is_full_is_offered_to_nobody_else() -> None:
    """One call for each window: Priya is shown the others, and moving there by an old page is refused."""
    change = a_change()
    queue, _ = a_call_floor(change)
    set_terms(change, queue.id, per_window=1)
    sam = asks(change, "2026-11-23T13:00")

    shown = [window.start for day in offered_in(change.session, queue.id, change.now).days for window in day]
    assert at("2026-11-23T13:00") not in shown
    with pytest.raises(NotOffered) as refused:
        asks(change, "2026-11-23T13:00", phone=PRIYA)
    assert "window" == refused.value.field
    priya = asks(change, "2026-11-23T15:00", phone=PRIYA)
    with pytest.raises(NotOffered):
        by_hand.move(change, priya.ticket.id, at("2026-11-23T13:00"))

    by_hand.cancel(change, sam.ticket.id)
    assert at("2026-11-23T13:00") == by_hand.move(change, priya.ticket.id, at("2026-11-23T13:00")).start


def test_a_queue_takes_no_more_requests_than_it_may() -> None:
    change = a_change()
    queue, _ = a_call_floor(change)
    set_terms(change, queue.id, most_waiting=1)
    asks(change)

    with pytest.raises(Refused, match="We cannot call anybody at present"):
        asks(change, phone=PRIYA)
    assert asks(change, phone=SAM).joined, "the same number is no further request"


@pytest.mark.parametrize(("outcome", "minutes"), [("no_answer", 20), ("busy", 2), ("failed", 7)])
def test_each_outcome_has_its_own_rest(outcome: str, minutes: int) -> None:
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    set_terms(change, queue.id, no_answer_minutes=20, busy_minutes=2, failed_minutes=7, tries=2)
    asked = asks(change)

    rings(change, ada, asked.ticket, outcome)
    assert change.now + timedelta(minutes=minutes) == asked.callback.not_before
    moves(change, minutes=minutes)
    rings(change, ada, asked.ticket, outcome)

    assert (State.DONE, "gave_up") == (asked.callback.state, asked.callback.outcome)


def test_who_declines_has_not_tried() -> None:
    change = a_change()
    _, (ada, _) = a_call_floor(change, "Ada", "Bo")
    asked = asks(change)

    decline(change, ada, offer_of(change, asked.ticket))

    assert (0, None, State.QUEUED) == (asked.callback.attempts, asked.callback.dialled_at, asked.callback.state)


@pytest.mark.parametrize(("rest", "first"), [(15, "Bo"), (180, "Ada")])
def test_who_rang_last_is_asked_first_for_a_while(rest: int, first: str) -> None:
    """Bo rang in vain; Ada has been idle for longer. For an hour after the next try is due he comes first."""
    change = a_change()
    queue, (ada, bo) = a_call_floor(change, "Ada", "Bo")
    asked = asks(change)
    if rings_at(change, asked.ticket) == ada.id:
        decline(change, ada, offer_of(change, asked.ticket))
    rings(change, bo, asked.ticket, "no_answer")
    for agent in (ada, bo):
        acts(change, agent)
    change.by = "system"

    change.moves(minutes=rest)
    at_the_desk(change, ada, bo)
    settle(change)
    moves(change)

    assert {"Ada": ada.id, "Bo": bo.id}[first] == rings_at(change, asked.ticket)
    assert queue.id == asked.ticket.queue_id


def test_the_promise_is_kept_by_the_first_dial_within_the_window() -> None:
    """Asked at ten for now: nine seconds before noon is in time, whatever is noted after."""
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)
    accept(change, ada, offer_of(change, asked.ticket))
    moves_to(change, "2026-11-23T11:59:51")

    acts(change, ada)
    by_hand.dial(change, asked.ticket.id)
    assert "dialling" == stage(asked.callback, asked.ticket)
    moves(change, minutes=3)
    rings(change, ada, asked.ticket, "busy")

    assert (True, at("2026-11-23T11:59:51")) == (asked.callback.kept, asked.callback.dialled_at)
    moved = by_hand.move(change, asked.ticket.id, at("2026-11-23T15:00"))
    assert moved.kept is None, "another window is another promise"


def test_how_long_they_waited_leaves_out_what_was_agreed() -> None:
    """Two hours until the window, one in line, a quarter until the next try, five minutes in line."""
    callback = reached_at_the_second_try(a_change()).callback

    assert (12000, 3900) == (callback.gross_seconds, callback.net_seconds)
    assert "agent" == callback.ended_by


def test_what_nobody_could_serve_ends_and_is_answered_in_writing() -> None:
    """Ada is not there for two days. The ticket stays in line, as a letter that nobody has answered."""
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    asked = asks(change)
    decline(change, ada, offer_of(change, asked.ticket))

    moves_to(change, "2026-11-25T12:00")

    assert (State.DONE, "expired", "system") == (asked.callback.state, asked.callback.outcome, asked.callback.ended_by)
    assert (Status.NEW, False, None) == (asked.ticket.status, asked.ticket.to_call, asked.ticket.snoozed_until)
    assert asked.ticket.waiting_since is not None
    assert queue.id == asked.ticket.queue_id


def test_what_an_agent_has_in_hand_does_not_run_out() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)
    accept(change, ada, offer_of(change, asked.ticket))

    moves_to(change, "2026-11-25T12:00")

    assert callback_of(change, asked.ticket).open


@pytest.mark.parametrize("name", BOUNDS)
def test_what_cannot_be_meant_is_refused_beside_its_field(name: str) -> None:
    change = a_change()
    queue, _ = a_call_floor(change)
    for wrong in (BOUNDS[name][0] - 1, BOUNDS[name][1] + 1):
        with pytest.raises(Refused, match="Write a whole number from") as refused:
            set_terms(change, queue.id, **{name: wrong})
        assert name == refused.value.field
    assert change.find(CallbackTerms, queue.id) is None


def test_each_change_of_the_terms_is_told_once() -> None:
    change = a_change()
    queue, _ = a_call_floor(change)

    set_terms(change, queue.id, tries=5)
    set_terms(change, queue.id, tries=5)

    assert ["CallbackTermsChanged"] == change.kinds
    assert 5 == terms_of(change, queue.id, Rules()).tries
