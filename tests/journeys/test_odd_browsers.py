"""Browsers that are not as they should be: sockets that a proxy forbids, and clocks that are wrong by a day."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.sameness import chat_equals_reload, live_equals_reload
from tests.journeys.stage import ContextFactory, Stage
from tests.journeys.wire import Wire
from tests.running import LONG_RING, RunningDesk

ASKED = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/app/live/poll')).length"
LUCKY = "Math.random = () => 0.02"  # the waits between attempts fall out short


@pytest.fixture
def wire(desk: RunningDesk) -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture
def far(wire: Wire, context_factory: ContextFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A desk behind a proxy of the customer's, which can forbid sockets."""
    settings = {**LONG_RING, "FRONTDESK_SERVER_PUBLIC_URL": wire.url}
    with RunningDesk(tmp_path_factory.mktemp("proxied"), settings=settings) as desk:
        wire.leads_to(desk.port)
        yield Stage(desk, context_factory, url=wire.url, script=LUCKY)


def test_where_sockets_are_forbidden_the_chat_goes_on_without_them(far: Stage, wire: Wire) -> None:
    """It falls back by itself, and a break is one like any other: said after a while, and nothing is lost
    (reliability.md 5, row 52).
    """
    wire.refuse_sockets("the-customer")
    ada, sam = far.agent("Ada"), far.shopper(user_agent="the-customer")
    sam.begins("Sam").sends("Can you read this?")
    ada.accepts().answers("Yes, I can.")
    expect(sam.lines).to_have_text(["Can you read this?", "Yes, I can."])
    expect(sam.banner).to_be_hidden()

    wire.cut("the-customer")
    sam.says("And now?")
    expect(sam.banner).to_have_text("Reconnecting…")
    expect(sam.banner).to_have_text("No connection right now. What you write is kept and sent later.", timeout=30_000)
    ada.answers("Are you there?")
    expect(sam.unsent).to_have_count(1)
    wire.restore("the-customer")
    wire.refuse_sockets("the-customer")

    expect(sam.unsent).to_have_count(0, timeout=60_000)
    expect(sam.banner).to_be_hidden()
    expect(sam.lines).to_have_text(["Can you read this?", "Yes, I can.", "Are you there?", "And now?"])
    expect(ada.lines).to_have_text(["Can you read this?", "Yes, I can.", "Are you there?", "And now?"])
    chat_equals_reload(sam)


def test_where_sockets_are_forbidden_an_agent_works_without_them(far: Stage, wire: Wire) -> None:
    """Offers ring, words arrive, typing is seen both ways, numbers rise and answers go: nobody can tell."""
    wire.refuse_sockets("the-agent")
    ada, bo, sam = far.agent("Ada", user_agent="the-agent"), far.agent("Bo", available=False), far.shopper()
    sam.begins("Sam").sends("Where is my lamp?")
    ada.accepts()
    expect(ada.lines).to_have_text(["Where is my lamp?"])
    numbers = ada.page.locator("#count-open")
    shown = "status in ('new', 'open', 'pending', 'on_hold') and snoozed_until is null"
    ((before,),) = far.rows(f"select count(*) from ticket where {shown}")
    expect(numbers).to_have_text(str(before))
    _goes_on(lambda: sam.box.press_sequentially("."), ada.typing, "Sam is typing…")
    sam.sends("It was to come on Monday.")
    expect(ada.lines.last).to_have_text("It was to come on Monday.")
    ada.box.press_sequentially("Let me")
    expect(sam.dots).to_be_visible()
    ada.answers("It comes today.")
    expect(sam.heard).to_have_text(["It comes today."])

    address = f"{far.url}/app/tickets/{ada.number}?view=open"
    _goes_on(lambda: bo.page.goto(address), ada.page.locator("[data-who]"), re.compile("^Bo .*is looking$"))
    expect(bo.page.locator("[data-who]")).to_have_text(re.compile("^Ada .*is looking$"))
    priya = far.shopper()
    priya.begins("Priya").sends("And mine?")
    expect(ada.offer).to_be_visible()
    expect(numbers).to_have_text(str(before + 1))
    expect(ada.line_state).to_be_hidden()
    assert 0 < ada.page.evaluate(ASKED) < 100, "by request, and not one after the other without a reason"
    live_equals_reload(ada)


def _goes_on(acts: Callable[[], object], seen: Locator, text: str | re.Pattern[str]) -> None:
    """A hint may fall between two requests, and is not kept; whoever goes on is seen."""
    for _ in range(9):
        acts()
        with contextlib.suppress(AssertionError):
            expect(seen).to_have_text(text, timeout=4000)
            return
    expect(seen).to_have_text(text)


def test_an_agent_goes_from_socket_to_requests_and_back(far: Stage, wire: Wire) -> None:
    """What is sent while there is no line at all is kept by the desk, and shown as soon as there is one."""
    ada = far.agent("Ada", user_agent="the-agent", before=lambda page: page.clock.install())
    ada.page.goto(far.url + "/app/tickets/1029?view=open")
    wire.cut("the-agent")
    expect(ada.line_state).to_have_text("Reconnecting…")
    wire.restore("the-agent")
    wire.refuse_sockets("the-agent")
    expect(ada.line_state).to_be_hidden()

    ada.turns_to("note")
    ada.box.fill("Written without a socket.")
    ada.box.press("Control+Enter")
    expect(ada.lines.last).to_have_text("Written without a socket.")
    expect(ada.page.locator(".pending .msg")).to_have_count(0)
    wire.restore("the-agent")
    with ada.page.expect_websocket():
        ada.page.clock.fast_forward(61_000)
    expect(ada.line_state).to_be_hidden()
    live_equals_reload(ada)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_wrong_by_a_day_shows_the_right_ages(stage: Stage, days: int) -> None:
    """Times are told by the desk's clock, on both sides (row 50)."""
    wrong = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    sam = stage.shopper(before=lambda page: page.clock.install(time=wrong))
    ada = stage.agent("Ada", before=lambda page: page.clock.install(time=wrong))

    sam.begins("Sam")
    sam.sends("What time is it?")
    expect(ada.offer.locator("[data-left]")).to_have_text(re.compile(r"^(1[01]\d|120|[1-9]\d)$"))
    ada.accepts().answers("Just now.")

    expect(ada.row(ada.number).locator("time[data-as=ago]")).to_have_text("now")
    expect(ada.page.locator(".timeline [data-day]").first).to_have_attribute("data-day", "Today")
    expect(sam.heard).to_have_text(["Just now."])
    expect(sam.frame.locator(".log .date")).to_have_count(0)  # it was said today
    now = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=1)))
    shown = sam.frame.locator(".log .who time").inner_text()
    assert shown in {f"{now:%H:%M}", f"{now - dt.timedelta(minutes=1):%H:%M}"}
