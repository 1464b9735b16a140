"""A chip says how long a promise has in icon and words, and why a clock stands still; no colour alone says anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.cast import MONDAY
from tests.widgets.applier import parsed, same
from tests.widgets.promises import a_policy_is_applied
from tests.widgets.screens import Day, a_day
from tickets import by_hand
from tickets.saying import Post
from tickets.ticket import Ticket
from widgets.moments import left, length
from widgets.sla import METRICS, Chip

WARN, DUE = MONDAY + timedelta(minutes=15), MONDAY + timedelta(minutes=30)


def chip_of(**other: object) -> Chip:
    facts = {"metric": "next_reply", "due": DUE, "warn": WARN, "target": 1800, **other}
    return Chip(**facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "state", "icon", "says"),
    [
        (0, "good", "clock", "30 m"),
        (14.99, "good", "clock", "15 m"),
        (15, "warn", "warn", "15 m"),
        (28.5, "warn", "warn", "1 m 30 s"),
        (29.99, "warn", "warn", "0 s"),
        (30, "bad", "x", "0 s late"),
        (38, "bad", "x", "8 m late"),
        (30 + 60 * 24 * 3, "bad", "x", "3 d late"),
    ],
)
def test_icon_and_words_tell_the_state(minutes: float, state: str, icon: str, says: str) -> None:
    now = MONDAY + timedelta(minutes=minutes)
    drawn = html.fragment_fromstring(chip_of().html("en", now))

    assert state == chip_of().state(now)
    assert ["chip", "sla", state] == drawn.get("class").split()
    assert [f"#i-{icon}"] == drawn.xpath("//use/@href")
    assert f"Next reply {says}" == drawn.text_content()


def test_what_the_script_counts_by_does_not_depend_on_the_moment() -> None:
    """A chip that was drawn earlier becomes the one that is drawn now, without a word from the desk."""
    early, late = (html.fragment_fromstring(chip_of().html("en", at)) for at in (MONDAY, DUE + timedelta(days=1)))
    told = ("data-due", "data-warn", "data-metric", "data-tip")

    assert [early.get(name) for name in told] == [late.get(name) for name in told]
    assert ("2026-11-23T09:30:00.000Z", "2026-11-23T09:15:00.000Z") == (early.get("data-due"), early.get("data-warn"))


def test_a_paused_chip_has_no_time_to_count_down_and_says_why() -> None:
    paused = chip_of(metric="resolution", due=None, warn=None, left=7500, target=4 * 3600, status="pending")
    drawn = html.fragment_fromstring(paused.html("en", MONDAY))

    assert ("paused", "Resolution Paused") == (paused.state(MONDAY), drawn.text_content())
    assert (None, ["#i-pause"]) == (drawn.get("data-due"), drawn.xpath("//use/@href"))
    assert [
        "Resolution", "Within 4 h", "Paused: waits for the customer", "2 h 5 m left when it goes on",
    ] == drawn.get("data-tip").split("\n")  # fmt: skip


def test_the_sentence_names_the_target_and_the_hours_it_counts_in() -> None:
    assert ["Next reply", "Within 30 m", "Due {time}"] == list(chip_of().lines("en"))
    assert "Within 30 m of Weekdays" == chip_of(calendar="Weekdays").lines("en")[1]
    assert "Within 48 h of Weekdays" == chip_of(calendar="Weekdays", target=48 * 3600).lines("en")[1]
    assert "Within 2 d" == chip_of(target=48 * 3600).lines("en")[1]


def test_a_calendars_name_is_only_text() -> None:
    hostile = '"><img src=x>{time}'
    drawn = html.fragment_fromstring(chip_of(calendar=hostile).html("en", MONDAY))

    assert [] == drawn.xpath("//img")
    assert hostile in drawn.get("data-tip")


def test_it_is_all_said_in_chinese() -> None:
    late = DUE + timedelta(minutes=8)
    paused = chip_of(due=None, warn=None, left=600, status="on_hold")
    for says in (chip_of(calendar="平日").html("zh", late), paused.html("zh", late), *map(str, paused.lines("zh"))):
        letters = html.fragment_fromstring(f"<p>{says}</p>").xpath("string()") if "<" in says else says
        assert not [one for one in letters.split() if one.isascii() and one.isalpha()], says
    words = [html.fromstring(Chip(one, late).html("zh", late)).xpath("string()") for one in METRICS]
    assert ["首次回复 超时 0 秒", "下次回复 超时 0 秒"] == words[:2]


@pytest.mark.parametrize(
    ("seconds", "counted", "lasting"),
    [
        (0, "0 s", "0 s"),
        (59.9, "59 s", None),
        (60, "1 m 00 s", "1 m"),
        (119, "1 m 59 s", "1 m"),
        (120, "2 m", "2 m"),
        (3599, "59 m", "59 m"),
        (3600, "1 h 0 m", "1 h"),
        (5400, "1 h 30 m", "1 h 30 m"),
        (5 * 3600, "5 h", "5 h"),
        (24 * 3600, "24 h", "1 d"),
        (47.9 * 3600, "47 h", None),
        (48 * 3600, "2 d", "2 d"),
        (100 * 86400, "100 d", "100 d"),
    ],
)
def test_times_are_as_exact_as_they_matter(seconds: float, counted: str, lasting: str | None) -> None:
    assert counted == left("en", timedelta(seconds=seconds))
    assert lasting is None or lasting == length("en", int(seconds))


def test_what_has_passed_is_not_counted_below_nothing() -> None:
    assert "0 s" == left("en", timedelta(seconds=-5))


async def test_beside_the_promises_stands_by_which_policy_they_are_and_since_when(tmp_path: Path) -> None:
    """Semantics part 1, attached late: clocks count from the beginning; here one reads when it was attached."""
    async with a_day(tmp_path) as day:
        assert f"Everybody, version 1, since {day.clock.now():%Y-%m-%d}" in _card(day).text_content()
        day.clock.moves(minutes=5)
        await a_policy_is_applied(day)

        assert "Everybody, version 2" in _card(day).text_content()
        (second,) = _card(day).xpath("small/time/@datetime")
        assert day.clock.now() == datetime.fromisoformat(second)


async def test_a_colleague_of_sam_who_writes_is_promised_an_answer_on_a_page_that_is_open(tmp_path: Path) -> None:
    """Ada has answered, so nothing of the kind was owed when the page was loaded."""
    async with a_day(tmp_path) as day:
        await day.does(by_hand.reply, day.ids["ticket"], text="It is here.", client_id="a-2", by=day.ada)
        cursor, page = day.cursor, parsed(day.page())
        assert "Next reply" not in _card(day).text_content()
        post = Post("email", day.clock.now())
        await day.takes(Ticket.overhear, "And mine?", client_id="m-1", name="Priya Nair", post=post, by="system")

        assert "Next reply" in _card(day).text_content()
        assert same(parsed(day.page())) == same(day.live(page, day.since(cursor)))


def _card(day: Day) -> Any:
    page: Any = html.fromstring(day.page())
    (card,) = page.xpath("//section[@class='promises']")
    return card
