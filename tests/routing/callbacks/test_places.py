"""Every call takes a place in the window in which it is going to be made, also who asked for the soonest one."""

from __future__ import annotations

import pytest

from routing.callbacks import by_hand
from routing.callbacks.asking import offered_in
from routing.callbacks.numbers import Phone
from routing.callbacks.slots import NotOffered
from routing.callbacks.standing import standing
from routing.callbacks.terms import set_terms
from routing.queues import Queue
from tests.cast import UnitChange, a_change
from tests.routing.callbacks.calls import PRIYA, a_call_floor, asks, at, moves_to, rings

LI_JING = Phone("+861012345678", "CN")
TOMORROW, AFTER_IT = "2026-11-24T09:00", "2026-11-24T11:00"


def one_a_window(now: str = "2026-11-23T10:00") -> tuple[UnitChange, Queue]:
    change = a_change()
    queue, _ = a_call_floor(change, now=now)
    set_terms(change, queue.id, per_window=1)
    return change, queue


def test_who_asks_for_the_soonest_takes_a_place_of_the_window_in_which_that_is() -> None:
    """At night the soonest is when we open; the second to ask is rung in the window after it."""
    change, _ = one_a_window("2026-11-23T20:00")

    sam, priya = asks(change), asks(change, phone=PRIYA)

    assert (at(TOMORROW), at(AFTER_IT)) == (sam.callback.start, priya.callback.start)
    with pytest.raises(NotOffered):
        asks(change, AFTER_IT, phone=LI_JING)


def test_as_soon_as_possible_is_when_there_is_a_place_again() -> None:
    change, queue = one_a_window()

    sam, priya = asks(change), asks(change, phone=PRIYA)
    offer = offered_in(change.session, queue.id, change.now)

    assert (at("2026-11-23T10:00"), at("2026-11-23T11:00")) == (sam.callback.start, priya.callback.start)
    assert offer.soonest is not None
    assert (at("2026-11-23T13:00"), True, False) == (offer.soonest.start, offer.crowded, offer.open_now)
    by_hand.cancel(change, sam.ticket.id)
    assert at("2026-11-23T10:00") == asks(change, phone=LI_JING).callback.start


def test_a_call_that_nobody_made_in_its_window_takes_a_place_where_it_is_tried_next() -> None:
    """Sam's line is busy at ten to five; he is called again when we open, where nobody else is promised a call then."""
    change = a_change()
    queue, (ada,) = a_call_floor(change, now="2026-11-23T16:00")
    set_terms(change, queue.id, per_window=1)
    sam = asks(change)
    moves_to(change, "2026-11-23T16:58")
    rings(change, ada, sam.ticket, "busy")
    change.by = "system"
    assert at(TOMORROW) == sam.callback.not_before

    with pytest.raises(NotOffered):
        asks(change, TOMORROW, phone=PRIYA)


def test_a_call_can_be_moved_within_its_own_window() -> None:
    change, _ = one_a_window()
    sam = asks(change, TOMORROW)

    shown = [window.start for day in standing(change.session, sam.ticket.id, change.now).offered.days for window in day]
    assert at(TOMORROW) in shown
    assert at(TOMORROW) == by_hand.move(change, sam.ticket.id, at(TOMORROW)).start
    assert change.now == by_hand.move(change, sam.ticket.id, None).start
    assert at("2026-11-23T11:00") == asks(change, phone=PRIYA).callback.start, "Sam's is to be made now"
