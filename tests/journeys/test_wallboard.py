"""A supervisor watches: what runs out is seen to run out, once, and is one click away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from routing.calendars import DAY, BusinessCalendar
from routing.hours import add_calendar
from routing.queues import add_queue
from routing.sla.policy import Terms, add_policy
from server.auth import accounts
from tests.engine import rows_at
from tests.housed import HousedDesk, a_house
from tests.journeys.stage import ContextFactory
from tests.server.doorstep import KEPT, PASSWORD
from tickets.change import Change
from tickets.opening import open_ticket
from tickets.people import Role, new_customer
from tickets.status import Channel, Priority
from widgets.words import translate

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HousedDesk]:
    """Open since nine, and promising an answer within the hour."""
    with a_house(tmp_path_factory.mktemp("house"), MORNING) as desk:
        desk.change(_open_the_desk)
        yield desk


def _open_the_desk(change: Change) -> None:
    accounts.add(change, name="Grace", email="grace@frontdesk.example", role=Role.SUPERVISOR, password_hash=KEPT)
    ada = accounts.add(change, name="Ada", email="ada@frontdesk.example", role=Role.AGENT)
    always = add_calendar(change, "Always", BusinessCalendar("Asia/Shanghai", (((0, DAY),),) * 7))
    change.write()
    for name in ("Billing", "Support"):
        add_queue(change, name, members=[ada.id]).calendar_id = always.id
    hour = {priority.value: {"minutes": 60, "business": False} for priority in Priority}
    add_policy(change, Terms(name="Everybody", targets={"first_reply": hour}))


def sam_writes(change: Change) -> int:
    sam = new_customer(change, "Sam Okafor")
    change.write()
    with change.acting_as(sam.actor):
        ticket = open_ticket(change, sam, channel=Channel.EMAIL, subject="Invoice 20411")
        change.write()
        ticket.receive(change, "Where is my invoice?", client_id="m-1")
    return ticket.number


class Wall:
    """Grace's board."""

    def __init__(self, desk: HousedDesk, page: Page) -> None:
        self.desk = desk
        self.page = page
        page.goto(f"{desk.url}/app/login")
        page.locator("[name=email]").fill("grace@frontdesk.example")
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/app/views/**")

    def opens(self, address: str = "/app/wallboard") -> Wall:
        self.page.goto(self.desk.url + address)
        expect(self.page.locator("#desk")).to_have_attribute("data-line", "up")
        return self

    def number(self, id: str) -> Locator:
        return self.page.locator(f"#{id}")

    def shows(self, **numbers: str) -> None:
        for id, text in numbers.items():
            expect(self.number(id.replace("tile_", "tile-"))).to_have_text(text)


def test_a_warning_and_a_breach_are_seen_once_and_open_their_rows(
    desk: HousedDesk, context_factory: ContextFactory
) -> None:
    """Sam waits. The board says when his answer is nearly late, and when it is: each is written down once, in time."""
    wall = Wall(desk, context_factory(viewport={"width": 1366, "height": 768}).new_page()).opens()
    wall.shows(tile_in_line="0", tile_at_risk="0", tile_breached="0")

    number = desk.change(sam_writes)
    wall.shows(tile_in_line="1", tile_at_risk="0", tile_breached="0")
    desk.clock.moves(minutes=46)
    wall.shows(tile_at_risk="1", tile_breached="0")
    wall.number("tile-at_risk").click()
    expect(wall.page.locator(".rows > li")).to_have_attribute("data-number", str(number))

    wall.opens()
    expect(wall.number("tile-longest")).to_contain_text(re.compile("4[6-9] m"))
    desk.clock.moves(minutes=30)
    wall.shows(tile_at_risk="0", tile_breached="1", tile_answered="0 %")
    wall.number("tile-breached").click()
    expect(wall.page.locator(".rows > li")).to_have_attribute("data-number", str(number))

    wall.opens()
    wall.number("tile-kept").click()
    expect(wall.page.locator("#rows tbody tr")).to_have_count(1)
    expect(wall.page.locator("#rows tbody .result")).to_have_text("too late")
    desk.clock.moves(hours=1)
    desk.works_off()
    assert [("SlaBreached", 1), ("SlaWarned", 1)] == rows(
        desk, "select kind, count(*) from log where kind in ('SlaWarned', 'SlaBreached') group by kind order by kind"
    )
    assert [(1,)] == rows_at(
        desk.database_url, "select count(*) from sla_clock where breached_at = due_at and warned_at = warn_at"
    )


def test_figures_that_are_old_say_so(desk: HousedDesk, context_factory: ContextFactory) -> None:
    """A line that is down is told, in words; and a board on the wall keeps its address."""
    context = context_factory(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    wall = Wall(desk, context.new_page()).opens("/app/wallboard?wall=1")
    expect(wall.number("board-live")).to_have_text(translate("zh", "Live"))
    expect(wall.page.locator(".rail")).to_be_hidden()
    as_of = wall.page.locator("[data-asof]")
    first = as_of.inner_text()
    expect(as_of).not_to_have_text(first)  # it goes on by itself

    context.set_offline(True)
    expect(wall.number("board-stale")).to_contain_text(translate("zh", "Not up to date"))
    expect(wall.number("board-live")).to_be_hidden()


def rows(desk: HousedDesk, query: str) -> list[tuple[Any, ...]]:
    return rows_at(desk.database_url, query)
