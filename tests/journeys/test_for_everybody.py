"""Every page is for everybody: nothing that axe finds, in either light, and nothing cut off on a small screen."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.journeys.stage import Stage

ADMIN = ("agents", "queues", "hours", "policies", "sites", "complaints", "canned", "statuses")
PLACES = (
    "/app/profile",
    *(f"/app/admin/{one}" for one in ADMIN),
    *(f"/app/admin/{one}/new" for one in ADMIN),
    "/app/tickets/999999",
    "/app/wallboard",
    "/app/wallboard?wall=1",
    "/app/wallboard/rows/backlog",
    "/app/wallboard/rows/answered-today",
)
LIGHTS: dict[Literal["light", "dark"], dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
STILL: dict[str, Any] = {"reduced_motion": "reduce"}
_SIDEWAYS = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
# What lies in a strip that scrolls by itself can be reached; what is hidden until it is wanted need not be.
_OUT_OF_REACH = """() => [...document.querySelectorAll('button, a, input, select, textarea')].filter(one => {
    const box = one.getBoundingClientRect();
    const outside = box.width && (box.left < -1 || box.right > innerWidth + 1);
    const seen = one.checkVisibility({visibilityProperty: true}) && !one.closest(".skip, .hidden, .unseen");
    if (!outside || !seen) return false;
    for (let around = one.parentElement; around && around !== document.body; around = around.parentElement)
        if (/auto|scroll/.test(getComputedStyle(around).overflowX)) return false;
    return true;
}).map(one => one.outerHTML.slice(0, 120))"""


def faults(page: Page, part: str | None = None) -> list[str]:
    """What axe finds, also inside of frames, each with its element; in a part of the page, where only that is new.

    In the light first, and what the dark alone can change: its colours.
    """
    found: list[dict[str, Any]] = []
    for light, rules in LIGHTS.items():
        page.emulate_media(color_scheme=light, reduced_motion="reduce")
        options = {"resultTypes": ["violations"], **rules}
        found += Axe().run(page, context=part, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def test_a_chat_that_rings_and_is_talked_in(stage: Stage) -> None:
    ada, sam = stage.agent("Ada", **STILL), stage.shopper(**STILL)
    sam.begins("Sam")
    sam.sends("Hello?")
    expect(ada.offer).to_be_visible()
    assert [] == faults(ada.page)

    ada.accepts().notes("Ours.").answers("Yours.")
    expect(sam.heard).to_have_count(1)
    for menu in ("status", "priority", "queue", "assignment", "snooze"):
        ada.fact(menu).click()
        expect(ada.page.locator(".menu:popover-open")).to_be_visible()
        assert [] == faults(ada.page, ".menu:popover-open"), menu
        ada.page.keyboard.press("Escape")
    ada.page.locator("#presence-button").click()
    assert [] == faults(ada.page)
    assert [] == faults(sam.page)


def test_the_door_and_the_pages_of_an_admin(stage: Stage) -> None:
    door = stage.browser(**STILL)
    door.goto(stage.url + "/app")
    assert [] == faults(door)
    door.locator("[name=email]").fill("nobody@frontdesk.example")
    door.locator("[name=password]").fill("not this one")
    door.keyboard.press("Enter")
    expect(door.locator(".wrong")).to_be_visible()
    assert [] == faults(door)
    alex = stage.agent("Alex", available=False, **STILL)
    for place in PLACES:
        alex.page.goto(stage.url + place)
        assert [] == faults(alex.page), place


def test_nothing_is_cut_off_on_a_small_screen(stage: Stage) -> None:
    """Every page: no scrolling sideways, and every button and field within reach."""
    door = stage.browser(**STILL)
    door.goto(stage.url + "/app")
    _fits_everywhere(door)
    alex = stage.agent("Alex", available=False, **STILL)
    for place in (*PLACES, "/app/views/open", "/app/tickets/1029?view=open"):
        alex.page.goto(stage.url + place)
        _fits_everywhere(alex.page)


def _fits_everywhere(page: Page) -> None:
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 700})
        _fits(page)


def _fits(page: Page) -> None:
    assert 0 == page.evaluate(_SIDEWAYS), page.url
    assert [] == page.evaluate(_OUT_OF_REACH), page.url


def test_a_whole_chat_on_two_small_screens(stage: Stage) -> None:
    """The customer's chat fills their telephone; the agent goes from the list to the ticket and back."""
    small: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, **STILL}
    ada = stage.agent("Ada")
    ada.page.set_viewport_size({"width": 390, "height": 780})
    sam = stage.shopper(**small).begins("Sam")
    sam.sends("From my telephone.")
    _fits(sam.page)
    assert 0 == sam.frame.evaluate(_SIDEWAYS)
    assert [] == sam.frame.evaluate(_OUT_OF_REACH)

    expect(ada.offer).to_be_in_viewport()
    ada.accepts()
    expect(ada.box).to_be_in_viewport()
    ada.answers("From mine.")
    _fits(ada.page)
    expect(sam.heard.last).to_be_in_viewport()
    ada.page.locator("[data-back]").click()
    expect(ada.page.locator(".row", has_text="From mine.")).to_be_in_viewport()
    _fits(ada.page)
    sam.button("Close chat").click()
    sam.opens()
    expect(sam.lines).to_have_text(["From my telephone.", "From mine."])
