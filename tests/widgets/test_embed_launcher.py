"""The launcher keeps to its corner of the shop's page, and listens to nobody but its own frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, expect

from tests.widgets.fake_desk import PATIENCE, FakeDesk
from tests.widgets.shopper import Shopper


def launcher(sam: Shopper) -> dict[str, Any]:
    """What a screen reader is told of the launcher: {"name", "expanded"}."""
    session = sam.page.context.new_cdp_session(sam.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    [button] = [node for node in nodes if node.get("role", {}).get("value") == "button"]
    facts = {fact["name"]: fact["value"].get("value") for fact in button["properties"]}
    return {"name": button["name"]["value"], "expanded": facts.get("expanded")}


def becomes(sam: Shopper, name: str) -> None:
    """Waits until the launcher is called so."""
    until = time.monotonic() + PATIENCE
    while launcher(sam)["name"] != name and time.monotonic() < until:
        pass
    assert name == launcher(sam)["name"]


def test_nothing_but_the_launcher_is_loaded_before_the_first_click(desk: FakeDesk, sam: Shopper) -> None:
    asked = sam.page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [f"{desk.url}/widget.js"] == [url for url in asked if desk.url in url]
    assert 1 == len(sam.page.frames)


def test_the_page_does_not_move(sam: Shopper) -> None:
    sam.page.evaluate(
        """window.shifts = 0;
        const observer = new PerformanceObserver((list) => shifts += list.getEntries().length);
        observer.observe({type: 'layout-shift', buffered: true});"""
    )
    sam.opens()
    sam.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert 0 == sam.page.evaluate("window.shifts")


def test_the_launcher_has_a_name_and_says_whether_the_chat_is_open(sam: Shopper) -> None:
    assert {"name": "Open chat", "expanded": False} == launcher(sam)
    sam.opens()
    assert {"name": "Close chat", "expanded": True} == launcher(sam)


def test_the_shops_scripts_cannot_reach_into_the_launcher(sam: Shopper) -> None:
    assert sam.page.evaluate("document.querySelector('frontdesk-chat').shadowRoot") is None
    assert sam.page.evaluate("document.cookie") == ""


def test_escape_closes_and_gives_the_focus_back(sam: Shopper) -> None:
    sam.opens()
    sam.page.keyboard.press("Escape")
    sam.page.wait_for_function("document.activeElement === document.querySelector('frontdesk-chat')")
    assert {"name": "Open chat", "expanded": False} == launcher(sam)


def test_the_shop_can_open_and_close_the_chat_itself(sam: Shopper) -> None:
    sam.page.evaluate("Frontdesk.open()")
    expect(sam.frame.get_by_role("heading", name="How can we help?")).to_be_focused()
    sam.page.evaluate("Frontdesk.close()")
    assert not launcher(sam)["expanded"]


def test_a_chat_that_stays_open_on_the_next_page_leaves_the_focus_there(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    sam.visit(f"{desk.shop}?page=2")
    expect(sam.sent).to_have_count(1)
    assert {"name": "Close chat", "expanded": True} == launcher(sam)
    assert "BODY" == sam.page.evaluate("document.activeElement.tagName")


def test_a_chat_under_way_counts_what_is_unread_on_the_next_page(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    sam.button("Close chat").click()
    becomes(sam, "Open chat")
    sam.visit(f"{desk.shop}?page=2")
    expect(sam.bubbles).to_have_count(1)

    desk.push(desk.visitor.message("agent", "Hello, Sam."), desk.visitor.message("agent", "One moment."))

    expect(sam.bubbles).to_have_count(3)
    becomes(sam, "Open chat, 2 unread")
    assert [] == [seen for seen in desk.all("seen") if seen["seq"] > 1]

    sam.opens()
    desk.wait(lambda: {"ticket": 42, "seq": 3} in desk.all("seen"))
    sam.button("Close chat").click()
    becomes(sam, "Open chat")


def test_what_other_frames_say_to_the_page_is_not_heard(sam: Shopper) -> None:
    """Neither the shop's own window nor a foreign frame may speak for the chat."""
    sam.opens()
    facts = {"count": 7, "live": True, "words": {"close": "Pay here"}, "colour": "red"}
    messages = [{"frontdesk": kind, **facts} for kind in ("close", "unread", "ready", "live")]

    sam.page.evaluate("document.body.append(document.createElement('iframe'))")
    for stranger in (sam.page, sam.page.frames[-1]):
        stranger.evaluate("(all) => all.forEach((message) => window.parent.postMessage(message, '*'))", messages)
    sam.page.evaluate("new Promise((heard) => setTimeout(heard))")

    assert {"name": "Close chat", "expanded": True} == launcher(sam)


