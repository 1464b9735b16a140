"""The arithmetic of promises."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calendars import DAY, BusinessCalendar
from routing.sla.timing import (
    AroundTheClock,
    Sliced,
    Stretch,
    Time,
    going_on,
    instant_of,
    read,
    timetable,
    warning_of,
)
from tests.routing.sla.promises import OFFICE, after

HOUR = timedelta(hours=1)
MOVED = Sliced(timetable(OFFICE), [(after(days=1, hours=3), timetable(OFFICE)), (after(days=2), AroundTheClock())])
TIMES: st.SearchStrategy[Time] = st.sampled_from([AroundTheClock(), timetable(OFFICE), MOVED])
MINUTES = st.integers(0, 10 * DAY).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    """A clock that ran, paused and went on a few times, and runs now."""
    edges = sorted(draw(st.lists(MINUTES, min_size=1, max_size=9)))
    edges = edges[: len(edges) - (len(edges) + 1) % 2]
    instants = [after() + edge for edge in edges]
    return [Stretch(*pair) for pair in zip(instants[::2], [*instants[1::2], None], strict=False)]


@settings(max_examples=150, deadline=None)
@given(TIMES, stretches(), st.integers(1, 5000).map(lambda n: timedelta(minutes=n)))
def test_counting_what_ran_equals_shifting_by_what_was_held(time: Time, ran: list[Stretch], target: timedelta) -> None:
    """Model A: the target, and every pause before it, added to the beginning (semantics.md part 1)."""
    due = instant_of(time, ran, target)

    held = timedelta()
    for earlier, later in itertools.pairwise(ran):
        assert earlier.end is not None
        if time.between(ran[0].start, earlier.end) - held < target:
            held += time.between(earlier.end, later.start)
    assert due is not None
    assert time.after(ran[0].start, target + held) == due


@settings(max_examples=60, deadline=None)
@given(TIMES, stretches(), MINUTES, st.integers(1, 5000).map(lambda n: timedelta(minutes=n)))
def test_a_pause_of_no_length_changes_nothing(
    time: Time, ran: list[Stretch], later: timedelta, target: timedelta
) -> None:
    paused = ran[-1].start + later
    split = [*ran[:-1], Stretch(ran[-1].start, paused), Stretch(paused)]

    assert instant_of(time, ran, target) == instant_of(time, split, target)


@settings(max_examples=60, deadline=None)
@given(TIMES, stretches(), st.integers(1, 5000).map(lambda n: timedelta(minutes=n)))
def test_what_it_ran_when_it_is_due_is_its_target(time: Time, ran: list[Stretch], target: timedelta) -> None:
    due = instant_of(time, ran, target)

    assert due is not None
    parts = (time.between(one.start, due if one.end is None else min(one.end, due)) for one in ran if one.start < due)
    assert target == sum(parts, timedelta())


@pytest.mark.parametrize(
    ("target", "left"),
    [(timedelta(minutes=20), timedelta(minutes=5)), (HOUR, HOUR / 4), (8 * HOUR, HOUR / 4), (400 * HOUR, HOUR / 4)],
)
def test_a_warning_comes_with_a_quarter_left_and_at_most_a_quarter_of_an_hour(
    target: timedelta, left: timedelta
) -> None:
    assert left == warning_of(target)


def test_what_is_paused_before_its_time_is_not_due() -> None:
    reading = read(AroundTheClock(), [Stretch(after(), after(minutes=40))], HOUR)

    assert (None, None) == (reading.due, reading.warn)
    assert (timedelta(minutes=40), after(minutes=40)) == (reading.elapsed, reading.since)


def test_the_warning_in_office_hours_comes_before_closing_time() -> None:
    """Due at ten past nine on Tuesday: nobody is there to be warned fifteen minutes before."""
    reading = read(timetable(OFFICE), [Stretch(after())], timedelta(hours=8, minutes=10))

    assert after(days=1, minutes=10) == reading.due
    assert after(hours=7, minutes=55) == reading.warn


def test_time_that_has_passed_is_measured_by_the_hours_of_its_day() -> None:
    """From Wednesday on the office is open until 18:00; Monday and Tuesday keep their eight hours."""
    longer = BusinessCalendar("UTC", (((9 * 60, 18 * 60),),) * 5 + ((), ()))
    wednesday = datetime.fromisoformat("2026-11-25T00:00:00+00:00")
    time = timetable(longer, past=((wednesday, OFFICE),))

    assert 16 * HOUR == time.between(after(), wednesday)
    assert 25 * HOUR == time.between(after(), after(days=3))
    assert after(days=2, hours=9) == time.after(after(), 25 * HOUR)
    assert after(days=1, hours=8) == time.after(after(), 16 * HOUR)


def test_a_calendar_with_no_hours_left_has_no_due_time() -> None:
    """Open on one day of the past and never again."""
    over = BusinessCalendar("UTC", ((),) * 7, special={date(2020, 1, 1): ((540, 1020),)})

    assert instant_of(timetable(over), [Stretch(after())], HOUR) is None


def test_what_was_cancelled_goes_on_where_the_ledger_ends() -> None:
    """Only what lies after that is read elsewhere, and stretches that touch are one."""
    before = [Stretch(after(), after(hours=1))]
    then = [Stretch(after(), after(hours=2)), Stretch(after(hours=3))]

    assert [Stretch(after(), after(hours=2)), Stretch(after(hours=3))] == going_on(before, after(hours=1), then)
    assert [*before, Stretch(after(hours=3))] == going_on(before, after(hours=2), then)
