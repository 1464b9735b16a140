"""Days off are read from the files that calendars export; a bad file is refused with a sentence."""

from __future__ import annotations

import contextlib
import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calendars import BusinessCalendar, Span
from routing.holidays import MOST_BYTES, MOST_EVENTS, read_holidays
from tests.cast import MONDAY
from tests.elsewhere import elsewhere
from tickets.errors import Refused

TODAY = MONDAY.date()
NINE_TO_SIX: tuple[Span, ...] = ((540, 1080),)


def ics(*events: str) -> bytes:
    inner = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inner}END:VCALENDAR\r\n".replace("\r\n\r\n", "\r\n").encode()


def test_whole_days_are_days_off_and_the_end_is_the_day_after() -> None:
    found = read_holidays(
        ics(
            "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\\, both days",
            "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:New Year",
            "DTSTART;TZID=Europe/Berlin:20270402T000000\r\nDTEND;TZID=Europe/Berlin:20270403T000000",
            "DTSTART;VALUE=DATE:20270410\r\nDURATION:P2D",
        ),
        TODAY,
    )

    assert {
        date(2026, 12, 25): "Christmas, both days",
        date(2026, 12, 26): "Christmas, both days",
        date(2027, 1, 1): "New Year",
        date(2027, 4, 2): "",
        date(2027, 4, 10): "",
        date(2027, 4, 11): "",
    } == found.closed
    assert 0 == found.left_out


@pytest.mark.parametrize("last", ["DURATION:P2D", "RRULE:FREQ=YEARLY", "RDATE;VALUE=DATE:20270101\r\nDURATION:P2D"])
def test_the_last_day_that_there_is_does_not_keep_a_file_from_being_read(last: str) -> None:
    """Some programs write so for "never"."""
    found = read_holidays(ics("DTSTART;VALUE=DATE:20261225", f"DTSTART;VALUE=DATE:99991231\r\n{last}"), TODAY)

    assert date(2026, 12, 25) in found.closed
    assert date(9999, 12, 31) not in found.closed


def test_what_comes_every_year_is_read_as_that() -> None:
    found = read_holidays(
        ics(
            "DTSTART;VALUE=DATE:20000229\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Leap day",
            "DTSTART;VALUE=DATE:20101225\r\nRRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25;INTERVAL=1",
        ),
        TODAY,
    )

    assert {(2, 29): "Leap day", (12, 25): ""} == found.yearly


def test_what_comes_every_year_does_not_come_before_its_first_time() -> None:
    """Today is in November 2026. What begins with the next Christmas can be of every year; a holiday that begins in
    2029 stands there by date, and so does a week of the next year, of which today would be the first day."""
    found = read_holidays(
        ics(
            "DTSTART;VALUE=DATE:20290601\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:New from 2029",
            "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY",
            f"DTSTART;VALUE=DATE:{TODAY.year + 1}{TODAY:%m%d}\r\nDURATION:P1W\r\nRRULE:FREQ=YEARLY",
        ),
        TODAY,
    )

    assert {(12, 25): ""} == found.yearly
    news = [day for day, name in found.closed.items() if name]
    assert [date(2029, 6, 1), date(2030, 6, 1), date(2031, 6, 1)] == news
    assert min(found.closed) == TODAY.replace(year=TODAY.year + 1)


def test_a_weekday_of_a_month_is_found_in_each_year() -> None:
    """Thanksgiving is the fourth Thursday of November, Memorial Day the last Monday of May."""
    found = read_holidays(
        ics(
            "DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            "DTSTART;VALUE=DATE:20250526\r\nRRULE:FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5;UNTIL=20270601",
            "DTSTART;VALUE=DATE:20261231\r\nRRULE:FREQ=YEARLY;COUNT=2",
        ),
        TODAY,
    )

    days = sorted(found.closed)
    assert [date(2025, 11, 27), date(2026, 5, 25), date(2026, 11, 26), date(2026, 12, 31)] == days[:4]
    assert {date(2027, 5, 31), date(2027, 11, 25), date(2027, 12, 31), date(2030, 11, 28)} <= set(days)
    assert not {date(2028, 5, 29), date(2028, 12, 31)} & set(days)


