"""When the desk is open."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from routing.calendars import (
    DAY,
    BusinessCalendar,
    Span,
    checked,
    closes_at,
    hours_on,
    is_open,
    next_date,
    next_open,
    zone_of,
)
from routing.hours import Calendar, add_calendar, calendars
from routing.sla.timing import timetable
from tests.cast import MONDAY, a_change
from tickets.errors import Conflict, Refused

NINE_TO_FIVE: tuple[Span, ...] = ((9 * 60, 17 * 60),)
OFFICE = BusinessCalendar("UTC", (NINE_TO_FIVE,) * 5 + ((), ()))
ALWAYS = BusinessCalendar("UTC", (((0, DAY),),) * 7)


def berlin(*spans: Span) -> BusinessCalendar:
    return BusinessCalendar("Europe/Berlin", (spans,) * 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_hours_begin_with_their_first_minute_and_end_before_their_last() -> None:
    assert not is_open(OFFICE, at("2026-11-23T08:59:59.999999+00:00"))
    assert is_open(OFFICE, at("2026-11-23T09:00:00+00:00"))
    assert is_open(OFFICE, at("2026-11-23T16:59:59.999999+00:00"))
    assert not is_open(OFFICE, at("2026-11-23T17:00:00+00:00"))


def test_the_next_opening_skips_the_weekend() -> None:
    friday_evening = at("2026-11-27T18:00:00+00:00")

    assert at("2026-11-30T09:00:00+00:00") == next_open(OFFICE, friday_evening)
    assert MONDAY == next_open(OFFICE, MONDAY), "while open it is now"


def test_a_day_off_is_off_and_a_day_of_its_own_hours_has_those() -> None:
    """A Saturday that makes up for a holiday is open."""
    monday, saturday = date(2026, 11, 23), date(2026, 11, 28)
    calendar = BusinessCalendar("UTC", OFFICE.week, closed=frozenset({monday}), special={saturday: ((600, 720),)})

    assert not is_open(calendar, MONDAY)
    assert is_open(calendar, at("2026-11-28T11:59:00+00:00"))
    assert not is_open(calendar, at("2026-11-28T12:00:00+00:00"))


def test_hours_over_midnight_are_one_opening() -> None:
    night = BusinessCalendar("UTC", (((0, 120), (22 * 60, DAY)),) * 7)

    assert at("2026-11-24T02:00:00+00:00") == closes_at(night, at("2026-11-23T22:30:00+00:00"))


def test_closing_time_is_unknown_while_closed_and_where_there_is_none() -> None:
    assert closes_at(OFFICE, at("2026-11-28T12:00:00+00:00")) is None
    assert closes_at(ALWAYS, MONDAY) is None
    assert at("2026-11-23T17:00:00+00:00") == closes_at(OFFICE, MONDAY)


def test_an_hour_that_is_skipped_opens_at_the_next_valid_instant() -> None:
    """On 2026-03-29 Berlin's clocks go from 02:00 to 03:00, which is 01:00 UTC."""
    calendar = berlin((150, 240))  # 02:30 to 04:00

    assert at("2026-03-29T01:00:00+00:00") == next_open(calendar, at("2026-03-29T00:00:00+00:00"))
    assert at("2026-03-29T02:00:00+00:00") == closes_at(calendar, at("2026-03-29T01:30:00+00:00"))


def test_hours_that_a_clock_change_swallows_do_not_open() -> None:
    calendar = berlin((130, 170))  # 02:10 to 02:50

    assert at("2026-03-30T00:10:00+00:00") == next_open(calendar, at("2026-03-29T00:00:00+00:00"))


def test_an_hour_that_comes_twice_counts_the_first_time() -> None:
    """On 2026-10-25 Berlin lives 02:00 to 03:00 twice: from 00:00 UTC and from 01:00 UTC."""
    calendar = berlin((150, 170))  # 02:30 to 02:50

    assert is_open(calendar, at("2026-10-25T00:40:00+00:00"))
    assert not is_open(calendar, at("2026-10-25T01:40:00+00:00"))


def test_a_working_day_may_be_an_hour_longer() -> None:
    calendar = berlin((0, DAY - 1))
    start = at("2026-10-24T22:00:00+00:00")

    assert start == next_open(calendar, start)
    assert timedelta(hours=24, minutes=59) == closes_at(calendar, start) - start  # type: ignore[operator]


def test_a_day_that_a_country_skipped_has_no_hours() -> None:
    """Samoa had no 30 December 2011."""
    samoa = BusinessCalendar("Pacific/Apia", ((),) * 7, special={date(2011, 12, 30): NINE_TO_FIVE})

    assert next_open(samoa, at("2011-12-28T00:00:00+00:00")) is None


