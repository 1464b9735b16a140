"""A tab that slept, or that lags behind, says of which chat it speaks: of the one that stood there."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shopper import Shopper


def test_an_end_that_was_asked_about_one_chat_ends_no_other(desk: FakeDesk, sam: Shopper) -> None:
    """The question stood there while another tab began the next chat."""
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    sam.menu("End chat")
    desk.visitor.waits()
    desk.push(desk.visitor.welcome())
    expect(sam.bubbles).to_have_count(0)

    sam.frame.locator("dialog").get_by_role("button", name="End chat").click()

    [end] = desk.wait(lambda: desk.all("end"))
    assert (42, 43) == (end["ticket"], desk.visitor.chat and desk.visitor.chat["ticket"])
    expect(sam.box).to_be_visible()


def test_what_was_read_in_one_chat_is_not_read_in_the_next(desk: FakeDesk, sam: Shopper) -> None:
    """Its first answers counted as read already: the desk was never told, and mailed them to who had read them."""
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    desk.push(desk.visitor.message("agent", "Hello, Sam."), desk.visitor.message("agent", "It is on its way."))
    desk.wait(lambda: {"ticket": 42, "seq": 3} in desk.all("seen"))
    desk.push(desk.visitor.turns("ended"))
    sam.button("Go on with this chat").click()
    desk.visitor.over = True  # a day has passed
    sam.says("It never came")
    expect(sam.lines).to_have_text(["It never came"])

    desk.push(desk.visitor.message("agent", "I look into it."))

    desk.wait(lambda: {"ticket": 43, "seq": 2} in desk.all("seen"))
    assert [2] == [seen["seq"] for seen in desk.all("seen") if seen["ticket"] == 43]


def test_a_call_is_asked_for_by_the_chat_that_waits(desk: FakeDesk, sam: Shopper) -> None:
    """The form of the last chat stood there still: what was asked in it turned that one, and the new one waited on."""
    sam.page.route("**/callback?*", lambda route: route.fulfill(body="The form", content_type="text/html"))
    desk.site = {"forms": ["callback"]}
    sam.visit()
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    desk.push({"place": {"position": 3, "call": "42-a-seal"}})
    form = sam.frame.locator("iframe")
    sam.button("Call or email me instead").click()
    expect(form).to_have_attribute("src", re.compile("chat=42-a-seal"))

    desk.visitor.waits()
    desk.push(desk.visitor.welcome(), {"place": {"position": 1, "call": "43-a-seal"}})
    sam.button("Back").click()
    sam.frame.get_by_role("button", name="Continue your chat").click()
    sam.button("Call or email me instead").click()

    expect(form).to_have_attribute("src", re.compile("chat=43-a-seal"))


def test_what_was_begun_of_a_rating_is_not_for_the_next_chat(desk: FakeDesk, sam: Shopper) -> None:
    """Marks for the first chat stood under the second, which had begun and ended while the tab slept."""
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    desk.push(desk.visitor.turns("ended"))
    good = sam.frame.get_by_role("radio", name="4: Good")
    comment = sam.frame.get_by_label("Would you like to add something?")
    good.check(force=True)
    comment.fill("Quick, thank you.")
    desk.push(desk.visitor.turns("ended", rated=None))
    expect(comment).to_have_value("Quick, thank you.")

    desk.visitor.waits()
    desk.visitor.turns("ended")
    desk.push(desk.visitor.welcome())

    expect(comment).to_be_hidden()
    expect(good).not_to_be_checked()


def test_what_is_read_while_the_line_is_down_is_told_when_it_is_back(desk: FakeDesk, sam: Shopper) -> None:
    """It counted as told, and was not: the answers were mailed to who had read them."""
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    sam.presses_launcher()
    desk.push(desk.visitor.message("agent", "Hello, Sam."))
    expect(sam.bubbles).to_have_count(2)
    desk.turns_away = 1013
    desk.drop()
    desk.wait(lambda: 1 < len(desk.all("hello")))

    sam.presses_launcher()
    expect(sam.box).to_be_visible()
    assert [] == desk.all("seen")
    desk.turns_away = None

    desk.wait(lambda: [{"ticket": 42, "seq": 2}] == desk.all("seen"))
