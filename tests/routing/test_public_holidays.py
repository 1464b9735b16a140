"""A country's days off come from a library; for China they are checked against what its government published."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest

from routing.public_holidays import MOST_YEARS, countries, public_holidays
from tests.elsewhere import ROOT, elsewhere
from tickets.errors import Refused

SATURDAY = 5


def published() -> dict[date, bool]:
    """Of China, 2018 to 2026: whether a day is one of rest. A year's paper may tell of the last days before it."""
    papers = [json.loads(elsewhere(f"holidays/{year}.json", cases=40).read_text("utf-8")) for year in range(2018, 2027)]
    return {date.fromisoformat(one["date"]): one["isOffDay"] for paper in papers for one in paper["days"]}


def test_china_rests_and_works_as_its_government_published() -> None:
    known, found = published(), public_holidays("CN", "", range(2018, 2027))
    known = {day: off for day, off in known.items() if day.year >= 2018}
    on_workdays = {day for day, off in known.items() if off and day.weekday() < SATURDAY}

    assert on_workdays == {day for day in found.closed if day.weekday() < SATURDAY and day.year <= 2026}
    assert {day for day, off in known.items() if not off and day.weekday() >= SATURDAY} == set(found.worked)
    assert found.closed.keys() <= {day for day, off in known.items() if off}


def test_a_part_of_a_country_has_days_of_its_own_by_names_that_can_be_read() -> None:
    epiphany = date(2026, 1, 6)
    assert "Epiphany" == public_holidays("DE", "by", [2026]).closed[epiphany]
    assert epiphany not in public_holidays("DE", "", [2026]).closed
    assert {2026} == {day.year for day in public_holidays("US", "CA", [2026]).closed}
    assert "春节" in public_holidays("CN", "", [2026], "zh").closed[date(2026, 2, 17)]


@pytest.mark.parametrize(
    ("country", "part", "years", "field"),
    [("", "", [2026], "country"), ("XX", "", [2026], "country"), ("DE", "XX", [2026], "part"),
     ("DE", "", [], "years"), ("DE", "", [1], "years"), ("DE", "", range(2026, 2027 + MOST_YEARS), "years")],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field(country: str, part: str, years: list[int], field: str) -> None:
    with pytest.raises(Refused) as refused:
        public_holidays(country, part, years)
    assert field == refused.value.field


def test_every_country_can_be_asked() -> None:
    assert len(countries()) > 200
    for country in ("AE", "BR", "FR", "GB", "IN", "JP", "KE", "ZA"):
        assert len(public_holidays(country, "", [2026])) > 0


def test_a_desk_that_never_asks_does_not_load_it() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, server.app; print(*sys.modules)"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    ).stdout  # fmt: skip
    assert "routing.public_holidays" in told.split()
    assert "holidays" not in told.split()