def test_a_day_of_every_year_is_off_in_every_year_that_has_it() -> None:
    """Row 45: the 29th of February is accepted; it comes next in 2028."""
    leap = BusinessCalendar("UTC", OFFICE.week, yearly={(2, 29): (), (12, 24): ((540, 720),)})

    assert date(2028, 2, 29) == next_date((2, 29), MONDAY.date())
    assert date(2028, 2, 29) == next_date((2, 29), date(2028, 2, 29))
    assert date(2104, 2, 29) == next_date((2, 29), date(2096, 3, 1))
    assert at("2028-03-01T09:00+00:00") == next_open(leap, at("2028-02-28T17:00+00:00"))
    assert at("2027-03-01T09:00+00:00") == next_open(leap, at("2027-02-27T17:00+00:00"))
    assert at("2027-12-24T12:00+00:00") == closes_at(leap, at("2027-12-24T09:00+00:00"))


def test_a_date_counts_before_the_day_of_every_year() -> None:
    this_time = {date(2026, 12, 24): NINE_TO_FIVE}
    calendar = BusinessCalendar("UTC", OFFICE.week, special=this_time, yearly={(12, 24): ()})

    assert is_open(calendar, at("2026-12-24T10:00+00:00"))
    assert not is_open(calendar, at("2027-12-24T10:00+00:00"))


def test_a_time_zone_that_was_dropped_since_is_read_as_utc() -> None:
    """Row 45: the desk goes on; keeping the zone is no mistake, choosing it anew is one."""
    old = BusinessCalendar("Mars/Olympus_Mons", OFFICE.week)

    assert "UTC" == zone_of(old).key
    assert is_open(old, MONDAY)
    assert hours_on(OFFICE, MONDAY.date()) == hours_on(old, MONDAY.date())
    assert old == checked(old, known_zone="Mars/Olympus_Mons")
    with pytest.raises(Refused):
        checked(old)


def test_nothing_opens_within_two_years_of_the_last_special_day() -> None:
    past = BusinessCalendar("UTC", ((),) * 7, special={date(2020, 1, 1): NINE_TO_FIVE})

    assert next_open(past, MONDAY) is None


@pytest.mark.parametrize(
    ("says", "field", "calendar"),
    [
        ("some working time", "day0", BusinessCalendar("UTC", ((),) * 7)),
        ("overlap", "day0", BusinessCalendar("UTC", (((540, 720), (700, 800)),) + ((),) * 6)),
        ("begin before they end", "day2", BusinessCalendar("UTC", ((), (), ((720, 540),), (), (), (), ()))),
        ("begin before they end", "day0", BusinessCalendar("UTC", (((0, DAY + 1),),) + ((),) * 6)),
        ("not a time zone", "zone", BusinessCalendar("Mars/Olympus", (NINE_TO_FIVE,) * 7)),
        ("seven days", "day0", BusinessCalendar("UTC", (NINE_TO_FIVE,) * 5)),
        (
            "both closed and open",
            "days",
            BusinessCalendar(
                "UTC", OFFICE.week, frozenset({date(2026, 1, 1)}), special={date(2026, 1, 1): NINE_TO_FIVE}
            ),
        ),
    ],
)
def test_a_calendar_that_cannot_be_meant_is_refused(says: str, field: str, calendar: BusinessCalendar) -> None:
    with pytest.raises(Refused, match=says) as refusal:
        checked(calendar)
    assert field == refusal.value.field


SWALLOWED: tuple[Span, ...] = ((130, 170),)  # 02:10 to 02:50
EVERY_DAY = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]


@pytest.mark.parametrize(
    ("field", "calendar"),
    [
        ("days", BusinessCalendar("UTC", ((),) * 7, special={date(2026, 11, 22): NINE_TO_FIVE})),
        ("days", BusinessCalendar("UTC", OFFICE.week, yearly={(day.month, day.day): () for day in EVERY_DAY})),
        ("days", BusinessCalendar("Europe/Berlin", ((),) * 7, special={date(2027, 3, 28): SWALLOWED})),
        ("days", BusinessCalendar("UTC", ((),) * 7, special={date(2029, 1, 1): NINE_TO_FIVE})),
    ],
    ids=["its only day is over", "each day is a day off", "the clocks jump over it", "beyond what is searched"],
)
def test_hours_that_never_open_again_are_refused(field: str, calendar: BusinessCalendar) -> None:
    """semantics.md part 2: no working time at all is refused, whatever takes it away; kept stays what was kept."""
    change = a_change()
    kept = add_calendar(change, "Office", OFFICE)

    for tries in (lambda: add_calendar(change, "Other", calendar), lambda: kept.set_hours(change, calendar)):
        with pytest.raises(Refused, match="never be open") as refusal:
            tries()
        assert field == refusal.value.field
    assert (OFFICE, 1) == (kept.hours, kept.version)


