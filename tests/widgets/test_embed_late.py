"""A tab that slept, or that lags behind, says of which chat it speaks: of the one that stood there."""

from __future__ import annotations

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
