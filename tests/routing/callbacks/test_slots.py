"""Windows lie within the opening hours, fill them, and do so on the days on which the clocks change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from routing.calendars import BusinessCalendar, Span, is_open
from routing.callbacks.slots import ALWAYS, LEAST, LENGTH, SHORTEST, NotOffered, Window, chosen, soonest, split, windows

MINUTE = timedelta(minutes=1)
WORKDAYS: tuple[Span, ...] = ((9 * 60, 17 * 60 + 30),)
OFFICE = BusinessCalendar("Europe/Berlin", ((WORKDAYS,) * 5 + ((),) * 2))
CHANGES = {  # a day on which the clocks change, within some months of opening hours at odd times
    "Europe/Berlin": date(2026, 10, 25),
    "America/New_York": date(2026, 3, 8),
    "Australia/Lord_Howe": date(2026, 4, 5),  # by half an hour
    "America/Santiago": date(2026, 9, 6),  # at midnight: the day begins at one
    "Asia/Shanghai": date(2026, 11, 23),  # never
}


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(days: list[list[Window]], zone: str = "Europe/Berlin") -> list[list[str]]:
    def say(moment: datetime) -> str:
        return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")

    return [
        [day[0].start.astimezone(ZoneInfo(zone)).strftime("%a"), *(f"{say(one.start)}-{say(one.end)}" for one in day)]
        for day in days
    ]


def test_windows_begin_with_the_day_and_a_short_rest_joins_the_last() -> None:
    day = ["09:00-11:00", "11:00-13:00", "13:00-15:00", "15:00-17:30"]

    found = local(windows(OFFICE, at("2026-11-19T12:10")))

    assert [["Thu", *day[2:]], ["Fri", *day], ["Mon", *day], ["Tue", *day], ["Wed", *day]] == found


def test_a_window_that_has_begun_is_not_offered() -> None:
    assert at("2026-11-20T11:00") == windows(OFFICE, at("2026-11-20T09:00"))[0][0].start
    assert at("2026-11-20T09:00") == windows(OFFICE, at("2026-11-20T08:59:59"))[0][0].start


def test_holidays_and_days_with_hours_of_their_own_count() -> None:
    christmas = BusinessCalendar(
        "Europe/Berlin",
        OFFICE.week,
        closed=frozenset({date(2026, 12, 25)}),
        special={date(2026, 12, 24): ((600, 660),), date(2026, 12, 26): ((600, 720),)},
    )

    found = local(windows(christmas, at("2026-12-23T18:00"), days=2))

    assert [["Thu", "10:00-11:00"], ["Sat", "10:00-12:00"]] == found


def test_as_soon_as_possible_is_now_while_there_is_time_to_ring() -> None:
    assert Window(at("2026-11-20T10:07"), at("2026-11-20T12:07")) == soonest(OFFICE, at("2026-11-20T10:07"))
    assert Window(at("2026-11-20T17:00"), at("2026-11-20T17:30")) == soonest(OFFICE, at("2026-11-20T17:00"))


@pytest.mark.parametrize("now", ["2026-11-20T17:01", "2026-11-20T17:30", "2026-11-21T12:00", "2026-11-23T08:59"])
def test_else_it_is_the_next_opening(now: str) -> None:
    assert Window(at("2026-11-23T09:00"), at("2026-11-23T11:00")) == soonest(OFFICE, at(now))


def test_a_desk_without_hours_rings_at_any_time() -> None:
    now = at("2026-11-20T23:30", "UTC")

    assert Window(now, now + LENGTH) == soonest(ALWAYS, now)
    assert [12] * 5 == [len(day) for day in windows(ALWAYS, now)]


def test_hours_that_never_come_offer_nothing() -> None:
    over = BusinessCalendar("UTC", ((),) * 7, special={date(2020, 1, 1): ((540, 1020),)})

    assert [] == windows(over, at("2026-11-20T10:00"))
    assert soonest(over, at("2026-11-20T10:00")) is None
    with pytest.raises(NotOffered) as refused:
        chosen(over, at("2026-11-20T10:00"), at("2026-11-20T11:00"))
    assert [] == refused.value.nearest


@pytest.mark.parametrize(
    ("wanted", "nearest"),
    [
        ("2026-11-20T09:00", ["Fri 11", "Fri 13", "Fri 15"]),  # over
        ("2026-11-20T12:00", ["Fri 11", "Fri 13", "Fri 15"]),  # not on the grid
        ("2026-11-20T19:00", ["Fri 11", "Fri 13", "Fri 15"]),  # closed
        ("2026-11-22T12:00", ["Mon 09", "Mon 11", "Mon 13"]),  # a Sunday
        ("1990-01-01T09:00", ["Fri 11", "Fri 13", "Fri 15"]),
        ("2190-01-01T09:00", ["Thu 11", "Thu 13", "Thu 15"]),
    ],
)
def test_another_time_is_refused_and_the_nearest_ones_are_named(wanted: str, nearest: list[str]) -> None:
    with pytest.raises(NotOffered) as refused:
        chosen(OFFICE, at("2026-11-20T10:30"), at(wanted))

    found = [one.start.astimezone(ZoneInfo("Europe/Berlin")).strftime("%a %H") for one in refused.value.nearest]
    assert nearest == found
    assert "window" == refused.value.field


def test_what_is_offered_can_be_chosen() -> None:
    now = at("2026-11-20T10:30")

    for day in windows(OFFICE, now):
        for window in day:
            assert window == chosen(OFFICE, now, window.start)


@pytest.mark.parametrize("minutes", range(1, 600, 7))
def test_an_opening_is_cut_without_a_gap(minutes: int) -> None:
    start = at("2026-11-20T09:00")
    end = start + minutes * MINUTE

    cut = split(start, end)

    assert (start, end) == (cut[0].start, cut[-1].end)
    assert all(one.end == other.start for one, other in pairwise(cut))
    assert all(one.end - one.start == LENGTH for one in cut[:-1])
    assert timedelta(0) < cut[-1].end - cut[-1].start < LENGTH + SHORTEST


def some_calendars() -> Iterator[tuple[BusinessCalendar, datetime]]:
    """In each zone, hours at random, asked about in the days around a change of the clocks."""
    dice = random.Random(1)
    for zone, change in CHANGES.items():
        for _ in range(6):
            week = tuple(_spans(dice) for _ in range(7))
            begin = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=2)
            now = begin + timedelta(minutes=dice.randrange(4 * 24 * 60))
            yield BusinessCalendar(zone, (week[0] or ((600, 900),), *week[1:])), now


def _spans(dice: random.Random) -> tuple[Span, ...]:
    edges = sorted(dice.sample(range(0, 24 * 60 + 1, 15), dice.choice([0, 2, 2, 4])))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize(("calendar", "now"), [*some_calendars()])
def test_every_minute_of_a_window_is_open_and_none_that_is_coming_is_left_out(
    calendar: BusinessCalendar, now: datetime
) -> None:
    """Against the calendar asked minute by minute, through 23, 24 and 25 hour days."""
    days = windows(calendar, now)
    flat = [window for day in days for window in day]
    quarter = 15 * MINUTE

    assert flat == sorted(flat)
    assert all(now < one.start < one.end for one in flat)
    assert all(one.end <= other.start for one, other in pairwise(flat))
    assert 5 == len(days) == len({day[0].start.astimezone(ZoneInfo(calendar.zone)).date() for day in days})
    covered = set()
    for one in flat:
        moment = one.start
        while moment < one.end:
            assert is_open(calendar, moment)
            covered.add(moment)
            moment += quarter
    moment = flat[0].start
    while moment < flat[-1].end:
        assert (moment in covered) == is_open(calendar, moment)
        moment += quarter
    soon = soonest(calendar, now)
    assert soon is not None
    assert now <= soon.start < soon.end <= soon.start + LENGTH
    assert is_open(calendar, soon.start)
    assert soon.start == now or not is_open(calendar, now) or not is_open(calendar, now + LEAST - MINUTE)
