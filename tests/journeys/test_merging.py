"""Ada finds that two tickets are one matter, says so with a key, and can take it back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.sameness import live_equals_reload
from tests.journeys.stage import Stage


def test_a_ticket_is_merged_into_another_and_is_one_of_its_own_again(stage: Stage) -> None:
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("Where is my parcel?")
    ada.accepts()
    number = ada.number
    ada.views("open").opens(1016)

    ada.page.keyboard.press("x")
    expect(ada.page.locator("#menu-merge")).to_contain_text("This customer has no other open ticket.")
    ada.page.locator("#menu-merge input").fill(f"#{number}")
    ada.page.locator(f"#menu-merge [data-number='{number}']").click()
    expect(ada.head).to_have_attribute("data-number", str(number))
    expect(ada.entries.last).to_have_text("Ada Lund merged #1016 into this one")

    ada.entries.last.locator("a").click()
    expect(ada.head).to_have_attribute("data-number", "1016")
    expect(ada.head).to_contain_text(f"Merged into #{number}")
    expect(ada.page.locator(".shown")).to_have_text(f"It goes on as #{number}: write there.")
    live_equals_reload(ada)

    ada.page.keyboard.press("e")
    expect(ada.head).to_have_attribute("data-status", "open")
    live_equals_reload(ada)
