"""One agent, one list, four ways in which customers come: a mail, a chat, a call and a complaint."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.people import AtConsole
from tests.journeys.stage import Stage


def happens(demo: Page, scene: str) -> int:
    """A button of the demo's front door; the number of the ticket that it brings."""
    demo.get_by_role("button", name=scene, exact=True).click()
    link = demo.locator("#happened a")
    expect(link).to_be_visible()
    found = re.search(r"/app/tickets/(\d+)", link.get_attribute("href") or "")
    assert found is not None
    return int(found[1])


def test_a_mail_a_chat_a_call_and_a_complaint_in_one_list(stage: Stage) -> None:
    ada = stage.agent("Ada").views("open")
    demo = stage.browser()
    demo.goto(stage.url + "/demo")

    mail = happens(demo, "A customer writes an email")
    complaint = happens(demo, "A complaint is filed")
    call = happens(demo, "Somebody wants a call, now")
    sam = stage.shopper().begins("Sam")
    sam.sends("Is anybody there?")
    ada.accepts()
    chat = ada.number
    for number in (mail, complaint, call, chat):
        expect(ada.row(number)).to_be_visible()

    ada.answers("I am here.")
    expect(sam.heard).to_have_text(["I am here."])
    ada.opens(mail).answers("Thank you for your mail.")
    expect(ada.page.locator(".posted").last).to_have_text("Sent by email")
    _rings(ada.opens(call))
    _decides(ada.opens(complaint))

    assert [("resolved",)] == stage.rows("select status from ticket where number = ?", complaint)
    assert [("reached",)] == stage.rows(
        "select outcome from callback where ticket_id = (select id from ticket where number = ?)", call
    )
    expect(ada.row(complaint)).to_have_count(0)
    expect(ada.row(chat)).to_be_visible()


def _rings(ada: AtConsole) -> None:
    ada.head.get_by_role("button", name="Take it").click()
    card = ada.panel.locator(".call")
    expect(card.get_by_role("link").first).to_have_attribute("href", re.compile(r"^tel:\+\d+$"))
    card.get_by_role("button", name="Reached").click()
    expect(ada.entries.last).to_contain_text("reached")


def _decides(ada: AtConsole) -> None:
    ada.page.keyboard.press("e")
    form = ada.page.locator("#menu-decision")
    form.locator("[value=upheld]").check()
    form.locator("[name=reason]").fill("You are right, and we are sorry.")
    form.locator("[data-final]").click()
    expect(ada.head).to_have_attribute("data-status", "resolved")
