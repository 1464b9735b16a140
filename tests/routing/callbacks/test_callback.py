"""A promise to ring is kept in its window, once, while the queue is open."""

from __future__ import annotations

from routing import handing, presence
from routing.callbacks.callback import State
from routing.callbacks.numbers import Phone
from routing.hours import Calendar
from routing.presence import Intent
from routing.wait_honesty import Honesty, honesty
from tests.cast import a_change
from tests.routing.callbacks.calls import (
    OFFICE,
    PRIYA,
    a_call_floor,
    asks,
    at,
    callback_of,
    moves,
    moves_to,
    offers_of,
    rings,
    tick,
)
from tests.routing.floor import accept, acts, offer_of, rings_at, settle

_THIRD = Phone("+4930765432", "DE")


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


def test_where_the_hours_grew_longer_meanwhile_nobody_leaves_the_line_early() -> None:
    """It was to leave at five; by then the queue is open until eight."""
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    presence.set_intent(change, ada.id, Intent.AWAY)
    asked = asks(change)
    until_eight = type(OFFICE)(OFFICE.zone, ((((9 * 60, 20 * 60),),) * 5 + ((),) * 2))
    change.take(Calendar, queue.calendar_id or 0).set_hours(change, until_eight)

    moves_to(change, "2026-11-23T17:00")
    assert (State.QUEUED, at("2026-11-23T20:00")) == (asked.callback.state, asked.callback.leaves_at)

    moves_to(change, "2026-11-23T20:00")
    assert (State.SCHEDULED, None) == (asked.callback.state, asked.callback.leaves_at)


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


def test_a_promised_window_counts_among_the_promises_of_its_week() -> None:
    """Kept when we dial within it, broken when it ends before that; who called it off before says nothing."""
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    sam = asks(change, "2026-11-23T11:00")
    asks(change, "2026-11-23T11:00", phone=PRIYA)
    called_off = asks(change, "2026-11-23T13:00", phone=_THIRD)
    moves_to(change, "2026-11-23T11:05")
    rings(change, ada, sam.ticket, "reached")
    callback_of(change, called_off.ticket).cancel(change)
    settle(change)
    moves_to(change, "2026-11-23T16:00")
    change.write()

    (row,) = honesty(change.session, change.now)

    assert (queue.id, "callback") == (row.queue_id, row.channel)
    assert (Honesty(within=1, later=1), 50) == (row.weeks[0], row.weeks[0].share)
