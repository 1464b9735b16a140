"""The demo's front door in a browser: its buttons need no scripts, and what they do arrives live in the console."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.stage import Stage


def test_what_is_let_happen_arrives_in_the_console(stage: Stage) -> None:
    ada = stage.agent("Ada", available=False).views("open")
    page = stage.browser(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(stage.url + "/demo")

    page.get_by_role("button", name="Let something happen").click()
    expect(page.get_by_role("status")).to_contain_text("wrote an email")
    link = page.get_by_role("link", name="in the console")
    number = (link.get_attribute("href") or "").rpartition("/")[2]
    expect(ada.page.locator(f'[href*="/app/tickets/{number}"]').first).to_be_visible()

    page.get_by_role("button", name="Somebody wants a call, now").click()
    expect(page.get_by_role("status")).to_contain_text("wants a call")
