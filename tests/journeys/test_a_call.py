"""Somebody asks for a call inside the chat, is not there when it comes, and is reached the second time. Who rang them
leaves when that is over, and not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from chat.site import SiteForm, add_site
from routing.callbacks.callback import Callback
from routing.hours import add_calendar
from routing.placing import place
from routing.queues import Delivery, add_queue
from routing.states import StateForm, add_state
from server.auth import accounts
from tests.housed import HousedDesk, a_house
from tests.journeys.people import EMAILS, PASSWORD, AtConsole
from tests.journeys.stage import ContextFactory
from tests.routing.callbacks.calls import OFFICE, at
from tests.server.doorstep import CHEAP
from tickets.change import Change
from tickets.people import Role

SMALL, WIDE = {"width": 400, "height": 700}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HousedDesk]:
    """Monday, shortly after ten in Berlin: Ada answers Calls, and the shop's chat offers them."""
    with a_house(tmp_path_factory.mktemp("house"), at("2026-11-23T10:07")) as house:
        house.change(_furnish, CHEAP._hasher.hash(PASSWORD))
        yield house


def _furnish(change: Change, password: str) -> None:
    ada = accounts.add(change, name="Ada Lund", email=EMAILS["Ada"], role=Role.AGENT, password_hash=password)
    add_state(change, StateForm("Errand", asks_reason=True))
    calendar = add_calendar(change, "Office", OFFICE)
    queue = add_queue(change, "Calls", members=[ada.id])
    queue.set_rules(change, delivery=Delivery.OFFER, calendar_id=calendar.id)
    place(change, "callback", "", queue.id)
    add_site(change, SiteForm("shop", "Lumen", forms=["callback", "complaint"]))


def test_a_call_from_its_request_to_being_reached_with_nobody_there_in_between(
    house: HousedDesk, context_factory: ContextFactory
) -> None:
    sam = context_factory(timezone_id="Europe/Berlin", viewport=SMALL).new_page()
    own = _asks_for_a_call(sam, house.url)

    house.clock.moves(minutes=52, seconds=55)
    ada = AtConsole(context_factory(viewport=WIDE).new_page(), house.url, "Ada").signs_in().is_available()
    expect(ada.offer).to_contain_text("+49 30 1234567")
    ada.accepts()
    card = ada.panel.locator(".call")
    expect(card.get_by_role("link")).to_have_attribute("href", "tel:+49301234567")
    expect(ada.lines).to_have_text(["My lamp flickers"])
    card.get_by_role("button", name="No answer").press("Enter")
    expect(card).to_contain_text("Try again later")
    assert [] == Axe().run(ada.page, context=".call").response["violations"]
    expect(ada.entries.last).to_contain_text("Ada Lund called, try 1: no answer.")
    sam.goto(own)
    expect(sam.get_by_text("We call again")).to_be_visible()
    assert [] == Axe().run(sam).response["violations"]

    house.clock.moves(minutes=15)
    ada.page.reload()
    expect(ada.offer).to_contain_text("+49 30 1234567")
    ada.accepts()
    _will_be_gone(ada, "To the bank")
    card.get_by_role("button", name="Reached").click()
    expect(card.get_by_role("button")).to_have_count(1)  # to copy the number
    expect(ada.entries.last).to_contain_text("Ada Lund called, try 2: reached")
    sam.goto(own)
    expect(sam.get_by_role("heading", name="We have spoken")).to_be_visible()
    expect(ada.presence.locator(".next")).to_have_text("Then: Errand")  # they talk with each other
    ada.resolves()
    expect(ada.presence.locator(".intent")).to_contain_text("Errand")
    expect(ada.presence.locator(".reason")).to_have_text("To the bank")
    expect(ada.presence.locator(".next")).to_have_count(0)
    assert [("reached", 2)] == [(one.outcome, one.attempts) for one in house.look(_calls)]


def _will_be_gone(ada: AtConsole, why: str) -> None:
    """After the call that she is in: until then she is as she was. Without a reason she stays in the form."""
    ada.page.locator("#presence-button").click()
    menu = ada.page.locator("#menu-presence")
    menu.get_by_label("After the talk I am in").check()
    menu.get_by_role("button", name="Errand").click()
    expect(menu.get_by_label("Why?")).to_be_focused()
    menu.get_by_role("button", name="Choose").click()
    expect(menu).to_be_visible()
    menu.get_by_label("Why?").fill(why)
    menu.get_by_label("Why?").press("Enter")
    expect(ada.presence.locator(".next")).to_have_text("Then: Errand")
    expect(ada.presence).to_have_attribute("data-intent", "available")


def _asks_for_a_call(sam: Page, url: str) -> str:
    """In the chat: a first try is corrected, the chat is looked at in between. Where Sam's own page stands."""
    sam.goto(f"{url}/chat/v1/frame/shop?lang=en")
    sam.get_by_role("button", name="Ask for a call").click()
    form = sam.frame_locator("iframe[title='Ask for a call']")
    form.get_by_label("Your phone number").fill("+49 30")
    form.get_by_label("What is it about?").fill("My lamp flickers")
    form.get_by_role("radio", name="11:00–13:00").first.check()
    form.get_by_role("button", name="Ask for a call").click()
    expect(form.get_by_label("Your phone number")).to_be_focused()
    expect(form.get_by_text("This number looks incomplete.")).to_be_visible()
    sam.get_by_role("button", name="Back").click()
    expect(sam.get_by_role("button", name="Chat with us")).to_be_visible()
    sam.get_by_role("button", name="Ask for a call").click()
    expect(form.get_by_label("What is it about?")).to_have_value("My lamp flickers")
    form.get_by_label("Your phone number").fill("+49 30 1234567")
    form.get_by_role("button", name="Ask for a call").dblclick()
    expect(form.get_by_text("Mon, Nov 23, 11:00–13:00 (Berlin time)")).to_be_visible()
    return next(frame.url for frame in sam.frames if "/callback/" in frame.url)


def _calls(session: Session) -> Sequence[Callback]:
    return session.exec(select(Callback)).all()
