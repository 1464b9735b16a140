"""The console can be seen and used by everyone: at every width, in both lights, in both languages, without a mouse."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.widgets.console import INVOICE, PARCEL, PREMIUM, AtTheConsole, Console

WIDTHS = (1920, 1440, 1280, 1024, 800, 720, 390, 320)


def faults(page: Page) -> list[str]:
    """What axe finds, each with its element."""
    page.wait_for_timeout(250)  # transitions: a half-faded text has no contrast
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "zh-CN")])
def test_nothing_keeps_anybody_out(scheme: str, locale: str, at_the_console: AtTheConsole) -> None:
    ada = at_the_console(color_scheme=scheme, locale=locale)
    page = ada.page
    assert [] == faults(page), "a list"
    ada.opens(PARCEL)
    assert [] == faults(page), "a ticket"
    ada.presses("n")
    ada.page.keyboard.type("A note")
    assert [] == faults(page), "a note"
    ada.text.fill("")
    ada.text.blur()
    ada.presses("a")
    assert [] == faults(page), "a menu"
    ada.presses("Escape")
    ada.presses("?")
    assert [] == faults(page), "the keys"
    ada.presses("Escape")
    page.goto(f"{ada.desk.url}/app/search?q=nothing-like-it")
    assert [] == faults(page), "nothing found"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_at_any_width(width: int, at_the_console: AtTheConsole) -> None:
    """720 is a window of 1440 at 200 %, 320 one of 1280 at 400 %."""
    ada = at_the_console(viewport={"width": width, "height": 700})
    for place in ("/app/views/open", "/app/tickets/1029?view=open", "/app/search?q=invoice"):
        ada.page.goto(f"{ada.desk.url}{place}")
        sideways = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        assert 0 == ada.page.evaluate(sideways), place
        outside = """[...document.querySelectorAll('button, a, input, textarea')].filter((one) => {
            const box = one.getBoundingClientRect();
            const scrolls = one.closest('.facts, .rows-scroll, .hidden, .skip, .subject, [popover]');
            const held = scrolls || !one.checkVisibility();
            return !held && !one.matches('.hidden') && box.width && (box.left < -1 || box.right > innerWidth + 1)
                && getComputedStyle(one).visibility !== 'hidden';
        }).map((one) => one.outerHTML.slice(0, 120))"""
        assert [] == ada.page.evaluate(outside), place


LETTERS = """[...document.querySelectorAll('body, .list h1, .row b, .bubble, .btn')]
    .map((one) => parseFloat(getComputedStyle(one).fontSize))"""


def test_letters_are_as_large_as_the_reader_has_set_them(ada: Console) -> None:
    """A browser's text size, doubled: every letter follows, in the layout of half the window (WCAG 1.4.4)."""
    ada.opens(PARCEL)
    before = ada.page.evaluate(LETTERS)
    larger = ada.page.context.new_cdp_session(ada.page)
    larger.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    ada.page.reload()

    assert [2 * size for size in before] == ada.page.evaluate(LETTERS)
    expect(ada.page.locator("#list-pane")).to_be_hidden()
    expect(ada.page.locator(".composer [data-send]")).to_be_in_viewport()
    ada.page.get_by_role("link", name="Back to the list").click()
    expect(ada.page.locator(".row").first).to_be_in_viewport()


