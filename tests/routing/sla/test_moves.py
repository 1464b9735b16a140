"""When other opening hours come to hold for a ticket, what has passed keeps those that it passed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from routing.sla import running
from routing.sla.clock import SlaClock
from routing.sla.policy import SlaPolicy
from routing.sla.recall import told_of
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from routing.sla.slices import cut
from routing.sla.steps import Step
from routing.sla.timing import read
from routing.sla.winding import time_of
from tests.routing.floor import settle
from tests.routing.sla.clerk import (
    DEEDS,
    Deed,
    a_clerk,
    after,
    at,
    becomes,
    is_applied,
    it_goes_on,
    it_is_resolved,
    it_waits_for_sam,
    moves_to,
    terms,
    the_office_is_given_up,
    the_scheduler,
)
from tests.routing.sla.promises import ALoggedChange, clock_of
from tickets.saying import Post
from tickets.status import Channel, Priority
from tickets.ticket import Ticket

WEEKS = st.lists(st.tuples(st.sampled_from([0, 1, 45, 200, 430, 1000]), st.sampled_from(DEEDS)), max_size=12)


@settings(max_examples=30, deadline=None)
@given(WEEKS)
def test_a_clock_counts_as_a_clerk_who_asks_each_minute_which_hours_hold(deeds: Sequence[tuple[int, Deed]]) -> None:
    """It is due at the end of the minute in which its target is reached, its ledger tells the same, and so does a
    replay."""
    clerk = a_clerk()
    change, ticket = clerk.change, clerk.ticket
    for minutes, deed in [*deeds, (30, the_scheduler)]:
        clerk.does(minutes, deed)
        clock = clock_of(change, ticket, "resolution")
        assert clerk.runs == (clock.state == "running")
        if clerk.runs and not running.is_behind(change, clock):
            assert clerk.due() == clock.due_at
            assert (clock.elapsed_seconds, clock.since, clock.due_at) == _read_again(change, clock)

    due, clock = clerk.due(), clock_of(change, ticket, "resolution")
    if clock.ended_at is None:
        assert (due if due is not None and due <= change.now else None) == clock.breached_at
    if all(minutes for minutes, _ in deeds):  # what happened at one time was one change
        assert _facts(clock) == _told_again(change, ticket)
    for deed in (it_goes_on, it_is_resolved):
        clerk.does(0, deed)
    assert 60 * len(clerk.counted()) == clock.elapsed_seconds


def test_a_mail_of_the_pause_that_is_read_after_a_move_counts_in_both_hours() -> None:
    """It came at four, at half past five the ticket was moved, and at six it is read: an hour until the office closed,
    and half an hour where it is always open, besides the first."""
    clerk = a_clerk()
    change, ticket = clerk.change, clerk.ticket
    after(clerk, 60, it_waits_for_sam)
    after(clerk, 450, moves_to(2))
    change.moves(minutes=30)
    ticket.receive(change, "And?", client_id=str(change.new_id()), post=Post(Channel.EMAIL, at(420)))
    settle(change)

    clock = clock_of(change, ticket, "resolution")
    assert ("running", at(510 + 300 - 60 - 60)) == (clock.state, clock.due_at)
    assert _facts(clock) == _told_again(change, ticket)


def test_what_passed_in_hours_that_are_gone_still_counts_in_them() -> None:
    """The office is given up. That it is urgent now breaks the promise when the office was open."""
    clerk = a_clerk()
    change, ticket = clerk.change, clerk.ticket
    after(clerk, 230, it_waits_for_sam)
    after(clerk, 1, moves_to(1))
    after(clerk, 1, the_office_is_given_up)
    after(clerk, 1000, becomes(Priority.HIGH))

    clock = clock_of(change, ticket, "resolution")
    assert (at(200), 230 * 60) == (clock.breached_at, clock.elapsed_seconds)
    assert _facts(clock) == _told_again(change, ticket)


def test_hours_need_not_stay_for_a_promise_that_counts_every_hour() -> None:
    """When it comes to count in opening hours, what passed in these counts in these."""
    clerk = a_clerk()
    after(clerk, 1, becomes(Priority.LOW))
    after(clerk, 430, moves_to(1))
    after(clerk, 1, the_office_is_given_up)
    after(clerk, 1, becomes(Priority.HIGH))

    assert at(200) == clock_of(clerk.change, clerk.ticket, "resolution").breached_at


def test_a_step_is_taken_when_its_share_is_used_in_the_hours_that_hold() -> None:
    """Half of five hours: one in the office, and at half past one of the night the rest."""
    clerk = a_clerk()
    (policy,) = clerk.change.rows(select(SlaPolicy))
    policy.edit(clerk.change, replace(terms(None), steps=[Step("used", 50, "raise")]))
    is_applied(clerk)
    after(clerk, 60, moves_to(1))

    clock = clock_of(clerk.change, clerk.ticket, "resolution")
    assert (at(16 * 60 + 30), at(19 * 60)) == (clock.step_at, clock.due_at)


# How


_NAMES = ("state", "target_seconds", "business", "calendar_id", "elapsed_seconds", "since", "due_at", "breached_at")


def _read_again(change: ALoggedChange, clock: SlaClock) -> tuple[object, ...]:
    """From its ledger alone. Time that counts every hour needs no settling."""
    told = told_of(change, clock)
    business = clock.business
    time = time_of(change, told.slices, business=business, since=told.stretches[0].start)
    ran = cut(told.stretches, told.slices) if business else told.stretches
    reading = read(time, ran, timedelta(seconds=told.target))
    return reading.elapsed.total_seconds(), reading.since, reading.due


def _told_again(change: ALoggedChange, ticket: Ticket) -> list[object]:
    change.write()
    (story,) = stories(change.session, [ticket.id])
    (clock,) = retell(story, as_it_was(change.session), change.now)
    return _facts(clock)


def _facts(clock: SlaClock) -> list[object]:
    return [getattr(clock, name) for name in _NAMES]
