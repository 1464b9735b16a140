"""The formulas of the field, beside what a line does when it is played out."""

from __future__ import annotations

from heapq import heapify, heapreplace
from math import exp, factorial, inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.simulation.erlang import Expected, agents_needed, erlang_b, erlang_c, impatient, patient

AGENTS = st.integers(1, 60)
LOAD = st.floats(0.1, 50)


@given(AGENTS, LOAD)
def test_erlang_b_is_the_share_of_the_full_state(agents: int, load: float) -> None:
    weights = [load**n / factorial(n) for n in range(agents + 1)]

    assert weights[-1] / sum(weights) == pytest.approx(erlang_b(agents, load), rel=1e-9)


@given(AGENTS, LOAD)
def test_erlang_c_is_the_share_of_the_states_in_which_all_are_busy(agents: int, load: float) -> None:
    if load < agents:
        busy = load**agents / factorial(agents) * agents / (agents - load)
        free = sum(load**n / factorial(n) for n in range(agents))
        assert busy / (busy + free) == pytest.approx(erlang_c(agents, load), rel=1e-9)
    else:
        assert 1.0 == erlang_c(agents, load)


def test_a_line_with_one_agent_is_the_one_of_every_textbook() -> None:
    """M/M/1: the share that waits is the load, the mean wait is load * handling / (1 - load)."""
    found = patient(1, 0.8 / 60, 60, 20)

    assert found.waits == pytest.approx(0.8)
    assert found.wait == pytest.approx(0.8 * 60 / 0.2)
    assert found.within == pytest.approx(1 - 0.8 * exp(-0.2 / 60 * 20))


def test_a_line_that_grows_for_ever_says_so() -> None:
    assert Expected(1.0, inf, 0.0) == patient(2, 1 / 30, 60, 20)
    assert Expected(0.0, 0.0, 1.0) == patient(2, 0, 60, 20)


@given(st.integers(1, 30), st.floats(0.2, 1.5))
def test_who_is_patient_for_ever_is_patient(agents: int, busy: float) -> None:
    per_second = agents * min(busy, 0.9) / 300
    without, with_it = patient(agents, per_second, 300, 20), impatient(agents, per_second, 300, 1e9, 20)

    assert without.waits == pytest.approx(with_it.waits, rel=1e-3, abs=1e-6)
    assert without.within == pytest.approx(with_it.within, rel=1e-3)
    assert with_it.gives_up == pytest.approx(0, abs=1e-3)


def test_people_who_give_up_leave_the_line_as_erlang_a_says() -> None:
    """A line played out for itself, with 200 000 who come."""
    agents, per_second, handling, patience, within = 10, 9 / 300, 300.0, 120.0, 20.0
    dice, at, free = Random(3), 0.0, [0.0] * agents
    heapify(free)
    waited = gave_up = too_soon = soon = 0
    people, waits = 200_000, 0.0
    for _ in range(people):
        at += dice.expovariate(per_second)
        wait, patient_for = max(0.0, free[0] - at), dice.expovariate(1 / patience)
        waited += wait > 0
        waits += min(wait, patient_for)
        if patient_for < wait:
            gave_up += 1
            too_soon += patient_for <= within
        else:
            soon += wait <= within
            heapreplace(free, at + wait + dice.expovariate(1 / handling))
    found = impatient(agents, per_second, handling, patience, within)

    assert found.waits == pytest.approx(waited / people, rel=0.03)
    assert found.wait == pytest.approx(waits / people, rel=0.03)
    assert found.within == pytest.approx(soon / (people - too_soon), rel=0.01)
    assert found.gives_up == pytest.approx(gave_up / people, rel=0.03)


def test_who_leaves_before_an_answer_was_promised_is_not_missed() -> None:
    """120 an hour of five minutes each are ten erlangs; an answer is promised within a minute, and people have twenty
    seconds. Of those whom the promise is for, eight agents answer as many as are wanted."""
    found = impatient(8, 120 / 3600, 300, 20, 60)

    assert found.gives_up > 0.2
    assert found.within > 0.95


def test_as_many_are_needed_as_reach_the_target_and_no_more() -> None:
    """360 calls an hour of 240 s are 24 erlangs; 80 % within 15 s take 29 agents."""

    def expected(agents: int) -> Expected:
        return patient(agents, 360 / 3600, 240, 15)

    assert 29 == agents_needed(0.8, expected)
    assert expected(29).within >= 0.8 > expected(28).within
    assert 0 == agents_needed(0.8, lambda agents: patient(agents, 0, 240, 15))
    assert 29 > agents_needed(0.8, lambda agents: impatient(agents, 360 / 3600, 240, 120, 15)), "some give up"
