"""A complaint from its form to its end: for a browser without scripts, for one with, and for Ada who decides."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.journeys.people import AtConsole
from tests.journeys.stage import Stage

FORM = "/complaint?site=lumen"


def fills(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.locator(f"[name={name}]").fill(text)


def number_on(page: Page) -> int:
    found = re.search(r"C-(\d+)", page.locator("h1").inner_text())
    assert found is not None
    return int(found[1])


def decides(ada: AtConsole, outcome: str, reason: str) -> None:
    """With the key that resolves other tickets."""
    ada.page.keyboard.press("e")
    form = ada.page.locator("#menu-decision")
    expect(form).to_be_visible()
    form.locator(f"[value={outcome}]").check()
    form.locator("[name=reason]").fill(reason)
    form.locator("[data-final]").click()


def opens(ada: AtConsole, number: int) -> None:
    """By its address: it may stand far down in the list."""
    ada.page.goto(f"{ada.url}/app/tickets/{number}?view=open")
    ada.is_live()


def faults(page: Page, part: str | None = None) -> list[str]:
    """What axe finds in either light, and how far the page can be scrolled sideways."""
    found = []
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light, reduced_motion="reduce")
        for one in Axe().run(page, context=part).response["violations"]:
            found += [f"{light} {one['id']}: {node['html'][:160]} {node['failureSummary']}" for node in one["nodes"]]
    sideways = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    return found + ([f"{sideways} pixels too wide"] if sideways else [])


def test_from_the_form_to_the_end_without_scripts(stage: Stage) -> None:
    """Each step is a page: the mistake beside its field, the same number on the way back, the decision on reload."""
    ada, sam = stage.agent("Ada", available=False), stage.browser(java_script_enabled=False)
    sam.goto(stage.url + FORM)
    fills(sam, text="Nobody called me back.", wanted="An apology", name="Sam Okafor")
    sam.locator("[name=files]").set_input_files({"name": "bill.txt", "mimeType": "text/plain", "buffer": b"paid"})
    sam.locator("button.primary").click()
    expect(sam.locator("#f-category-wrong")).to_have_text("This is needed.")
    expect(sam.locator("#f-email-wrong")).to_be_visible()
    expect(sam.locator("[name=category]")).to_be_focused()
    expect(sam.locator("[name=text]")).to_have_value("Nobody called me back.")

    sam.locator("[name=category]").select_option("conduct")
    fills(sam, email="sam.okafor@mail.example")
    sam.locator("button.primary").click()
    expect(sam.locator("[role=status]")).to_contain_text("We have your complaint.")
    own, number = sam.url, number_on(sam)
    expect(sam.get_by_role("link", name="bill.txt")).to_be_visible()

    opens(ada, number)
    expect(ada.panel.locator(".complaint")).to_contain_text("How we treated you")
    expect(ada.lines.first).to_contain_text("Nobody called me back.")
    expect(ada.entries.last).to_contain_text("A confirmation was sent by email")
    ada.page.keyboard.press("s")
    ada.page.locator("#menu-status [data-value=resolved]").click()
    expect(ada.toasts).to_contain_text("A complaint needs an outcome")
    expect(ada.page.locator("#menu-decision")).to_be_visible()
    ada.page.keyboard.press("Escape")
    ada.page.locator(".complaint [data-act=acknowledgement]").click()
    expect(ada.entries.filter(has_text="Ada Lund told the customer that we look into it")).to_be_visible()
    sam.goto(own)
    expect(sam.locator(".steps .past")).to_have_count(2)

    decides(ada, "partly", "You are right about the calls.")
    expect(ada.head).to_have_attribute("data-status", "resolved")
    sam.reload()
    expect(sam.locator(".outcome")).to_contain_text("We agree with part of your complaint.")
    expect(sam.locator(".outcome")).to_contain_text("You are right about the calls.")

    fills(sam, text="And the shipping?")
    sam.locator("button.primary").click()
    expect(sam.locator(".said")).to_contain_text("And the shipping?")
    expect(ada.lines.last).to_contain_text("And the shipping?")
    ada.page.keyboard.press("e")
    ada.page.locator("[data-as-decided]").click()
    expect(ada.head).to_have_attribute("data-status", "resolved")


def test_a_page_that_is_left_open_follows_and_keeps_what_is_being_written(stage: Stage) -> None:
    """And whatever is on screen on the way is for everybody, in either light and on a small screen."""
    li = stage.browser(language="zh", viewport={"width": 320, "height": 700})
    li.goto(stage.url + FORM)
    assert [] == faults(li)
    li.locator("button.primary").click()
    expect(li.locator("#f-text-wrong")).to_be_visible()
    assert [] == faults(li)
    li.goto(stage.url + FORM)
    li.locator("[name=category]").select_option("delivery")
    fills(li, text="三次都没有人回电话。", email="lijing@mail.example", name="李静")
    li.locator("button.primary").dblclick()
    expect(li.locator("h1")).to_contain_text("投诉 C-")
    own, number = li.url, number_on(li)
    li.go_back()
    expect(li.locator("[name=text]")).to_have_value("三次都没有人回电话。")
    li.locator("button.primary").click()
    expect(li.locator("h1")).to_contain_text(f"C-{number}")
    assert own == li.url
    assert [] == faults(li)

    ada = stage.agent("Ada", available=False)
    opens(ada, number)
    fills(li, text="还有一件事")
    decides(ada, "upheld", "我们错了，非常抱歉。")
    expect(ada.head).to_have_attribute("data-status", "resolved")
    li.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(li.locator(".outcome")).to_contain_text("我们错了，非常抱歉。")
    expect(li.locator("[name=text]")).to_have_value("还有一件事")
    assert [] == faults(li)
    ada.page.locator(".complaint [data-decide]").click()
    expect(ada.page.locator("#menu-decision")).to_be_visible()
    assert [] == faults(ada.page, "#menu-decision")
    assert [] == faults(ada.page, ".complaint")