def test_days_that_a_repeating_entry_leaves_out_are_none() -> None:
    """RFC 5545 3.8.5.1: a list, as often as it is there; once one is in sight, the days stand there by date."""
    found = read_holidays(
        ics(
            "DTSTART;VALUE=DATE:20201224\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20261224,20271224\r\n"
            "EXDATE;TZID=Europe/Berlin:20281224T000000",
            "DTSTART;VALUE=DATE:20001231\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20011231",
            "DTSTART;VALUE=DATE:20261101\r\nRDATE;VALUE=DATE:20261103,20261102\r\nEXDATE;VALUE=DATE:20261102",
        ),
        TODAY,
    )

    eves = [date(2025, 12, 24), date(2029, 12, 24), date(2030, 12, 24)]
    assert sorted([*eves, date(2026, 11, 1), date(2026, 11, 3)]) == sorted(found.closed)
    assert {(12, 31): ""} == found.yearly, "what was left out long ago changes nothing"


def test_one_day_of_a_repeating_entry_can_be_elsewhere_or_cancelled() -> None:
    """RFC 5545 3.8.4.4: by an entry of the same id; whoever has none is not meant."""
    party = "UID:party@tea\r\nSUMMARY:Party"
    found = read_holidays(
        ics(
            f"{party}\r\nDTSTART;VALUE=DATE:20261210\r\nRRULE:FREQ=YEARLY;COUNT=3",
            f"{party}\r\nDTSTART;VALUE=DATE:20271217\r\nRECURRENCE-ID;VALUE=DATE:20271210",
            f"{party}\r\nDTSTART;VALUE=DATE:20281210\r\nRECURRENCE-ID;VALUE=DATE:20281210\r\nSTATUS:CANCELLED",
            "DTSTART;VALUE=DATE:20261211\r\nRECURRENCE-ID;VALUE=DATE:20261212",
            "DTSTART;VALUE=DATE:20261212\r\nRRULE:FREQ=YEARLY",
        ),
        TODAY,
    )

    assert {date(2026, 12, 10), date(2027, 12, 17), date(2026, 12, 11)} == set(found.closed)
    assert {(12, 12): ""} == found.yearly


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=YEARLY;COUNT=2", [date(2024, 2, 29), date(2028, 2, 29)]),  # of those that there are
        ("FREQ=YEARLY;INTERVAL=4;UNTIL=20290101T000000Z", [date(2024, 2, 29), date(2028, 2, 29)]),
        ("FREQ=YEARLY;BYDAY=5TH;COUNT=3", [date(2024, 2, 29)]),  # no other February in sight has five
        ("FREQ=YEARLY;UNTIL=soon", None),
        ("FREQ=YEARLY;COUNT=often", None),
        ("FREQ=YEARLY;INTERVAL=0", None),
    ],
)
def test_a_rule_means_its_days_or_is_left_out(rule: str, days: list[date] | None) -> None:
    """A count counts the days that there are, and what is not understood does not hold for ever."""
    christmas = "DTSTART;VALUE=DATE:20241225"
    found = read_holidays(ics(christmas, f"DTSTART;VALUE=DATE:20240229\r\nRRULE:{rule}"), date(2024, 3, 1))

    assert (days or [], int(days is None)) == (sorted(set(found.closed) - {date(2024, 12, 25)}), found.left_out)
    assert {} == found.yearly


def test_what_is_no_whole_day_or_repeats_otherwise_is_left_out_and_counted() -> None:
    found = read_holidays(
        ics(
            "DTSTART;VALUE=DATE:20261225",
            "DTSTART:20261224T120000Z\r\nDTEND:20261224T170000Z",
            "DTSTART;VALUE=DATE:20261201\r\nRRULE:FREQ=WEEKLY",
            "DTSTART;VALUE=DATE:20261301",
            "SUMMARY:no day at all",
            "DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20281201",
            "DTSTART;VALUE=DATE:20261226\r\nSTATUS:CANCELLED",
        ),
        TODAY,
    )

    assert ({date(2026, 12, 25)}, 5) == (set(found.closed), found.left_out)


