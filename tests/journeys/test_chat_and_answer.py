"""A customer chats from a shop's page and an agent answers from the console; both see everything as it happens."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.people import AtConsole, Shopper
from tests.journeys.sameness import chat_equals_reload, live_equals_reload
from tests.journeys.stage import Stage


def test_from_hello_to_the_rating(stage: Stage) -> None:
    """The whole story: asked, waiting, rung, taken, talked, read, ended and rated, without a reload on either side."""
    ada, sam = stage.agent("Ada"), stage.shopper()

    sam.begins("Sam Okafor", "sam@okafor.example", "An order or a delivery")
    sam.sends("Hello, is my parcel lost?")
    _it_rings(ada, sam)

    ada.accepts()
    expect(sam.head).to_contain_text("Ada Lund")
    expect(sam.waiting).to_be_hidden()
    expect(sam.thin).to_have_text(["Ada Lund joined"])
    expect(ada.lines).to_have_text(["Hello, is my parcel lost?"])

    _they_talk(ada, sam)

    _it_ends(ada, sam)
    _everything_is_kept(stage, ada)
    live_equals_reload(ada)


def _it_rings(ada: AtConsole, sam: Shopper) -> None:
    """A place in line on one side, an offer with a countdown on the other."""
    expect(sam.waiting).to_contain_text("You are next.")
    expect(sam.waiting).to_contain_text("Your place is kept, even if you close this page.")
    expect(ada.offer).to_have_count(1)
    expect(ada.offer).to_contain_text("Chat from Sam Okafor")
    expect(ada.offer).to_contain_text("Hello, is my parcel lost?")
    countdown = ada.offer.locator("[data-left]")
    first = int(countdown.text_content() or 0)
    assert 0 < first <= 120
    expect(countdown).not_to_have_text(str(first))
    assert int(countdown.text_content() or 0) < first


def _they_talk(ada: AtConsole, sam: Shopper) -> None:
    ada.box.press_sequentially("Let me")
    expect(sam.dots).to_be_visible()
    ada.answers("Let me look. One moment please.")
    expect(sam.dots).to_be_hidden()
    expect(sam.heard).to_have_text(["Let me look. One moment please."])

    sam.types("Tha")
    expect(ada.typing).to_have_text("Sam Okafor is typing…")
    sam.sends("Thank you, it was due on Tuesday.")
    expect(ada.typing).to_be_hidden()
    expect(sam.status).to_contain_text("Read")

    ada.answers("It is in Lagos.").answers("It arrives tomorrow.")
    told = [
        "Hello, is my parcel lost?",
        "Let me look. One moment please.",
        "Thank you, it was due on Tuesday.",
        "It is in Lagos.",
        "It arrives tomorrow.",
    ]
    expect(sam.lines).to_have_text(told)
    expect(ada.lines).to_have_text(told)
    expect(ada.page.locator(".msg.out").last).to_have_attribute("data-read", "Read")
    chat_equals_reload(sam)


def _it_ends(ada: AtConsole, sam: Shopper) -> None:
    sam.ends()
    expect(ada.entries.last).to_contain_text("ended the chat")
    expect(ada.head.locator(".live")).to_have_count(0)

    with sam.page.expect_download() as saved:
        sam.frame.locator(".ended").get_by_role("button", name="Save transcript").click()
    transcript = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    assert saved.value.suggested_filename.endswith(f"{ada.number}.txt")
    assert transcript.index("is my parcel lost?") < transcript.index("It arrives tomorrow.")

    sam.frame.get_by_role("radio", name="5: Very good").check(force=True)
    sam.frame.get_by_placeholder("Would you like to add something?").fill("Quick.")
    sam.button("Send the rating").click()
    expect(sam.frame.locator(".thanks")).to_have_text("Thank you for the rating.")


def _everything_is_kept(stage: Stage, ada: AtConsole) -> None:
    expect(ada.panel.locator(".rated")).to_contain_text("5 of 5")
    expect(ada.panel.locator(".rated")).to_contain_text("Quick.")
    rated = "select score, comment from rating join ticket on ticket.id = rating.ticket_id where number = ?"
    assert [(5, "Quick.")] == stage.rows(rated, ada.number)
    said = "select seq, kind, text from message join ticket on ticket.id = ticket_id where number = ? order by seq"
    assert [1, 2, 3, 4, 5] == [seq for seq, *_ in stage.rows(said, ada.number)]


def test_the_customer_is_told_how_far_up_the_line_they_are(stage: Stage) -> None:
    """Whoever came earlier is served earlier, and the others move up while they watch."""
    sam = stage.shopper().begins("Sam")
    sam.sends("I was here first.")
    expect(sam.waiting).to_contain_text("You are next.")
    priya = stage.shopper().begins("Priya")
    priya.sends("I came after.")
    expect(priya.waiting).to_contain_text("You are second.")

    ada = stage.agent("Ada")
    expect(ada.offer).to_have_count(2)
    ada.offer.filter(has_text="Sam").get_by_role("button", name="Accept").click()

    expect(sam.head).to_contain_text("Ada Lund")
    expect(priya.waiting).to_contain_text("You are next.")


def test_an_agent_who_ends_their_work_leaves_the_customer_a_way_to_go_on(stage: Stage) -> None:
    """The desk thought it was done, the customer did not: their next words open the same ticket again."""
    ada, priya = stage.agent("Ada"), stage.shopper().begins("Priya")
    priya.sends("Which hospital may I choose?")
    ada.accepts().answers("Any of them.")
    expect(priya.heard).to_have_text(["Any of them."])

    ada.resolves()
    priya.button("Go on with this chat").click()
    priya.sends("Also the one in Uppsala?")

    expect(ada.lines.last).to_have_text("Also the one in Uppsala?")
    expect(ada.head).to_have_attribute("data-status", "open")
    live_equals_reload(ada)
