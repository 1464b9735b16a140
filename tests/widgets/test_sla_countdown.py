"""Chips count down in the browser: one timer, the desk's clock, the same words as the desk, and nothing moves."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.cast import MONDAY
from widgets.drawing import TEMPLATES
from widgets.moments import left
from widgets.script_words import words
from widgets.sla import Chip

HOME = "http://desk.localhost"
CONSOLE = TEMPLATES.parent / "console"
WARN, DUE = MONDAY + timedelta(minutes=15), MONDAY + timedelta(minutes=30)
RUNNING = Chip("next_reply", DUE, WARN, target=1800, calendar="Weekdays")
PAUSED = Chip("resolution", None, left=7500, target=4 * 3600, status="pending")
SHEETS = ("tokens.css", "shell.css", "list.css", "panel.css", "sla.css", "sidebar.css")
COUNTS = """const real = setInterval; window.timers = 0;
window.setInterval = (...all) => { window.timers += 1; return real(...all); };"""


class Wall:
    """A page with chips and the console's own scripts, and no desk behind it."""

    def __init__(self, page: Page, *, wrong_by: timedelta = timedelta(), language: str = "en") -> None:
        self.page, self._language, self.at = page, language, MONDAY
        page.clock.install(time=MONDAY + wrong_by - timedelta(minutes=1))
        page.clock.pause_at(MONDAY + wrong_by)  # from here on it is only moved
        page.add_init_script(COUNTS)
        page.route(f"{HOME}/**", self._answer)
        page.goto(f"{HOME}/")
        expect(page.locator("#first [data-left]")).not_to_have_text("")

    def waits(self, **by: float) -> None:
        """Every tick on the way is felt."""
        self.at += timedelta(**by)
        self.page.clock.run_for(int(timedelta(**by).total_seconds() * 1000))

    def chip(self, id: str = "first") -> tuple[str, str, str]:
        """State, icon and words."""
        chip = self.page.locator(f"#{id} .sla")
        state = (chip.get_attribute("class") or "").removeprefix("chip sla ")
        icon = str(chip.locator("use").get_attribute("href")).removeprefix("#i-")
        return state, icon, chip.locator("[data-left]").inner_text()

    def _answer(self, route: Route) -> None:
        name = route.request.url.removeprefix(f"{HOME}/")
        if not name:
            return route.fulfill(content_type="text/html", body=self._body())
        file = Path(name).name
        kind = "text/javascript" if file.endswith(".js") else "text/css"
        return route.fulfill(content_type=kind, body=(CONSOLE / file).read_text())

    def _body(self) -> str:
        language, now = self._language, self.at
        facts = {"now": now.isoformat(), "language": language, "words": words(language), "me": 1}
        sheets = "".join(f'<link rel="stylesheet" href="/{name}">' for name in SHEETS)
        rows = "".join(
            f'<li class="row" id="{id}"><a><b>Sam</b><span class="chips">{chip.html(language, now)}</span></a></li>'
            for id, chip in (("first", RUNNING), ("second", PAUSED))
        )
        return (
            f'<!doctype html><html><head><meta charset="utf-8">{sheets}</head><body><ol class="rows">{rows}</ol>'
            f'<progress id="bar" class="bar" max="1" value="0" data-began="2026-11-23T09:00:00Z" '
            f'data-due="2026-11-23T09:30:00Z"></progress>'
            f'<script type="application/json" id="frontdesk">{json.dumps(facts)}</script>'
            '<script type="module" src="/sla.js"></script></body></html>'
        )


@pytest.fixture
def wall(browser_of: Callable[..., BrowserContext]) -> Callable[..., Wall]:
    return lambda **how: Wall(browser_of(timezone_id="Europe/Berlin").new_page(), **how)


def test_it_turns_amber_and_red_by_itself(wall: Callable[..., Wall]) -> None:
    here = wall()
    assert ("good", "clock", "30 m") == here.chip()
    here.waits(minutes=14, seconds=59)
    assert ("good", "clock", "15 m") == here.chip()
    here.waits(seconds=1)
    assert ("warn", "warn", "15 m") == here.chip()
    here.waits(seconds=1)
    assert ("warn", "warn", "14 m") == here.chip()
    here.waits(minutes=13, seconds=19)
    assert ("warn", "warn", "1 m 40 s") == here.chip()
    here.waits(minutes=1, seconds=41)
    assert ("bad", "x", "1 s late") == here.chip()
    here.waits(minutes=8)
    assert ("bad", "x", "8 m late") == here.chip()
    assert ("paused", "pause", "Paused") == here.chip("second")
    assert 1 == here.page.locator("#bar").evaluate("bar => bar.value")


def test_a_machine_whose_clock_is_wrong_shows_the_desks_time(wall: Callable[..., Wall]) -> None:
    here = wall(wrong_by=timedelta(days=-1, minutes=7))
    here.waits(minutes=20)

    assert ("warn", "warn", "10 m") == here.chip()


def test_desk_and_browser_say_the_same(wall: Callable[..., Wall]) -> None:
    """What a reload would bring is what already stands there, in every unit and in both languages."""
    times = [0, 999, 59_999, 60_000, 119_999, 120_000, 3_599_999, 3_600_000, 5 * 3_600_000, 172_799_999, 172_800_000]
    for language in ("en", "zh"):
        here = wall(language=language)
        said = here.page.evaluate(
            "async times => { const { left } = await import('/sla.js'); return times.map(left); }", times
        )
        assert [left(language, timedelta(milliseconds=one)) for one in times] == said


def test_nothing_moves_while_it_counts(wall: Callable[..., Wall]) -> None:
    here = wall()
    chip = here.page.locator("#first .sla")
    here.waits(minutes=18, seconds=30)
    assert ("warn", "warn", "11 m") == here.chip()
    before = chip.bounding_box()
    for _ in range(4):
        here.waits(minutes=1)
    assert ("warn", "warn", "7 m") == here.chip()
    assert before == chip.bounding_box()


def test_one_timer_serves_every_chip(wall: Callable[..., Wall]) -> None:
    here = wall()
    timers = here.page.evaluate("timers")
    here.page.evaluate("""() => {
        const list = document.querySelector(".rows");
        for (let n = 0; n < 50; n += 1) list.append(document.getElementById("first").cloneNode(true));
    }""")
    here.waits(minutes=16)

    assert timers == here.page.evaluate("timers")
    assert {"14 m"} == set(here.page.locator("#first .sla [data-left]").all_inner_texts())


def test_a_chip_that_arrives_is_right_at_once(wall: Callable[..., Wall]) -> None:
    """One that was drawn a while ago, on a page that stayed open, says what is true now."""
    here = wall()
    here.waits(minutes=35)
    stale = RUNNING.html("en", MONDAY)
    here.page.evaluate("""async html => {
        const { changed } = await import("/facts.js");
        document.querySelector("#first .chips").innerHTML = html;
        changed();
    }""", stale)  # fmt: skip

    assert ("bad", "x", "5 m late") == here.chip()


def test_the_sentence_tells_the_time_where_the_reader_is(wall: Callable[..., Wall]) -> None:
    here = wall()
    assert "Next reply\nWithin 30 m of Weekdays\nDue 10:30" == here.page.locator("#first .sla").get_attribute("title")
    assert [
        "Resolution", "Within 4 h", "Paused: waits for the customer", "2 h 5 m left when it goes on",
    ] == str(here.page.locator("#second .sla").get_attribute("title")).split("\n")  # fmt: skip
    chinese = wall(language="zh")
    assert "下次回复\nWeekdays内 30 分\n截止 10:30" == chinese.page.locator("#first .sla").get_attribute("title")
