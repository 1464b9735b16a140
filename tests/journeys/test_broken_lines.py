"""A connection breaks in the middle of a chat: nothing is lost, nothing is doubled, and the order stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.people import AtConsole, Shopper
from tests.journeys.sameness import both_have, chat_equals_reload, live_equals_reload
from tests.journeys.stage import ContextFactory, Stage
from tests.journeys.wire import Wire
from tests.running import LONG_RING, RunningDesk

# Waits between attempts are random, up to half a minute: here they fall out short.
LUCKY = "Math.random = () => 0.02"


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture(scope="module")
def far_desk(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk at the other end of a wire."""
    desk = RunningDesk(tmp_path_factory.mktemp("far"), settings={**LONG_RING, "FRONTDESK_SERVER_PUBLIC_URL": wire.url})
    with desk:
        wire.leads_to(desk.port)
        yield desk


@pytest.fixture
def stage(wire: Wire, far_desk: RunningDesk, context_factory: ContextFactory) -> Iterator[Stage]:
    stage = Stage(far_desk, context_factory, url=wire.url, script=LUCKY)
    yield stage
    for who in ("the-customer", "the-agent"):
        wire.restore(who)
    stage.leave()


def _talking(stage: Stage) -> tuple[AtConsole, Shopper]:
    """Ada and Sam in the middle of a chat, each behind a line that can be told apart."""
    ada, sam = stage.agent("Ada", user_agent="the-agent"), stage.shopper(user_agent="the-customer")
    sam.begins("Sam").sends("one")
    ada.accepts().answers("two")
    expect(sam.heard).to_have_text(["two"])
    return ada, sam


def _both_keep(ada: AtConsole, sam: Shopper, lines: list[str]) -> None:
    both_have(ada, sam, lines)
    live_equals_reload(ada)
    chat_equals_reload(sam)


def test_what_the_customer_writes_and_misses_while_away_comes_in_order(stage: Stage, wire: Wire) -> None:
    ada, sam = _talking(stage)

    wire.cut("the-customer")
    expect(sam.banner).to_have_text("Reconnecting…")
    sam.says("three").says("four")
    expect(sam.unsent).to_have_count(2)
    ada.answers("five, while you are away")
    wire.restore("the-customer")

    expect(sam.banner).to_be_hidden()
    _both_keep(ada, sam, ["one", "two", "five, while you are away", "three", "four"])


def test_what_was_under_way_when_the_line_broke_is_neither_lost_nor_doubled(stage: Stage, wire: Wire) -> None:
    """The desk has it, its answer is lost: the customer sends it again, and there is still one."""
    ada, sam = _talking(stage)

    for n in range(3):
        sam.says(f"hold {n}")
        wire.cut("the-customer")
        wire.restore("the-customer")
    expect(sam.unsent).to_have_count(0)

    _both_keep(ada, sam, ["one", "two", "hold 0", "hold 1", "hold 2"])


def test_the_agents_line_breaks_and_everything_they_missed_is_there(stage: Stage, wire: Wire) -> None:
    """The list, the timeline and the sidebar catch up; what could not be sent waits with a way to try again."""
    ada, sam = _talking(stage)

    wire.cut("the-agent")
    expect(ada.line_state).to_be_visible()
    sam.sends("three").sends("four")
    ada.box.fill("five")
    ada.box.press("Control+Enter")
    expect(ada.pending).to_contain_text("No connection.")
    priya = stage.shopper().begins("Priya")
    priya.sends("Is anybody in?")
    wire.restore("the-agent")

    expect(ada.line_state).to_be_hidden()
    expect(ada.lines).to_have_text(["one", "two", "three", "four"])
    expect(ada.offer).to_contain_text("Is anybody in?")
    ada.pending.get_by_role("button", name="Try again").click()
    _both_keep(ada, sam, ["one", "two", "three", "four", "five"])


def test_a_line_that_falls_silent_without_a_word_is_found_out(stage: Stage, wire: Wire) -> None:
    """No end is told: the customer's page notices that nothing is confirmed, and comes again by itself."""
    ada, sam = _talking(stage)

    wire.fall_silent("the-customer")
    sam.says("three")
    expect(sam.status).to_have_text("Sending")
    ada.answers("four")
    expect(sam.banner).to_be_visible()
    wire.restore("the-customer")

    _both_keep(ada, sam, ["one", "two", "four", "three"])


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_the_desk_is_restarted_and_both_pages_go_on_by_themselves(
    stage: Stage, far_desk: RunningDesk, how: str
) -> None:
    """An orderly stop and a power cut look the same to people: a moment's wait."""
    ada, sam = _talking(stage)

    (far_desk.stop if how == "stop" else far_desk.kill)()
    sam.says("three")
    ada.box.fill("written while nobody was there")
    expect(sam.unsent).to_have_count(1)
    expect(ada.line_state).to_be_visible()
    far_desk.start()

    expect(ada.line_state).to_be_hidden()
    expect(sam.unsent).to_have_count(0)
    expect(ada.box).to_have_value("written while nobody was there")
    ada.box.press("Control+Enter")
    _both_keep(ada, sam, ["one", "two", "three", "written while nobody was there"])
    assert 1 == ada.page.evaluate("performance.getEntriesByType('navigation').length")