@pytest.mark.parametrize("width", [1440, 1280, 1024])
def test_larger_letters_squeeze_no_ticket_out(width: int, at_the_console: AtTheConsole) -> None:
    """Where only text is enlarged, the columns beside the conversation keep to their share of the window."""
    ada = at_the_console(viewport={"width": width, "height": 900})
    ada.opens(PARCEL)
    ada.page.evaluate("document.documentElement.style.fontSize = '200%'")

    pane = ada.page.locator("#ticket-pane").bounding_box()
    assert pane is not None
    assert 0.28 * width < pane["width"]
    for inside in (".composer [data-send]", ".ticket-head [data-act=resolution]"):
        box = ada.page.locator(inside).bounding_box()
        assert box is not None
        assert pane["x"] <= box["x"], inside
        assert box["x"] + box["width"] <= pane["x"] + pane["width"], inside


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_what_can_be_changed_of_a_ticket_stands_on_one_line(locale: str, at_the_console: AtTheConsole) -> None:
    """Also where nobody holds it, its promise is broken, and its queue has a long name: names give way."""
    ada = at_the_console(locale=locale)
    ada.opens(PREMIUM)
    for name in ("", "Returns, refunds and repairs"):
        if name:
            ada.page.locator("[data-menu=queue] > [dir]").evaluate("(one, name) => { one.textContent = name; }", name)
        boxes = [one.bounding_box() for one in ada.page.locator(".facts > :visible").all()]
        assert 1 == len({round(box["y"] + box["height"] / 2) for box in boxes if box}), name
        pane = ada.page.locator(".facts").bounding_box()
        assert pane is not None
        assert all(box["x"] + box["width"] <= pane["x"] + pane["width"] for box in boxes if box), name
    expect(ada.page.locator("[data-menu=snooze]")).to_have_accessible_name("延后" if locale == "zh-CN" else "Snooze")


def test_a_narrow_screen_shows_one_thing_and_a_way_back(at_the_console: AtTheConsole) -> None:
    ada = at_the_console(viewport={"width": 390, "height": 844}, has_touch=True)
    page = ada.page
    page.locator(".row").first.click()
    expect(page.locator(".composer")).to_be_in_viewport()
    expect(page.locator("#list-pane")).to_be_hidden()
    page.get_by_role("button", name="About the customer").click()
    expect(page.locator(".panel .card")).to_be_in_viewport()
    page.locator("#context-pane [data-toggle=context]").click()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#list-pane")).to_be_visible()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("link", name="Unassigned").click()
    expect(page.locator("#list-unassigned")).to_be_visible()


def test_light_or_dark_is_remembered(ada: Console) -> None:
    dark = "getComputedStyle(document.documentElement).colorScheme"
    assert "light dark" == ada.page.evaluate(dark)
    for scheme in ("light", "dark"):
        ada.page.get_by_role("button", name="Light or dark").click()
        assert scheme == ada.page.evaluate(dark)
    ada.page.reload()
    assert "dark" == ada.page.evaluate(dark)


def test_the_page_speaks_the_language_of_the_browser(at_the_console: AtTheConsole) -> None:
    ada = at_the_console(locale="zh-CN")
    expect(ada.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(ada.page.get_by_role("heading", name="我的")).to_be_visible()


def test_the_first_thing_that_tab_reaches_is_the_way_to_the_ticket(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.page.reload()
    ada.presses("Tab")
    expect(ada.page.locator(".skip")).to_be_focused()
    ada.presses("Enter")
    expect(ada.page.locator("#ticket-pane")).to_be_focused()


def test_a_conversation_opens_at_its_end_and_says_when_something_new_is_below(
    ada: Console, at_the_console: AtTheConsole
) -> None:
    ada.opens(INVOICE)
    for number in range(12):
        ada.text.fill(f"Line {number}\n" * 6)
        ada.presses("Control+Enter")
        expect(ada.page.locator(".pending .msg")).to_have_count(0)
    ada.page.reload()
    expect(ada.page.locator(".msg").last).to_be_in_viewport()

    ada.page.locator(".scroll").evaluate("element => { element.scrollTop = -element.scrollHeight; }")
    bo = at_the_console("bo")
    bo.page.goto(ada.page.url)
    bo.presses("n")
    bo.page.keyboard.type("Still here?")
    bo.presses("Control+Enter")
    newest = ada.page.get_by_role("button", name="New messages")
    expect(newest).to_be_visible()
    newest.click()
    expect(ada.page.locator(".msg").last).to_be_in_viewport()
