"""Where no chat can come, the shop keeps its page: nothing covers it, and the launcher says so in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shopper import Shopper
from tests.widgets.test_embed_launcher import becomes, launcher

TELEPHONE = {"width": 390, "height": 700}
PATIENCE = 8_100  # milliseconds, a little more than the launcher waits
ELSEWHERE = "https://elsewhere.example"
AWAY = "Chat is not available right now."


def down(page: Page) -> None:
    page.route("**/chat/v1/frame/**", lambda route: route.abort("connectionrefused"))


def silent(page: Page) -> None:
    """The address is taken, and nobody ever answers there."""
    waiting: list[Route] = []
    page.route("**/chat/v1/frame/**", lambda route: waiting.append(route))


def not_listed(desk: FakeDesk) -> None:
    desk.no_frame = (200, ELSEWHERE)


def unknown(desk: FakeDesk) -> None:
    """A site that is not there, and one that is not shown, get the same answer (tests/chat/test_web.py)."""
    desk.no_frame = (404, "'none'")


CAUSES: dict[str, Callable[[FakeDesk, Page], None]] = {
    "origin-not-listed": lambda desk, page: not_listed(desk),
    "site-unknown-or-not-shown": lambda desk, page: unknown(desk),
    "desk-down": lambda desk, page: down(page),
    "desk-silent": lambda desk, page: silent(page),
}
cause = pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES.keys())


@pytest.fixture
def page_of(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page with a clock to move, and without the eye that takes a refused frame for a broken policy."""
    opened: list[Page] = []

    def page(**options: Any) -> Page:
        context = chromium.new_context(**{"locale": "en-GB", "viewport": TELEPHONE, "has_touch": True, **options})
        opened.append(context.new_page())
        opened[-1].clock.install()
        return opened[-1]

    yield page
    for page_opened in opened:
        page_opened.context.close()


def said(sam: Shopper) -> str:
    """What a screen reader reads in the launcher's line."""
    session = sam.page.context.new_cdp_session(sam.page)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    [line] = [node for node in nodes.values() if node.get("role", {}).get("value") == "status"]
    return "".join(nodes[child]["name"]["value"] for child in line["childIds"])


def covers(sam: Shopper) -> bool:
    """Whether the chat stands before the page, a hand's breadth above the launcher."""
    there = "document.elementFromPoint(innerWidth - 60, innerHeight - 250).localName === 'frontdesk-chat'"
    return bool(sam.page.evaluate(there))


def stored(sam: Shopper) -> tuple[str | None, str | None]:
    """(whether the chat opens by itself, whether it is loaded for a chat under way) on the next page."""
    keep = "[sessionStorage.getItem('frontdesk:shop:open'), localStorage.getItem('frontdesk:shop:live')]"
    opens, live = sam.page.evaluate(keep)
    return opens, live


@cause
def test_a_frame_that_does_not_come_never_covers_the_page(
    cause: Callable[[FakeDesk, Page], None], desk: FakeDesk, page_of: Callable[..., Page]
) -> None:
    page = page_of()
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text) if message.type == "warning" else None)
    cause(desk, page)
    sam = Shopper(desk, page).presses_launcher()
    becomes(sam, "Close chat")
    assert not covers(sam)

    page.clock.fast_forward(PATIENCE)

    becomes(sam, "Open chat")
    assert AWAY == said(sam)
    assert 1 == len(page.frames)
    assert ("no", None) == stored(sam)
    assert 1 == len([text for text in warnings if "Frontdesk" in text and '"shop"' in text])


@cause
def test_until_it_comes_the_launcher_closes(
    cause: Callable[[FakeDesk, Page], None], desk: FakeDesk, page_of: Callable[..., Page]
) -> None:
    page = page_of()
    cause(desk, page)
    sam = Shopper(desk, page).presses_launcher()
    becomes(sam, "Close chat")

    sam.presses_launcher()
    becomes(sam, "Open chat")
    page.clock.fast_forward(PATIENCE)

    assert "" == said(sam)
    assert "Open chat" == launcher(sam)["name"]


def test_a_chat_that_was_open_does_not_open_on_a_page_where_it_cannot_come(
    desk: FakeDesk, page_of: Callable[..., Page]
) -> None:
    sam = Shopper(desk, page_of(viewport={"width": 1000, "height": 760})).starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    assert ("yes", "yes") == stored(sam)

    down(sam.page)
    sam.visit(f"{desk.shop}?page=2")
    assert not covers(sam)
    sam.page.clock.fast_forward(PATIENCE)

    becomes(sam, "Open chat")
    assert ("no", None) == stored(sam)
    assert "" == said(sam)


def test_when_the_desk_is_back_the_launcher_opens_it(desk: FakeDesk, page_of: Callable[..., Page]) -> None:
    page = page_of()
    unknown(desk)
    sam = Shopper(desk, page).presses_launcher()
    page.clock.fast_forward(PATIENCE)
    becomes(sam, "Open chat")

    desk.no_frame = None
    sam.opens()

    expect(sam.frame.get_by_role("heading", name="How can we help?")).to_be_focused()
    page.clock.fast_forward(PATIENCE)
    assert covers(sam)


def test_a_frame_that_is_lost_while_it_is_open_goes_away(desk: FakeDesk, page_of: Callable[..., Page]) -> None:
    """Another language is another document: the desk may have gone down since."""
    sam = Shopper(desk, page_of()).opens()
    down(sam.page)
    with sam.page.expect_event("requestfailed"):
        sam.menu("中文")
    sam.page.clock.fast_forward(PATIENCE)
    becomes(sam, "Open chat")
    assert AWAY == said(sam)


def test_a_frame_that_speaks_late_is_shown_when_it_speaks(desk: FakeDesk, page_of: Callable[..., Page]) -> None:
    page = page_of()
    held: list[Route] = []
    page.route("**/embed/main.js", lambda route: held.append(route))
    sam = Shopper(desk, page)
    with page.expect_request("**/embed/main.js"):
        sam.presses_launcher()
    assert not covers(sam)

    held[0].continue_()

    sam.frame.wait_for_selector("body[data-screen]")
    sam.panel().wait_for_element_state("visible")
    expect(sam.frame.get_by_role("heading", name="How can we help?")).to_be_focused()