def test_a_days_name_tells_a_make_up_workday() -> None:
    found = read_holidays(
        ics(
            "DTSTART;VALUE=DATE:20270214\r\nSUMMARY:春节 补班",
            "DTSTART;VALUE=DATE:20270215\r\nSUMMARY:春节（休）",
            "DTSTART;VALUE=DATE:20270220\r\nSUMMARY:春节（班）",
        ),
        TODAY,
    )

    assert ({date(2027, 2, 15)}, {date(2027, 2, 14), date(2027, 2, 20)}) == (set(found.closed), set(found.worked))


def test_an_alarm_inside_of_an_event_says_nothing_about_it() -> None:
    alarm = "BEGIN:VALARM\r\nDTSTART;VALUE=DATE:20280101\r\nDURATION:P9W\r\nEND:VALARM"
    found = read_holidays(ics(f"{alarm}\r\nDTSTART;VALUE=DATE:20261225"), TODAY)

    assert [date(2026, 12, 25)] == list(found.closed)


def test_long_lines_are_folded() -> None:
    found = read_holidays(ics("DTSTART;VALUE=DA\r\n TE:20261225\r\nSUMMARY:Christ\r\n\tmas"), TODAY)

    assert {date(2026, 12, 25): "Christmas"} == found.closed


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a calendar file"),
        (b"\x89PNG\r\n\x1a\n", "not a calendar file"),
        (b"Date,Name\n2026-12-25,Christmas", "not a calendar file"),
        (ics(), "no whole day"),
        (ics("DTSTART;VALUE=DATE:19990101"), "no whole day"),
        (ics("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:" + "x" * MOST_BYTES), "too big"),
        (ics(*["DTSTART;VALUE=DATE:20261225"] * (MOST_EVENTS + 1)), "too many entries"),
        (ics(*[f"DTSTART;VALUE=DATE:{TODAY + timedelta(days=60 * n):%Y%m%d}\r\nDURATION:P60D" for n in range(17)]),
         "too many days"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_holidays(data, TODAY)


PIECES = ["DTSTART", "DTEND", "RRULE", "DURATION", ":", ";", "=", "FREQ=YEARLY", "BYDAY=5MO", "COUNT=99999999999",
          "COUNT=0", "20260229", "99991231", "T000000", "P99W", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "1TH",
          "-1MO", "\r\n", " "]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_whatever_stands_in_a_file_it_is_read_or_refused(parts: list[str]) -> None:
    data = ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261225\r\n" + "".join(parts) + "\r\nEND:VEVENT").encode()
    with contextlib.suppress(Refused):
        assert len(read_holidays(data, TODAY)) > 0


@pytest.mark.parametrize("year", range(2018, 2027))
def test_days_off_and_make_up_days_of_a_real_country(year: int) -> None:
    """Official days off and make-up workdays of China: a weekend that is worked is open (semantics.md part 2)."""
    days = json.loads(elsewhere(f"holidays/{year}.json", cases=40).read_text("utf-8"))["days"]
    file_of = [f"DTSTART;VALUE=DATE:{one['date'].replace('-', '')}\r\nSUMMARY:{one['name']}"
               f"{'' if one['isOffDay'] else ' 补班'}" for one in days]  # fmt: skip
    found = read_holidays(ics(*file_of), date(year, 6, 1))
    shanghai = BusinessCalendar(
        "Asia/Shanghai",
        (NINE_TO_SIX,) * 5 + ((), ()),
        closed=frozenset(found.closed),
        special=dict.fromkeys(found.worked, NINE_TO_SIX),
    )

    assert len(days) == len(found)
    for one in days:
        assert (not one["isOffDay"]) == bool(shanghai.spans(date.fromisoformat(one["date"]))), one