def test_a_page_of_another_origin_cannot_steer_the_chat(desk: FakeDesk, sam: Shopper) -> None:
    """The frame listens to the window that holds it, from the origin that said hello, and to nothing else."""
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)

    sam.frame.evaluate("window.postMessage({frontdesk: 'page', page: {url: 'https://mallory.example/'}}, '*')")
    sam.frame.evaluate(
        """window.dispatchEvent(new MessageEvent('message', {
            source: window.parent, origin: 'https://mallory.example',
            data: {frontdesk: 'page', page: {url: 'https://mallory.example/'}},
        }))"""
    )
    sam.page.evaluate("location.hash = 'kettles'")

    desk.wait(lambda: desk.all("page") and desk.all("page")[-1]["url"].endswith("#kettles"))
    assert [] == [page for page in desk.all("page") if "mallory" in page["url"]]


def test_the_desk_learns_where_the_visitor_is(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts()
    [came] = desk.wait(lambda: desk.all("visitor"))
    assert {"url": desk.shop, "title": "A shop", "referrer": ""} == came["page"]
    assert "shop" == came["site"]


def test_no_address_ever_holds_the_token(desk: FakeDesk, sam: Shopper) -> None:
    asked: list[str] = []
    sam.page.context.on("request", lambda request: asked.append(request.url))
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    sam.visit()
    expect(sam.sent).to_have_count(1)
    assert [] == [url for url in asked if desk.visitor.token in url]


def test_on_a_telephone_the_chat_fills_the_screen(desk: FakeDesk, browser_of: Callable[..., BrowserContext]) -> None:
    sam = Shopper(desk, browser_of(viewport={"width": 390, "height": 700}, has_touch=True).new_page())
    sam.opens()
    sam.panel().wait_for_element_state("stable")
    box = sam.panel().bounding_box()
    assert box is not None
    assert (390, 700) == (box["width"], box["height"])


def test_a_chosen_language_stays_chosen(desk: FakeDesk, sam: Shopper) -> None:
    sam.opens()
    sam.menu("中文")
    expect(sam.frame.get_by_role("heading", name="有什么可以帮您？")).to_be_visible()
    sam.visit(f"{desk.shop}?page=2").frame.wait_for_selector("html[lang=zh]")


def test_the_shops_page_decides_the_language(desk: FakeDesk, browser_of: Callable[..., BrowserContext]) -> None:
    desk.lang = "zh"
    sam = Shopper(desk, browser_of().new_page())
    assert "打开聊天" == launcher(sam)["name"]
    sam.opens()
    expect(sam.frame.get_by_role("button", name="在线聊天")).to_be_visible()


def colour(sam: Shopper) -> str:
    """The site's colour, as the launcher knows it."""
    style = "getComputedStyle(document.querySelector('frontdesk-chat'))"
    return str(sam.page.evaluate(f"{style}.getPropertyValue('--site')"))


def test_the_launcher_has_the_sites_colour_before_anything_is_opened(
    desk: FakeDesk, browser_of: Callable[..., BrowserContext]
) -> None:
    desk.colour = "#c0392b"
    assert "#c0392b" == colour(Shopper(desk, browser_of().new_page()))


def test_the_colour_of_a_line_that_was_copied_long_ago_gives_way(
    desk: FakeDesk, browser_of: Callable[..., BrowserContext]
) -> None:
    desk.colour, desk.site["colour"] = "#c0392b", "#2563eb"
    sam = Shopper(desk, browser_of().new_page()).opens()
    sam.panel().wait_for_element_state("visible")
    assert "#2563eb" == colour(sam)
    assert "#2563eb" == colour(sam.visit(f"{desk.shop}?page=2"))
