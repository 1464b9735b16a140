"""Every screen of the chat: what it asks, what it keeps, and that everybody can use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, expect

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shopper import Shopper

ASKS = {"ask": True, "name": "required", "email": "optional", "topics": [{"key": "billing", "name": "Billing"}]}
NARROW = {"viewport": {"width": 320, "height": 568}, "has_touch": True}
ZOOMED = {"viewport": {"width": 320, "height": 256}}
DARK = {"color_scheme": "dark"}


def walk(desk: FakeDesk, sam: Shopper) -> Iterator[str]:
    """Goes through every screen of a chat and stops at each; gives its name."""
    sam.opens()
    yield "home"
    sam.button("Menu").click()
    yield "menu"
    sam.page.keyboard.press("Escape")
    sam.frame.get_by_role("button", name="Chat with us").click()
    sam.button("Start the chat").click()
    yield "questions, one of them not answered"
    sam.frame.get_by_label("Your name").fill("Sam")
    sam.button("Start the chat").click()
    yield "nothing said yet"
    desk.refusals = [{"says": "This was too much.", "retry_after": None}]
    sam.says("One").says("Two")
    expect(sam.sent).to_have_count(1)
    yield "waiting, with one message that was refused"
    desk.push(*desk.visitor.joins("Ada"), desk.visitor.message("agent", "See https://example.com. " + "long " * 400))
    desk.push({"typing": {"name": "Ada", "on": True}})
    expect(sam.frame.locator(".dots")).to_be_visible()
    sam.frame.locator("input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b""})
    sam.box.fill("x" * 10_001)
    yield "talking, with too much of everything"
    sam.box.fill("")
    sam.menu("End chat")
    yield "asked whether to end"
    sam.frame.locator("dialog").get_by_role("button", name="End chat").click()
    sam.frame.get_by_role("radio", name="4: Good").check(force=True)
    yield "ended, being rated"


@pytest.mark.parametrize("eyes", [{}, DARK, NARROW], ids=["light", "dark", "narrow"])
def test_every_screen_of_a_chat_is_for_everybody(
    desk: FakeDesk, browser_of: Callable[..., BrowserContext], eyes: dict[str, Any]
) -> None:
    desk.site = {"prechat": ASKS}
    sam = Shopper(desk, browser_of(**eyes, reduced_motion="reduce").new_page())
    for screen in walk(desk, sam):
        found = Axe().run(sam.frame)
        assert 0 == found.violations_count, f"{screen}: {found.generate_report()}"


@pytest.mark.parametrize("eyes", [NARROW, ZOOMED], ids=["320 px", "400 % zoom"])
def test_no_screen_is_wider_than_a_small_one(
    desk: FakeDesk, browser_of: Callable[..., BrowserContext], eyes: dict[str, Any]
) -> None:
    desk.site = {"prechat": ASKS}
    sam = Shopper(desk, browser_of(**eyes).new_page())
    for screen in walk(desk, sam):
        assert 320 == sam.frame.evaluate("document.scrollingElement.scrollWidth"), screen


def test_fingers_find_every_button(desk: FakeDesk, browser_of: Callable[..., BrowserContext]) -> None:
    desk.site = {"prechat": ASKS}
    sam = Shopper(desk, browser_of(**NARROW, is_mobile=True).new_page())
    sizes = """[...document.querySelectorAll('button, input:not([type=file]), textarea, select, .faces label')]
        .filter((each) => each.offsetParent && !each.closest('[hidden]'))
        .map((each) => [each.outerHTML.slice(0, 90), each.getBoundingClientRect().height])"""
    for screen in walk(desk, sam):
        small = [(html, height) for html, height in sam.frame.evaluate(sizes) if height < 40]
        assert [] == small, screen


def test_the_questions_are_asked_once_and_go_with_the_first_message(desk: FakeDesk, sam: Shopper) -> None:
    desk.site = {"prechat": ASKS}
    sam.opens()
    sam.frame.get_by_role("button", name="Chat with us").click()
    sam.button("Start the chat").click()
    name = sam.frame.get_by_label("Your name")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Please fill this in")

    name.fill("Sam")
    sam.frame.get_by_label("Email").fill("sam@nowhere")
    sam.button("Start the chat").click()
    expect(sam.frame.get_by_text("This address looks incomplete")).to_be_visible()
    expect(name).to_have_value("Sam")
    sam.frame.get_by_label("Email").fill("sam@shop.example")
    sam.frame.get_by_label("Topic").select_option("billing")
    sam.button("Start the chat").click()
    sam.says("Hello?").says("Are you there?")

    first, second = desk.wait(lambda: len(desk.all("say")) == 2 and desk.all("say"))
    assert ("Sam", "sam@shop.example", "billing") == (first["name"], first["email"], first["topic"])
    assert (None, None, None) == (second["name"], second["email"], second["topic"])


def test_a_letter_keeps_what_was_typed_until_it_is_taken(desk: FakeDesk, sam: Shopper) -> None:
    """Bad input, row 40: the same page, values kept, the message beside the field, and the focus there."""
    desk.site = {"open": False, "hours_text": "Open tomorrow at 9:00."}
    desk.refuses_letters = {"says": "We cannot write to this address.", "field": "email"}
    sam.opens()
    sam.frame.get_by_role("button", name="Leave a message").click()
    sam.frame.get_by_label("Email").fill("sam@shop.example")
    sam.frame.get_by_label("Message", exact=True).fill("Where is my teapot?")
    sam.button("Send").click()
    expect(sam.frame.get_by_label("Email")).to_be_focused()
    expect(sam.frame.get_by_label("Email")).to_have_accessible_description("We cannot write to this address.")

    desk.refuses_letters = None
    sam.visit()
    sam.frame.get_by_role("button", name="Leave a message").click()
    expect(sam.frame.get_by_label("Message", exact=True)).to_have_value("Where is my teapot?")
    sam.button("Send").click()

    expect(sam.frame.get_by_text("Your number is 1042.")).to_be_visible()
    assert ["Where is my teapot?"] * 2 == [letter["text"] for letter in desk.letters]
    assert 1 == len({letter["client_id"] for letter in desk.letters})


def test_a_letter_that_did_not_arrive_says_so_and_stays(desk: FakeDesk, sam: Shopper) -> None:
    desk.site = {"open": False}
    sam.opens()
    sam.frame.get_by_role("button", name="Leave a message").click()
    sam.page.context.route("**/letters", lambda route: route.abort())
    sam.frame.get_by_label("Email").fill("sam@shop.example")
    sam.frame.get_by_label("Message", exact=True).fill("Where is my teapot?")
    sam.button("Send").click()
    expect(sam.frame.get_by_text("Your text is kept.")).to_be_visible()
    expect(sam.frame.get_by_label("Message", exact=True)).to_have_value("Where is my teapot?")


def test_a_chat_under_way_is_offered_first(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Where is my teapot?")
    expect(sam.sent).to_have_count(1)
    desk.push(*desk.visitor.joins("Ada"))
    sam.button("Back").click()
    way = sam.frame.get_by_role("button", name="Your chat with Ada")
    expect(way).to_contain_text("Where is my teapot?")
    way.click()
    expect(sam.box).to_be_focused()


def test_the_transcript_can_be_kept(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    with sam.page.expect_download() as download:
        sam.menu("Save transcript")
    assert "Sam: Hello?\n" == download.value.path().read_text()


def test_the_menu_is_walked_by_keyboard_and_left_with_escape(desk: FakeDesk, sam: Shopper) -> None:
    sam.opens()
    sam.button("Menu").press("Enter")
    expect(sam.button("Sound")).to_be_focused()
    sam.page.keyboard.press("ArrowDown")
    expect(sam.button("中文")).to_be_focused()
    sam.page.keyboard.press("ArrowDown")
    sam.page.keyboard.press("Enter")
    expect(sam.button("Menu")).to_be_focused()
    sam.button("Menu").press("Enter")
    expect(sam.button("Sound")).to_have_attribute("aria-pressed", "false")
    sam.page.keyboard.press("Escape")
    expect(sam.button("Menu")).to_be_focused()
    expect(sam.button("Menu")).to_have_attribute("aria-expanded", "false")


def test_a_message_is_announced_once(desk: FakeDesk, sam: Shopper) -> None:
    """The pending bubble and the confirmed one are the same element of the live region."""
    desk.commits = False
    sam.starts().says("Hello?")
    [say] = desk.wait(lambda: desk.all("say"))
    sam.bubbles.evaluate("(bubble) => { window.drawn = bubble; }")
    desk.push(*desk.visitor.hear("say", say, []))
    expect(sam.sent).to_have_count(1)
    assert sam.bubbles.evaluate("(bubble) => window.drawn === bubble")
    expect(sam.frame.get_by_role("log", name="Messages")).to_have_attribute("aria-live", "polite")
