"""A waiting chat rings at one agent at a time, until somebody takes it, and nobody takes it twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.sameness import live_equals_reload
from tests.journeys.stage import ContextFactory, Stage
from tests.running import RunningDesk


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk whose offers ring for ten seconds."""
    settings = {"FRONTDESK_ROUTING_RING_SECONDS": "10"}
    with RunningDesk(tmp_path_factory.mktemp("hasty"), settings=settings) as desk:
        yield desk


def test_declined_it_rings_at_the_next_one_at_once_and_never_again_at_the_first(stage: Stage) -> None:
    ada = stage.agent("Ada")
    sam = stage.shopper().begins("Sam")
    sam.sends("Anyone there?")
    expect(ada.offer).to_have_count(1)
    bo = stage.agent("Bo")

    ada.declines()

    expect(bo.offer).to_contain_text("Anyone there?")
    bo.declines()
    expect(sam.waiting).to_contain_text("You are next.")
    expect(ada.offer).to_have_count(0)  # Grace would be next, and is not there
    grace = stage.agent("Grace")
    expect(grace.offer).to_contain_text("Anyone there?")
    grace.accepts().answers("I am.")
    expect(sam.heard).to_have_text(["I am."])
    asked = (
        "select agent.name, state from offer join agent on agent.id = agent_id where ticket_id = ? order by offer.id"
    )
    ((ticket,),) = stage.rows("select id from ticket where number = ?", grace.number)
    assert [("Ada Lund", "declined"), ("Bo Lindgren", "declined"), ("Grace Okoye", "accepted")] == stage.rows(
        asked, ticket
    )
    expect(grace.panel.locator(".why:visible")).to_contain_text("Ada Lund had declined.")
    live_equals_reload(grace)
    live_equals_reload(ada)


def test_unanswered_it_goes_on_and_who_missed_it_is_away(hasty: RunningDesk, context_factory: ContextFactory) -> None:
    """Nobody is rung at for ever: the first is away until they say that they are back."""
    stage = Stage(hasty, context_factory)
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("Hello?")
    expect(ada.offer).to_have_count(1)
    bo = stage.agent("Bo")

    bo.accepts()  # before his ten seconds are over too
    expect(ada.presence).to_have_attribute("data-reason", "missed")
    expect(ada.presence).to_contain_text("An offer was missed")
    expect(ada.offer).to_have_count(0)
    boxes = [ada.presence.bounding_box(), ada.button("I am back").bounding_box()]
    assert all(boxes), "both stand on the page"
    card, back = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert card[0] < back[0] < back[1] < card[1], "the way back stands inside its card"
    bo.answers("Hello.")

    expect(sam.heard).to_have_text(["Hello."])
    ada.button("I am back").click()
    expect(ada.presence).to_have_attribute("data-intent", "available")
    live_equals_reload(ada)
    live_equals_reload(bo)
    stage.leave()


def test_of_two_who_take_it_one_wins_and_the_other_reads_who(stage: Stage) -> None:
    """It rings at Ada while Bo takes it from the list; her press arrives when his has been told."""
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("Who will it be?")
    expect(ada.offer).to_have_count(1)
    bo = stage.agent("Bo", available=False)
    offer = ada.offer.get_attribute("data-offer")

    bo.views("unassigned")
    bo.page.locator(".row", has_text="Who will it be?").locator("a").click()
    bo.head.locator("[data-act=assignment]").click()
    expect(bo.fact("assignment")).to_contain_text("Bo Lindgren")
    expect(ada.offer).to_have_count(0)
    ada.page.evaluate(_PRESS_LATE, offer)

    expect(ada.toasts).to_have_text("Bo Lindgren took this.")
    bo.answers("It is me.")
    expect(sam.heard).to_have_text(["It is me."])
    expect(sam.head).to_contain_text("Bo Lindgren")
    live_equals_reload(ada)
    live_equals_reload(bo)


_PRESS_LATE = """offer => {
    const button = document.createElement("button");
    button.dataset.act = `/app/offers/${offer}/acceptance`;
    document.body.append(button);
    button.click();
    button.remove();
}"""


def test_a_customer_who_leaves_while_it_rings_is_not_taken(stage: Stage) -> None:
    """The offer ends with the chat: nobody accepts an empty chair."""
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("Never mind.")
    expect(ada.offer).to_have_count(1)

    sam.ends()

    expect(ada.offer).to_have_count(0)
    live_equals_reload(ada)


def test_two_tabs_of_one_agent_ring_and_fall_silent_together(stage: Stage) -> None:
    ada = stage.agent("Ada")
    second = ada.page.context.new_page()
    second.goto(ada.page.url)
    sam = stage.shopper().begins("Sam")
    sam.sends("Which tab?")
    expect(second.locator(".offer")).to_have_count(1)

    ada.accepts()

    expect(second.locator(".offer")).to_have_count(0)
    expect(second.locator(f".row[data-number='{ada.number}']")).to_have_count(1)


def test_the_next_one_is_there_for_the_asking(stage: Stage) -> None:
    """Work that nobody waits for live is pulled: the oldest first, opened at once."""
    bo = stage.agent("Bo", available=False)

    bo.button("Take the next one").first.click()

    expect(bo.fact("assignment")).to_contain_text("Bo Lindgren")
    expect(bo.list).to_have_attribute("data-view", "mine")
    expect(bo.row(bo.number)).to_have_count(1)
    live_equals_reload(bo)
    bo.sets("assignment", "me")


def test_a_notification_comes_to_whoever_asked_for_it_and_says_who_rings(stage: Stage) -> None:
    ada = stage.agent("Ada", permissions=["notifications"])
    ada.page.evaluate(_LISTEN)
    ada.page.locator("#presence-button").click()
    ada.page.locator("[data-choice=notify]").check()
    ada.page.keyboard.press("Escape")

    stage.shopper().begins("Sam").sends("Ring, please.")

    expect(ada.offer).to_have_count(1)
    ada.page.wait_for_function("told.length === 1")
    assert "Chat from Sam" == ada.page.evaluate("told[0]")


_LISTEN = """() => {
    window.told = [];
    Object.defineProperty(document, "hidden", {get: () => true});
    window.Notification = class {
        static permission = "granted";
        static requestPermission = async () => "granted";
        constructor(title) { window.told.push(title); }
        close() {}
    };
}"""
