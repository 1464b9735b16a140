"""A mail was written when it says, however its program writes that; what may mean two days is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.email.dates import moment

NINE = "2026-11-23T09:00:00+00:00"


@pytest.mark.parametrize(
    "told",
    [
        "Mon, 23 Nov 2026 10:00:00 +0100",
        "Mon, 23 Nov 2026 10:00 +0100 (CET)",
        "Mon,23 Nov 2026 10:00:00+0100",
        "Mon (Montag), 23 Nov 2026 10:00:00 +0100 (CET (Wien))",
        "Mon, 23 Nov 2026 10:00:00 GMT+0100",
        "Mon, 23 Nov 2026 11:00:00 UTC+2",
        "Mon, 23 Nov 2026 10:00:00 CET",
        "Mon, 23 Nov 2026 17:00:00 +08:00",
        "Mon, 23-Nov-2026 09:00:00 GMT",
        "Mon, 23 Nov 2026 10.00.00 +1",
        "23 Nov 26 09:00 GMT",
        "23 Nov 126 09:00:00 Z",
        "Mon Nov 23 10:00:00 CET 2026",
        "Mon Nov 23 09:00:00 2026",
        "November 23, 2026 at 9:00 AM",
        "Nov 23, 2026 4:00:00 AM EST",
        "2026-11-23T09:00:00Z",
        "2026-11-23T10:00:00.123+01:00",
        "2026-11-23 10:00:00 +0100",
        "2026年11月23日 17:00:00 +0800",
        "23.11.2026 09:00",
        "23/11/2026 09:00",
        "11/23/2026 9:00 am",
        "lun., 23 nov. 2026 10:00:00 +0100",
        "Mo, 23 November 2026 10:00:00 MEZ",
        "Пн, 23 ноя 2026 12:00:00 +0300",
    ],
)
def test_every_spelling_of_a_moment_is_that_moment(told: str) -> None:
    assert NINE == moment(told)


def test_a_day_may_end_at_twenty_four_and_a_minute_with_a_second_more() -> None:
    assert "2026-11-23T00:00:00+00:00" == moment("Sun, 22 Nov 2026 24:00:00 +0000")
    assert "2026-11-23T09:00:59+00:00" == moment("Mon, 23 Nov 2026 09:00:60 +0000")
    assert "2026-11-24T09:00:00+00:00" == moment("mar. 24 nov. 2026 10:00:00 +0100"), "Tuesday, not March"


@pytest.mark.parametrize(
    "told", ["", "soon", "3/11/2026 10:00", "Mon, 99 Nov 2026 10:00:00 +0100", "23 Nov 2026 25:00:00", "Nov 10:00"]
)
def test_what_is_no_day_or_may_be_two_is_left(told: str) -> None:
    assert "" == moment(told)


@given(st.text(alphabet="0123456789:+-./ ,()TZ年月日NovGMTCEap", max_size=60))
def test_nothing_is_too_odd(told: str) -> None:
    assert isinstance(moment(told), str)
