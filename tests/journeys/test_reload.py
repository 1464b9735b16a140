"""A reload and the browser's own buttons keep everything: what is open, what was said, and what is half written."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.people import AtConsole
from tests.journeys.sameness import chat_equals_reload, live_equals_reload
from tests.journeys.stage import Stage


def test_the_console_comes_back_as_it_was(stage: Stage) -> None:
    """The ticket that is open, the list beside it, and a draft of each kind."""
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("Where is it?")
    ada.accepts()
    number = ada.number
    ada.views("open").opens(number)
    ada.box.fill("An answer in the middle of")
    ada.turns_to("note")
    ada.box.fill("A note, also not done")

    ada.page.reload()
    ada.is_live()

    assert number == ada.number
    expect(ada.list).to_have_attribute("data-view", "open")
    expect(ada.row(number).locator("a")).to_have_attribute("aria-current", "true")
    expect(ada.box).to_have_value("An answer in the middle of")
    ada.turns_to("note")
    expect(ada.box).to_have_value("A note, also not done")
    sam.sends("It was blue.")
    expect(ada.lines).to_have_text(["Where is it?", "It was blue."])
    expect(ada.box).to_have_value("A note, also not done")
    live_equals_reload(ada)


def test_a_draft_belongs_to_its_ticket(stage: Stage) -> None:
    """Whoever looks into another ticket in between finds each half-written answer where it was."""
    ada = stage.agent("Ada", available=False)
    ada.views("open").opens(1022)
    ada.box.fill("For the accounts department")
    ada.opens(1029)
    expect(ada.box).to_have_value("")
    ada.box.fill("For Sam")
    ada.opens(1022)
    expect(ada.box).to_have_value("For the accounts department")
    ada.box.fill("")
    ada.opens(1029)
    expect(ada.box).to_have_value("For Sam")
    ada.box.fill("")


def test_back_and_forward_land_where_one_was(stage: Stage) -> None:
    """Addresses change as on any page, lists keep their place, and what stands there is live again."""
    ada = stage.agent("Ada", available=False)
    ada.views("open").opens(1022).opens(1029).searches("premium").opens(1016)

    ada.page.go_back()
    expect(ada.list).to_have_attribute("data-query", "premium")
    ada.page.go_back()
    expect(ada.head).to_have_attribute("data-number", "1029")
    expect(ada.list).to_have_attribute("data-view", "open")
    ada.page.go_back()
    expect(ada.head).to_have_attribute("data-number", "1022")
    ada.page.go_forward()
    expect(ada.head).to_have_attribute("data-number", "1029")
    expect(ada.page).to_have_url(re.compile(r"/app/tickets/1029\?view=open$"))
    expect(ada.page).to_have_title("Where is my parcel? #1029 · Frontdesk")

    bo = stage.agent("Bo", available=False)
    bo.page.goto(ada.page.url)
    bo.notes("Seen from elsewhere.")
    expect(ada.lines.last).to_have_text("Seen from elsewhere.")
    live_equals_reload(ada)


def test_an_address_can_be_passed_on(stage: Stage) -> None:
    """Whoever is not signed in signs in first, and lands where the address leads."""
    bo = stage.shopper()  # any browser
    bo.page.goto(stage.url + "/app/tickets/1029?view=open")
    expect(bo.page.get_by_role("button", name="Sign in")).to_be_visible()

    ada = AtConsole(bo.page, stage.url, "Ada").signs_in("/app/tickets/1029?view=open")

    expect(ada.head).to_have_attribute("data-number", "1029")
    expect(ada.list).to_have_attribute("data-view", "open")


def test_the_chat_comes_back_on_every_page_of_the_shop(stage: Stage) -> None:
    """Open, with everything said, the place in line and what was half written; closed, it says what is new."""
    sam = stage.shopper().begins("Sam")
    sam.sends("Hello?")
    sam.box.fill("And another th")
    sam.visits("/demo/shop/orders")
    expect(sam.box).to_have_value("And another th")
    expect(sam.waiting).to_contain_text("You are next.")
    expect(sam.lines).to_have_text(["Hello?"])

    ada = stage.agent("Ada")
    ada.accepts()
    sam.button("Close chat").click()
    expect(sam.page.locator("body")).to_be_visible()
    ada.answers("Hello.")
    sam.page.reload()
    sam.opens()

    expect(sam.heard).to_have_text(["Hello."])
    expect(ada.panel).to_contain_text("/demo/shop/orders")
    chat_equals_reload(sam)
    live_equals_reload(ada)


def test_two_tabs_of_a_customer_show_the_same_chat(stage: Stage) -> None:
    """What is said in one stands in the other, once."""
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("In the first tab.")
    ada.accepts()
    other = type(sam)(sam.page.context.new_page(), stage.url).visits("/demo/shop/orders")
    other.opens()
    expect(other.lines).to_have_text(["In the first tab."])

    other.sends("In the second tab.")
    ada.answers("I see both.")

    for tab in (sam, other):
        expect(tab.lines).to_have_text(["In the first tab.", "In the second tab.", "I see both."])
        expect(tab.unsent).to_have_count(0)
