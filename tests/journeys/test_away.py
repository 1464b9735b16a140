"""Somebody's browser is away: an hour without a network, a tab that sleeps, two tabs, the way back (F20).

Whatever was said meanwhile stands there once and in order, and what was being written is still there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import LAUNCH_ARGS, find_chromium
from tests.journeys.people import AtConsole, Shopper
from tests.journeys.sameness import both_have, chat_equals_reload, live_equals_reload
from tests.journeys.stage import Stage

NO_WAY_BACK = "--disable-back-forward-cache"  # what Playwright tells a browser
RETURNS = "addEventListener('pageshow', shown => { sessionStorage.came = String(shown.persisted); })"


def _talking(stage: Stage) -> tuple[AtConsole, Shopper]:
    """Ada and Sam in the middle of a chat, each with a clock that can be moved on."""

    def clocked(page: Page) -> None:
        page.clock.install()

    ada = stage.agent("Ada", before=clocked)
    sam = stage.shopper(before=clocked).begins("Sam")
    sam.sends("one")
    ada.accepts().answers("two")
    expect(sam.heard).to_have_text(["two"])
    return ada, sam


def test_an_hour_without_a_network_costs_a_customer_nothing(stage: Stage) -> None:
    ada, sam = _talking(stage)

    sam.page.context.set_offline(True)
    sam.says("three").says("four")
    sam.box.fill("half a senten")
    ada.answers("five").answers("six")
    sam.page.clock.fast_forward("01:00:00")
    expect(sam.banner).to_be_visible()
    expect(sam.unsent).to_have_count(2)
    sam.page.context.set_offline(False)
    sam.page.clock.fast_forward("00:01:00")

    both_have(ada, sam, ["one", "two", "five", "six", "three", "four"])
    expect(sam.banner).to_be_hidden()
    expect(sam.box).to_have_value("half a senten")
    chat_equals_reload(sam)


def test_an_hour_without_a_network_costs_an_agent_nothing(stage: Stage) -> None:
    ada, sam = _talking(stage)

    ada.page.context.set_offline(True)
    ada.box.fill("half an answ")
    sam.sends("three").sends("four")
    ada.page.clock.fast_forward("01:00:00")
    expect(ada.line_state).to_be_visible()
    ada.page.context.set_offline(False)
    ada.page.clock.fast_forward("00:01:00")

    expect(ada.line_state).to_be_hidden()
    both_have(ada, sam, ["one", "two", "three", "four"])
    expect(ada.box).to_have_value("half an answ")


def test_a_network_that_is_back_at_once_is_not_told_as_gone(stage: Stage) -> None:
    """The line outlives it, so that nothing else would ever say that it is well."""
    ada = stage.agent("Ada")
    expect(ada.page.locator("#desk")).to_have_attribute("data-line", "up")

    ada.page.context.set_offline(True)
    expect(ada.line_state).to_be_visible()
    ada.page.context.set_offline(False)

    expect(ada.line_state).to_be_hidden()
    expect(ada.page.locator("#desk")).to_have_attribute("data-line", "up")


def test_a_tab_that_slept_wakes_up_to_everything(stage: Stage) -> None:
    """Nobody looks at it: no script of it runs, though what was sent to it has come."""
    ada, sam = _talking(stage)
    bo = stage.agent("Bo", available=False).views("open").opens(ada.number)
    sleepers = [page.context.new_cdp_session(page) for page in (ada.page, sam.page)]
    asleep: list[object] = []

    for sleeper in sleepers:
        sleeper.on("Debugger.paused", lambda told: asleep.append(told))
        sleeper.send("Debugger.enable")
        sleeper.send("Debugger.pause")
    bo.answers("three").answers("four")
    expect(bo.lines).to_have_text(["one", "two", "three", "four"])
    assert 2 == len(asleep)
    for sleeper in sleepers:
        sleeper.send("Debugger.resume")
        sleeper.send("Debugger.disable")

    both_have(ada, sam, ["one", "two", "three", "four"])
    sam.sends("five")
    both_have(ada, sam, ["one", "two", "three", "four", "five"])
    live_equals_reload(ada)


def test_two_tabs_that_were_away_say_each_thing_once(stage: Stage) -> None:
    """Both kept something; neither sends what is the other's, and both show the same."""
    ada, sam = _talking(stage)
    other = Shopper(sam.page.context.new_page(), stage.url).visits("/demo/shop/orders").opens()
    expect(other.lines).to_have_text(["one", "two"])

    sam.page.context.set_offline(True)
    sam.says("from the first")
    other.says("from the second")
    ada.answers("meanwhile")
    sam.page.clock.fast_forward("01:00:00")
    sam.page.context.set_offline(False)
    sam.page.clock.fast_forward("00:01:00")

    expect(ada.lines).to_have_count(5)
    said = ada.lines.all_inner_texts()
    assert ["from the first", "from the second", "meanwhile", "one", "two"] == sorted(said)
    for tab in (sam, other):
        expect(tab.lines).to_have_text(said)
        expect(tab.unsent).to_have_count(0)


@pytest.fixture
def returning(chromium: Browser) -> Iterator[BrowserContext]:
    """The profile of a browser that keeps pages in memory when one leaves them, as people's browsers do."""
    browser = chromium.browser_type.launch(
        executable_path=find_chromium(), args=LAUNCH_ARGS, ignore_default_args=[NO_WAY_BACK]
    )
    context = browser.new_context(locale="en-GB", viewport={"width": 1000, "height": 760})
    context.add_init_script(RETURNS)
    yield context
    browser.close()


def test_on_the_way_back_the_chat_is_what_it_has_become(stage: Stage, returning: BrowserContext) -> None:
    """Whether the browser brings the old page out of its memory or makes it anew."""
    ada = stage.agent("Ada")
    sam = Shopper(returning.new_page(), stage.url).visits().begins("Sam")
    sam.sends("one")
    ada.accepts().answers("two")
    expect(sam.heard).to_have_text(["two"])
    sam.box.fill("half a senten")

    sam.page.goto("about:blank")
    ada.answers("three")
    sam.page.go_back()
    if sam.page.evaluate("sessionStorage.came") == "false":
        sam.frame.wait_for_selector("body[data-screen]")

    both_have(ada, sam, ["one", "two", "three"])
    expect(sam.box).to_have_value("half a senten")
    chat_equals_reload(sam)
