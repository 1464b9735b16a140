"""A made-up day on the desk's own routing: its waits are those of theory, and its people those of the scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.simulation.erlang import erlang_c
from routing.simulation.scenario import HOURS, Duration, Line, Promised, Shape
from routing.simulation.staffing import need
from server.simulation.play import play
from tests.engine import brings_its_own
from tests.server.simulation.floors import (
    between,
    flow,
    in_the_long_run,
    scenario,
    shift,
    steady,
    waits_in_turn,
)
from tickets.status import Channel

pytestmark = brings_its_own
AGENTS, BUSY = 5, 0.8


def test_everybody_waits_exactly_as_long_as_in_a_line_that_is_served_in_turn() -> None:
    """Contact by contact: whoever waits longest is taken by whoever is free first, in the same instant."""
    outcome = play(steady(AGENTS, BUSY, 300))

    expected = waits_in_turn(outcome.contacts, AGENTS)
    assert len(outcome.contacts) > 200
    assert expected == pytest.approx([one.waited for one in outcome.contacts], abs=1e-5)
    assert sum(wait > 0 for wait in expected) > 50


def test_who_gives_up_does_so_as_in_a_line_that_erlang_a_tells_of() -> None:
    """Contact by contact; tests/routing/simulation/test_erlang.py holds such a line against the formula."""
    come = flow(by_hour=between(0, 3, 120), handling=Duration(180.0), patience=Duration(60.0))
    outcome = play(scenario([come], [shift(AGENTS)]))

    expected = waits_in_turn(outcome.contacts, AGENTS)
    assert expected == pytest.approx([one.waited for one in outcome.contacts], abs=1e-5)
    assert sum(one.left is not None for one in outcome.contacts) > 20


def test_a_line_that_is_served_in_turn_is_the_one_of_the_formula() -> None:
    """M/M/c within 5 % of Erlang C, over half a million people."""
    share, wait = in_the_long_run(AGENTS, BUSY, 500_000)

    waits = erlang_c(AGENTS, AGENTS * BUSY)
    assert share == pytest.approx(waits, rel=0.05)
    assert wait == pytest.approx(waits / (AGENTS - AGENTS * BUSY), rel=0.05)


def test_the_same_seed_is_the_same_day() -> None:
    some = scenario([flow(patience=Duration(60.0))], [shift(1)])

    days = [[(one.came, one.waited) for one in play(some).contacts] for _ in range(2)]
    assert days[0] == days[1]


def test_nobody_is_lost_and_who_gives_up_had_not_been_answered() -> None:
    some = scenario([flow(patience=Duration(60.0)), flow(channel=Channel.EMAIL)], [shift(1)])
    outcome = play(some)

    for one in outcome.contacts:
        assert (one.answered is None) == (one.left is not None)
        assert one.left is None or one.patience == one.left - one.came
        assert one.answered is None or one.settled == one.answered + one.handling
    found = outcome.live_of(some.lines[0])
    assert found.left > 0 < found.answered
    assert found.came == found.answered + found.left


def test_who_cannot_do_it_is_not_asked() -> None:
    """Support has a free agent all the while; German waits for the only one who speaks it."""
    lines = (Line("Support"), Line("German", skills={"German": 3}))
    shifts = [shift(1, "Support", "German"), shift(1, "German", name="German", skills={"German": 4})]
    some = scenario([flow("German", by_hour=between(9, 10, 60))], shifts, *lines)
    outcome = play(some)

    assert waits_in_turn(outcome.contacts, 1) == pytest.approx([one.waited for one in outcome.contacts], abs=1e-5)
    assert 1 == sum(bool(one.busy) for one in outcome.hands)


def test_nobody_answers_outside_of_shifts_and_in_breaks() -> None:
    some = scenario([flow(by_hour=between(8, 12, 20))], [shift(2, starts=540, ends=660, breaks=((570, 600),))])
    outcome = play(some)

    answered = [one.answered for one in outcome.contacts if one.answered]
    day = some.at(0, 0)
    minutes = [(at - day) / timedelta(minutes=1) for at in answered]
    assert answered
    assert all(540 <= at < 570 or 600 <= at < 660 for at in minutes)
    assert 0 < sum(one.answered is None for one in outcome.contacts), "who came after eleven"


def test_a_night_begins_with_whoever_came_the_evening_before() -> None:
    """From ten to six, with a break at two: on the first day as on every other."""
    come = flow(by_hour=[10.0] * HOURS, patience=Duration(1.0, Shape.CONSTANT), handling=Duration(1.0, Shape.CONSTANT))
    nights = [shift(2, starts=22 * 60, ends=6 * 60, breaks=((120, 180),))]
    some = scenario([come], nights, days=2)
    outcome = play(some)

    hours = [some.hour_of(one.came) for one in outcome.contacts if one.answered]
    assert {0, 1, 3, 4, 5, 22, 23} == set(hours)
    assert [2.0 if hour in hours else 0.0 for hour in range(HOURS)] == pytest.approx(
        [outcome.staffed(hour) for hour in range(HOURS)], abs=0.01
    )
    assert [2 if hour in hours else 0 for hour in range(HOURS)] == [
        need(some, some.lines[0], hour).scheduled for hour in range(HOURS)
    ]


def test_an_hour_is_one_where_people_are() -> None:
    """Half past three in UTC is nine in Kolkata."""
    some = scenario([flow()], [shift(1, starts=540, ends=600)], zone="Asia/Kolkata")
    outcome = play(some)

    assert [9] == [hour for hour in range(HOURS) if outcome.staffed(hour) > 0.1]


def test_a_ring_that_nobody_hears_goes_to_the_next() -> None:
    some = scenario([flow(by_hour=between(9, 10, 10))], [shift(3)], misses=0.4)
    outcome = play(some)

    waits = [one.waited for one in outcome.contacts]
    assert None not in [one.answered for one in outcome.contacts]
    assert any(wait >= 20 for wait in waits), "it rang for twenty seconds elsewhere"


def test_promises_are_kept_and_broken_as_people_were_answered() -> None:
    """Somebody in a chat hears at once that an agent is there; a minute was promised."""
    some = scenario([flow(by_hour=between(9, 10, 45))], [shift(1)], promises=[Promised("first_reply", 60)])
    outcome = play(some)

    late = sum(one.waited >= 60 for one in outcome.contacts)
    assert late > 0
    assert {"first_reply": (len(outcome.contacts) - late, late)} == outcome.promises


def test_occupancy_is_what_was_done_in_the_time_that_was_there() -> None:
    """Two agents are there for an hour; half an hour of work comes."""
    come = flow(by_hour=between(9, 10, 15), handling=Duration(60.0, Shape.CONSTANT))
    outcome = play(scenario([come], [shift(2, starts=540, ends=600)]))

    worked = sum((one.handling.total_seconds() for one in outcome.contacts if one.answered), 0.0)
    busy = sum(sum(one.busy.values()) for one in outcome.hands)
    idle = sum(sum(one.idle.values()) for one in outcome.hands)
    assert busy == pytest.approx(worked)
    assert busy + idle == pytest.approx(7200, abs=60), "the last contact may take longer than the shift"
    assert outcome.occupancy() == pytest.approx(busy / (busy + idle))


def test_several_chats_at_once_need_fewer_agents() -> None:
    come = flow(by_hour=between(9, 11, 40))
    alone, several = (play(scenario([come], [shift(1)], at_once=n)).contacts for n in (1, 4))

    assert sum(one.waited for one in several) < sum(one.waited for one in alone)
    assert waits_in_turn(several, 4) == pytest.approx([one.waited for one in several], abs=1e-5)


def test_what_was_said_is_written_down_before_the_next_is_taken() -> None:
    """Half a minute after each of two minutes: the line is that of contacts of two and a half."""
    some = scenario([flow()], [shift(1)], wrap_up=30)
    outcome = play(some)

    longer = [replace(one, handling=one.handling + timedelta(seconds=30)) for one in outcome.contacts]
    assert waits_in_turn(longer, 1) == pytest.approx([one.waited for one in outcome.contacts], abs=1e-5)
    busy = sum(sum(one.busy.values()) for one in outcome.hands)
    assert busy == pytest.approx(len(longer) * 150)
