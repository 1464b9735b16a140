"""It is the dial that counts: for the promise, for what is late, and for how long somebody waited."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from routing.callbacks import by_hand, turning
from routing.sla.clock import SlaClock
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from routing.wait_honesty import Honesty, honesty
from routing.wallboard import entries
from routing.wallboard.entries import Count, asked, counted
from routing.wallboard.figures import FIGURES
from routing.wallboard.today import as_of
from tests.cast import UnitChange, a_change
from tests.routing.callbacks.calls import PRIYA, a_call_floor, asks, at, callback_of, moves_to, rings
from tests.routing.floor import acts, settle
from tests.routing.sla.promises import ALoggedChange, clock_of, clocks_of, the_scheduler_looks
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket

WINDOW = "callback_window"


def dialled_in_time(change: UnitChange) -> tuple[Ticket, Agent]:
    """Sam wants to be rung from eleven to one. Ada dials at nine minutes to one."""
    _, (ada,) = a_call_floor(change)
    ticket = asks(change, "2026-11-23T11:00").ticket
    moves_to(change, "2026-11-23T11:00")
    moves_to(change, "2026-11-23T12:51")
    acts(change, ada)
    by_hand.dial(change, ticket.id)
    settle(change)
    return ticket, ada


def late_ones(change: UnitChange) -> list[int]:
    found = entries.page(change.session, FIGURES, asked("callbacks-late"), as_of(change.session, change.now))
    return [one.ticket_id for one in found]


def test_a_call_that_is_dialled_within_its_window_is_in_time_however_long_the_talk_is() -> None:
    change = a_change()
    ticket, ada = dialled_in_time(change)
    clock = clock_of(change, ticket, WINDOW)
    assert ("met", at("2026-11-23T12:51")) == (clock.state, clock.ended_at)

    moves_to(change, "2026-11-23T13:20")
    the_scheduler_looks(change)
    assert ([], False) == (late_ones(change), ticket.sla_breached)
    rings(change, ada, ticket, "reached")

    assert ("met", None) == (clock.state, clock.breached_at)
    assert 1 == len(clocks_of(change, ticket))


def test_a_call_whose_dial_nobody_noted_ends_with_its_outcome() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    ticket = asks(change, "2026-11-23T11:00").ticket
    moves_to(change, "2026-11-23T12:51")

    rings(change, ada, ticket, "no_answer")

    clock = clock_of(change, ticket, WINDOW)
    assert ("met", at("2026-11-23T12:51")) == (clock.state, clock.ended_at)


def test_a_window_in_which_nobody_dialled_is_late_until_somebody_does() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    ticket = asks(change, "2026-11-23T11:00").ticket
    moves_to(change, "2026-11-23T13:00")
    the_scheduler_looks(change)
    assert [ticket.id] == late_ones(change)

    acts(change, ada)
    by_hand.dial(change, ticket.id)
    settle(change)

    clock = clock_of(change, ticket, WINDOW)
    assert ([], "met", at("2026-11-23T13:00")) == (late_ones(change), clock.state, clock.breached_at)


def rung_too_early(change: UnitChange, *, noted: str) -> tuple[Ticket, Agent]:
    """Sam wants to be rung from one to three. Ada dials ten minutes before, nobody answers, and she notes it then."""
    _, (ada,) = a_call_floor(change, now="2026-11-23T11:00")
    ticket = asks(change, "2026-11-23T13:00").ticket
    moves_to(change, "2026-11-23T12:50")
    acts(change, ada)
    by_hand.dial(change, ticket.id)
    settle(change)
    change.now = change.clock.at = at(noted)
    rings(change, ada, ticket, "no_answer")
    return ticket, ada


def promised(change: UnitChange, ticket: Ticket) -> tuple[bool | None, str, bool, Honesty]:
    """What the card, the clock and the page of honesty say of it."""
    change.write()
    kept, clock = callback_of(change, ticket).kept, clock_of(change, ticket, WINDOW)
    told = sum((one.together for one in honesty(change.session, change.now)), Honesty())
    return kept, clock.state, clock.breached_at is not None, told


def test_an_early_dial_neither_keeps_a_window_nor_breaks_it() -> None:
    change = a_change()
    ticket, ada = rung_too_early(change, noted="2026-11-23T12:51")
    assert (None, "running", False, Honesty()) == promised(change, ticket)

    moves_to(change, "2026-11-23T13:06")
    rings(change, ada, ticket, "reached")

    assert (True, "met", False, Honesty(within=1)) == promised(change, ticket)


def test_a_window_in_which_nobody_rings_is_broken_however_early_somebody_did() -> None:
    change = a_change()
    ticket, _ = rung_too_early(change, noted="2026-11-23T12:51")
    change.by = "system"
    moves_to(change, "2026-11-23T15:00")
    the_scheduler_looks(change)
    assert (None, "running", True, Honesty(later=1)) == promised(change, ticket)
    assert [ticket.id] == late_ones(change)

    by_hand.cancel(change, ticket.id)
    settle(change)
    kept, _, broken, told = promised(change, ticket)
    assert (False, True, Honesty(later=1)) == (kept, broken, told)


def it_is_resolved(change: UnitChange, ticket: Ticket) -> None:
    ticket.resolve(change)


def it_is_called_off(change: UnitChange, ticket: Ticket) -> None:
    by_hand.cancel(change, ticket.id)


def it_becomes_a_letter(change: UnitChange, ticket: Ticket) -> None:
    turning.to_email(change, ticket.id, "sam@mail.example")


@pytest.mark.parametrize("ends", [it_is_resolved, it_is_called_off, it_becomes_a_letter])
def test_a_broken_window_stays_among_the_figures_of_its_day_however_it_ends(
    ends: Callable[[UnitChange, Ticket], None],
) -> None:
    """The card says so too, and a replay; before its end whoever calls it off says nothing by it."""
    change = ALoggedChange()
    a_call_floor(change)
    late, early = asks(change, "2026-11-23T11:00").ticket, asks(change, "2026-11-23T15:00", phone=PRIYA).ticket
    moves_to(change, "2026-11-23T13:30")
    assert Count(1, 0) == judged_today(change)

    for ticket in (late, early):
        ends(change, ticket)
        settle(change)

    assert (False, None) == (callback_of(change, late).kept, callback_of(change, early).kept)
    assert Count(1, 0) == judged_today(change)
    for ticket in (late, early):
        (story,) = stories(change.session, [ticket.id])
        (again,) = retell(story, as_it_was(change.session), change.now)
        assert _told(clock_of(change, ticket, WINDOW)) == _told(again)


def test_nobody_owed_spam_a_call() -> None:
    change = a_change()
    a_call_floor(change)
    ticket = asks(change, "2026-11-23T11:00").ticket
    moves_to(change, "2026-11-23T13:30")
    assert Count(1, 0) == judged_today(change)

    ticket.set_status(change, Status.SPAM)
    settle(change)

    assert Count(0, 0) == judged_today(change)


def judged_today(change: UnitChange) -> Count:
    """Promises of an answer, and how many of them were kept."""
    the_scheduler_looks(change)
    settle(change)
    change.write()
    return counted(change.session, FIGURES["answered-today"], as_of(change.session, change.now)).all


def test_a_try_that_begins_early_counts_where_it_is_noted_in_the_window() -> None:
    change = a_change()
    ticket, _ = rung_too_early(change, noted="2026-11-23T13:01")

    assert (True, "met", False, Honesty(within=1)) == promised(change, ticket)


def test_who_is_reached_early_has_what_was_promised() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change, now="2026-11-23T11:00")
    ticket = asks(change, "2026-11-23T13:00").ticket
    moves_to(change, "2026-11-23T12:50")
    rings(change, ada, ticket, "reached")

    assert (True, "met", False, Honesty(sooner=1)) == promised(change, ticket)


def test_a_replay_ends_the_window_at_the_dial_too() -> None:
    change = ALoggedChange()
    ticket, ada = dialled_in_time(change)
    moves_to(change, "2026-11-23T13:20")
    rings(change, ada, ticket, "reached")
    change.write()

    (story,) = stories(change.session, [ticket.id])
    (again,) = retell(story, as_it_was(change.session), change.now)

    assert _told(clock_of(change, ticket, WINDOW)) == _told(again)
    assert at("2026-11-23T12:51") == again.ended_at


def test_whoever_talks_with_us_does_not_wait() -> None:
    """Asked at ten for eleven; dialled at nine minutes to one, and the talk takes half an hour."""
    change = a_change()
    ticket, ada = dialled_in_time(change)
    moves_to(change, "2026-11-23T13:20")

    rings(change, ada, ticket, "reached")

    callback = by_hand.cancel(change, ticket.id)  # changes nothing of what is over
    assert ("reached", 171 * 60, 111 * 60) == (callback.outcome, callback.gross_seconds, callback.net_seconds)


def _told(clock: SlaClock) -> tuple[object, ...]:
    return clock.metric, clock.state, clock.started_at, clock.due_at, clock.breached_at, clock.ended_at
