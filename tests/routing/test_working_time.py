"""Working time is counted and added."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.calendars import (
    DAY,
    BusinessCalendar,
    NoWorkingTime,
    Span,
    add_working,
    is_open,
    next_open,
    working_seconds,
)
from tests.cast import MONDAY
from tests.effort import within

NINE_TO_FIVE: tuple[Span, ...] = ((9 * 60, 17 * 60),)
OFFICE = BusinessCalendar("UTC", (NINE_TO_FIVE,) * 5 + ((), ()))
NEVER_AGAIN = BusinessCalendar("UTC", ((),) * 7, special={date(2020, 1, 1): NINE_TO_FIVE})
ZONES = ["Europe/Berlin", "America/Havana", "Asia/Shanghai", "Australia/Lord_Howe", "America/New_York", "Africa/Cairo"]
BUSY_WEEKS = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 7), (3, 28), (4, 4), (4, 23), (10, 24))]


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Any week, with a day off and a day of its own hours, around a change of clocks somewhere."""
    spans = st.lists(st.integers(0, 96), max_size=6, unique=True).map(
        lambda edges: tuple((a * 15, b * 15) for a, b in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
    )
    day = st.sampled_from([(start + timedelta(days=n)).date() for start in BUSY_WEEKS for n in range(3)])
    special = {draw(day): draw(spans)}
    return BusinessCalendar(
        draw(st.sampled_from(ZONES)),
        (*(draw(spans) for _ in range(6)), NINE_TO_FIVE),
        closed=frozenset({draw(day)} - set(special)),
        special=special,
        yearly={(10, 25): draw(spans)},
    )


MOMENTS = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes), st.sampled_from(BUSY_WEEKS), st.integers(-300, 4 * DAY)
)


@settings(max_examples=40, deadline=None)
@given(calendars(), MOMENTS, st.integers(0, 600))
def test_counting_is_what_a_clerk_with_a_watch_would_count(
    calendar: BusinessCalendar, a: datetime, minutes: int
) -> None:
    """Minute by minute, clock changes included."""
    counted = sum(60 for n in range(minutes) if is_open(calendar, a + timedelta(minutes=n)))

    assert counted == working_seconds(calendar, a, a + timedelta(minutes=minutes))


@settings(max_examples=60, deadline=None)
@given(calendars(), MOMENTS, st.integers(0, 20 * DAY), st.integers(0, 20 * DAY))
def test_what_is_counted_in_two_parts_is_the_whole(
    calendar: BusinessCalendar, a: datetime, first: int, second: int
) -> None:
    b = a + timedelta(minutes=first)
    c = b + timedelta(minutes=second)

    assert working_seconds(calendar, a, c) == working_seconds(calendar, a, b) + working_seconds(calendar, b, c)


@settings(max_examples=120, deadline=None)
@given(calendars(), MOMENTS, st.integers(1, 40 * DAY * 60), st.integers(0, 999_999))
def test_what_was_added_is_what_is_counted(calendar: BusinessCalendar, a: datetime, seconds: int, micros: int) -> None:
    a += timedelta(microseconds=micros)
    due = add_working(calendar, a, seconds)

    assert seconds == working_seconds(calendar, a, due)
    assert seconds > working_seconds(calendar, a, due - timedelta(microseconds=1)), "the first instant of them all"


@settings(max_examples=60, deadline=None)
@given(calendars(), MOMENTS, st.integers(1, 5 * DAY * 60), st.integers(1, 5 * DAY * 60))
def test_adding_twice_is_adding_both(calendar: BusinessCalendar, a: datetime, first: int, second: int) -> None:
    once = add_working(calendar, a, first)

    assert add_working(calendar, a, first + second) == add_working(calendar, once, second)


@settings(max_examples=30, deadline=None)
@given(calendars(), MOMENTS)
@example(OFFICE, datetime(2026, 11, 28, 12, tzinfo=UTC))
def test_no_time_at_all_ends_at_once_or_with_the_next_opening(calendar: BusinessCalendar, a: datetime) -> None:
    assert next_open(calendar, a) == add_working(calendar, a, 0)
    assert 0 == working_seconds(calendar, a, add_working(calendar, a, 0))


def test_a_day_of_work_ends_at_closing_time_and_not_with_the_next_morning() -> None:
    assert MONDAY + timedelta(hours=8) == add_working(OFFICE, MONDAY, 8 * 3600)
    assert MONDAY + timedelta(days=1, seconds=1) == add_working(OFFICE, MONDAY, 8 * 3600 + 1)
    friday = datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert datetime(2026, 11, 30, 10, tzinfo=UTC) == add_working(OFFICE, friday, 2 * 3600)


def test_a_night_with_an_hour_more_has_an_hour_more() -> None:
    """Berlin lives through 2026-10-25 for 25 hours and through 2026-03-29 for 23."""
    always = BusinessCalendar("Europe/Berlin", (((0, DAY),),) * 7)
    berlin = ZoneInfo("Europe/Berlin")

    for day, hours in ((datetime(2026, 10, 25, tzinfo=berlin), 25), (datetime(2026, 3, 29, tzinfo=berlin), 23)):
        midnight = (day + timedelta(days=1)).astimezone(UTC)
        assert hours * 3600 == working_seconds(always, day.astimezone(UTC), midnight)
        assert midnight == add_working(always, day.astimezone(UTC), hours * 3600)


def test_backwards_there_is_no_working_time() -> None:
    assert 0 == working_seconds(OFFICE, MONDAY + timedelta(days=3), MONDAY)


@pytest.mark.parametrize(("calendar", "hours"), [(NEVER_AGAIN, 1), (OFFICE, 8 * 5 * 105)])
def test_nobody_looks_further_than_two_years(calendar: BusinessCalendar, hours: int) -> None:
    with pytest.raises(NoWorkingTime):
        add_working(calendar, MONDAY, hours * 3600)


def test_a_year_of_work_is_found_quickly() -> None:
    """Weeks are reckoned once; ten thousand due times of a year ahead cost moments."""
    hours = BusinessCalendar("Europe/Berlin", OFFICE.week)
    a_year = 8 * 5 * 52 * 3600
    add_working(hours, MONDAY, a_year)

    within(1.0, lambda: [add_working(hours, MONDAY + timedelta(minutes=minutes), a_year) for minutes in range(1000)])