def test_hours_that_have_run_out_may_stay_as_they_are() -> None:
    """Whoever only gives them another name is not stopped by what time did to them."""
    change = a_change()
    fair = BusinessCalendar("UTC", ((),) * 7, special={date(2026, 11, 24): NINE_TO_FIVE})
    kept = add_calendar(change, "Fair", fair)
    change.moves(days=3)

    kept.set_hours(change, fair)

    assert 1 == kept.version


def test_hours_that_touch_do_not_overlap() -> None:
    assert ((0, 60), (60, 120)) == checked(BusinessCalendar("UTC", (((60, 120), (0, 60)),) * 7)).week[0]


SPANS = st.lists(st.integers(0, 48), min_size=2, max_size=6, unique=True).map(
    lambda edges: tuple((a * 30, b * 30) for a, b in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = st.integers(0, 365 * DAY)
ZONES = st.sampled_from(["Europe/Berlin", "America/Havana", "Asia/Shanghai", "Australia/Lord_Howe", "America/New_York"])


@settings(max_examples=60, deadline=None)
@given(ZONES, SPANS, MINUTES)
def test_open_is_what_the_clock_on_the_wall_says(zone: str, spans: tuple[Span, ...], minutes: int) -> None:
    """Minute by minute, wherever the wall shows each time once."""
    moment = YEAR + timedelta(minutes=minutes)
    wall = moment.astimezone(ZoneInfo(zone))
    minute = wall.hour * 60 + wall.minute
    days = [(moment + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset() for hours in (-25, 0, 25)]

    if len(set(days)) == 1:
        expected = any(start <= minute < end for start, end in spans)
        assert expected == is_open(BusinessCalendar(zone, (spans,) * 7), moment)


@settings(max_examples=60, deadline=None)
@given(ZONES, SPANS, MINUTES)
def test_openings_agree_with_each_other(zone: str, spans: tuple[Span, ...], minutes: int) -> None:
    """It is open at the next opening, not before it, and no longer at its close."""
    calendar, moment = BusinessCalendar(zone, (spans,) * 7), YEAR + timedelta(minutes=minutes)

    opening = next_open(calendar, moment)

    assert opening is not None
    assert is_open(calendar, opening)
    assert opening == moment or not is_open(calendar, opening - timedelta(microseconds=1))
    closing = closes_at(calendar, opening)
    assert closing is None or not is_open(calendar, closing)
    assert (opening == moment) == is_open(calendar, moment)


def test_a_calendar_is_kept_as_it_was_given() -> None:
    change = a_change()
    given_hours = BusinessCalendar(
        "Asia/Shanghai",
        OFFICE.week,
        frozenset({date(2027, 1, 1)}),
        {date(2027, 1, 2): ((540, 720), (780, DAY))},
        {(2, 29): ()},
    )
    add_calendar(change, "Shanghai", given_hours)
    change.rows(select(Calendar))
    change.session.expire_all()

    assert given_hours == calendars(change.session)[0].hours


def test_a_calendar_that_changes_says_so_once() -> None:
    change = a_change()
    kept = add_calendar(change, "Office", OFFICE)
    change.events.clear()

    kept.set_hours(change, OFFICE)
    kept.rename(change, "Office")
    assert [] == change.kinds
    kept.set_hours(change, ALWAYS)
    kept.rename(change, "Always")
    assert ["CalendarChanged", "CalendarChanged"] == change.kinds
    with pytest.raises(Conflict, match="already a calendar named Always"):
        add_calendar(change, "always", OFFICE)


def test_a_day_that_has_passed_keeps_its_hours_however_often_they_change_after_it() -> None:
    """Ada tries seventy weeks in an evening; Monday was worked from nine to five."""
    change = a_change()
    kept = add_calendar(change, "Office", OFFICE)
    change.moves(hours=9)
    for minutes in range(70):
        change.moves(minutes=1)
        kept.set_hours(change, BusinessCalendar("UTC", (((600, 700 + minutes),),) * 5 + ((), ())))

    monday = timetable(kept.hours, kept.hours_before(since=MONDAY))
    assert timedelta(hours=8) == monday.between(MONDAY, change.now)
    assert MONDAY + timedelta(hours=8) == monday.after(MONDAY, timedelta(hours=8))
    assert 71 == kept.version
    assert 1 == len(kept.hours_before(since=change.now - timedelta(minutes=1))), "only what held since is read"
