"""The conversation holds whatever happens to the line: nothing lost, nothing doubled, everything in order."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shopper import Shopper


def test_a_message_is_pending_until_the_desk_has_it(desk: FakeDesk, sam: Shopper) -> None:
    desk.commits = False
    sam.starts().says("Hello?")
    expect(sam.unsent).to_have_count(1)
    expect(sam.status).to_have_text("Sending")

    [say] = desk.wait(lambda: desk.all("say"))
    desk.push(*desk.visitor.hear("say", say, []))

    expect(sam.sent).to_have_count(1)
    expect(sam.unsent).to_have_count(0)
    expect(sam.status).to_contain_text("Sent")


def test_a_pause_the_desk_asks_for_keeps_the_text_and_the_order(desk: FakeDesk, sam: Shopper) -> None:
    desk.refusals = [{"says": "Slow down a little. Your text is kept.", "retry_after": 0.2}]
    sam.starts().says("One").says("Two")

    expect(sam.sent).to_have_count(2)
    assert ["One", "Two"] == [said["text"] for said in desk.visitor.messages]
    assert ["One", "One", "Two"] == [say["text"] for say in desk.all("say")]


def test_a_pause_is_explained_while_it_lasts(desk: FakeDesk, sam: Shopper) -> None:
    desk.refusals = [{"says": "Slow down a little. Your text is kept.", "retry_after": 60}]
    sam.starts().says("One")

    expect(sam.frame.locator(".hint")).to_have_text("Slow down a little. Your text is kept.")
    expect(sam.status).to_have_text("Sending")
    expect(sam.unsent).to_have_count(1)


def test_a_refused_message_says_why_and_can_be_tried_again(desk: FakeDesk, sam: Shopper) -> None:
    desk.refusals = [{"says": "This was too much.", "retry_after": None}]
    sam.starts().says("Hello?")
    expect(sam.status).to_contain_text("This was too much.")

    sam.button("Not sent. Tap to retry").click()

    expect(sam.sent).to_have_count(1)
    first, second = desk.all("say")
    assert first["id"] == second["id"]


def test_a_refused_message_can_be_thrown_away(desk: FakeDesk, sam: Shopper) -> None:
    desk.refusals = [{"says": "This was too much.", "retry_after": None}]
    sam.starts().says("Hello?")
    sam.button("Delete").click()
    expect(sam.bubbles).to_have_count(0)


def test_a_welcome_replaces_what_was_shown(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)

    desk.resumes = False
    desk.visitor.messages[0]["text"] = "Hello? (as the desk has it)"
    desk.visitor.message("agent", "Hello, Sam.")
    desk.visitor.older = True
    desk.drop()

    expect(sam.bubbles).to_have_count(2)
    expect(sam.lines).to_have_text(["Hello? (as the desk has it)", "Hello, Sam."])
    expect(sam.button("Earlier messages are in the transcript")).to_be_visible()


def test_history_survives_another_page_and_a_reload(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    desk.push(*desk.visitor.joins("Ada"), desk.visitor.message("agent", "Hello, Sam."))
    expect(sam.bubbles).to_have_count(2)

    sam.visit(f"{desk.shop}?page=2")

    expect(sam.bubbles).to_have_count(2)
    expect(sam.frame.get_by_role("heading", name="Ada")).to_be_visible()
    expect(sam.frame.get_by_text("Ada joined")).to_be_visible()
    assert 1 == len(desk.visitors)


def test_a_draft_survives_a_reload(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    sam.box.fill("What I wanted to")
    sam.visit()
    expect(sam.box).to_have_value("What I wanted to")


def test_an_unknown_token_begins_a_fresh_chat(desk: FakeDesk, sam: Shopper) -> None:
    """Bad input, row 10. What was unsent goes to the new one."""
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)

    desk.forget()
    desk.drop()
    sam.says("Still there?")

    expect(sam.sent).to_have_count(1)
    expect(sam.lines).to_have_text(["Still there?"])


def test_the_place_in_the_queue_is_said_in_words(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    card = sam.frame.locator(".queue")
    expect(card).to_contain_text("You are third. About 2–5 minutes.")
    expect(card).to_contain_text("Your place is kept, even if you close this page.")

    desk.push({"place": {"position": 1, "low": 20, "high": 50}})
    expect(card).to_contain_text("You are next. About a minute.")
    desk.push({"place": {"position": 12}})
    expect(card).to_contain_text("11 people are before you.")

    desk.push(*desk.visitor.joins("Ada"))
    expect(card).to_be_hidden()


def test_why_nobody_comes_is_said_in_a_sentence(desk: FakeDesk, sam: Shopper) -> None:
    """docs/protocol.md: whatever stands between them and somebody; when nothing does, nothing is said."""
    sam.starts().says("Hello?")
    card = sam.frame.locator(".queue")
    expect(card).to_contain_text("You are third.")
    finding = "We are finding the right person for you."
    said = {
        "full": "Everyone is busy.",
        "away": "Nobody is here yet.",
        **dict.fromkeys(("skill", "refused", "early"), finding),
    }

    for why, says in said.items():
        desk.push({"place": {"position": 1, "why": why}})
        expect(card).to_have_text(re.compile(rf"^You are next\.{re.escape(says)}Your place is kept"))
        desk.push({"place": {"position": 1}})
        expect(card).to_have_text(re.compile(r"^You are next\.Your place is kept"))


def test_who_may_wait_long_is_offered_a_call_and_then_to_wait_in_the_chat_again(desk: FakeDesk, sam: Shopper) -> None:
    """Where the site calls people; see tests/journeys/test_a_call.py for what is behind the button."""
    desk.site = {"forms": ["callback"]}
    sam.visit()
    sam.starts().says("Hello?")
    card = sam.frame.locator(".queue")
    offer = card.get_by_role("button")
    expect(card).to_contain_text("You are third.")
    expect(offer).to_be_hidden()

    desk.push({"place": {"position": 3, "low": 600, "high": 1200, "call": "7-a-seal"}})
    expect(offer).to_have_text("Call or email me instead")

    desk.push(desk.visitor.turns("waiting", later="call"))
    expect(card).to_contain_text("We will call you.")
    expect(offer).to_have_text("Continue your chat")
    desk.push(desk.visitor.turns("waiting", later="email"))
    expect(card).to_contain_text("We answer by email.")
    expect(offer).to_be_hidden()


def test_who_came_to_a_line_that_was_full_is_asked_where_the_answer_may_go(desk: FakeDesk, sam: Shopper) -> None:
    """Beside the chat, which goes on. A no of the desk stands beside the field, and nobody is asked twice."""
    sam.starts().says("Hello?")
    address, send = sam.frame.get_by_label("Email"), sam.frame.locator(".queue").get_by_role("button", name="Send")
    expect(sam.sent).to_have_count(1)
    expect(address).to_be_hidden()
    desk.push(desk.visitor.turns("waiting", later="address"))
    expect(sam.frame.locator(".queue")).to_contain_text("We answer by email.")

    address.fill("sam@mail")
    send.click()
    expect(sam.frame.get_by_text("This address looks incomplete")).to_be_visible()
    assert [] == desk.all("who")
    desk.refusals = [{"says": "Mail to this address was returned.", "retry_after": None}]
    address.fill("sam@mail.example")
    address.press("Enter")
    expect(sam.frame.get_by_text("Mail to this address was returned.")).to_be_visible()
    address.fill("sam@post.example")
    send.click()
    expect(address).to_be_hidden()
    desk.wait(lambda: ["sam@mail.example", "sam@post.example"] == [who["email"] for who in desk.all("who")])
    sam.says("It is about a lamp")
    expect(sam.sent).to_have_count(2)
    expect(address).to_be_hidden()


def test_typing_goes_both_ways(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    sam.box.fill("I am")
    sam.box.fill("")
    desk.wait(lambda: [True, False] == desk.all("typing")[-2:])

    dots = sam.frame.locator(".dots")
    desk.push({"typing": {"name": "Ada", "on": True}})
    expect(dots).to_be_visible()
    expect(sam.frame.get_by_text("Ada is typing")).to_be_attached()
    desk.push({"typing": {"name": "Ada", "on": False}})
    expect(dots).to_be_hidden()


def test_typing_is_forgotten_when_nobody_says_it_ended(desk: FakeDesk, sam: Shopper) -> None:
    sam.page.clock.install()
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    desk.push({"typing": {"name": "Ada", "on": True}})
    expect(sam.frame.locator(".dots")).to_be_visible()

    sam.page.clock.fast_forward(5100)

    expect(sam.frame.locator(".dots")).to_be_hidden()


def test_what_each_side_has_read_is_told(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    desk.push({"seen": {"seq": 1}})
    expect(sam.status).to_contain_text("Read")

    desk.push(desk.visitor.message("agent", "Hello, Sam."))
    desk.wait(lambda: desk.all("seen"))
    assert [{"ticket": 42, "seq": 2}] == desk.all("seen"), "one's own words need no telling"


def test_two_tabs_are_one_visitor_and_send_once(desk: FakeDesk, browser_of: Callable[..., BrowserContext]) -> None:
    context = browser_of()
    one = Shopper(desk, context.new_page())
    one.starts().says("From the first tab")
    expect(one.sent).to_have_count(1)

    other = Shopper(desk, context.new_page())
    other.opens()
    expect(other.bubbles).to_have_count(1)
    desk.refusals = [{"says": "Slow down.", "retry_after": 0.1}]
    other.says("From the second tab")
    expect(other.sent).to_have_count(2)

    assert 1 == len(desk.visitors)
    assert ["From the first tab", "From the second tab", "From the second tab"] == [
        say["text"] for say in desk.all("say")
    ]


@pytest.mark.parametrize("kind", ["say", "end"])
def test_a_chat_can_end_and_a_new_one_begin(desk: FakeDesk, sam: Shopper, kind: str) -> None:
    """Ended by either side; the second chat begins with an empty page and its own numbering."""
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    if kind == "end":
        sam.menu("End chat")
        sam.frame.locator("dialog").get_by_role("button", name="End chat").click()
    else:
        desk.push(desk.visitor.turns("ended"))

    expect(sam.box).to_be_hidden()
    sam.button("Start a new chat").click()
    expect(sam.bubbles).to_have_count(0)
    sam.says("Another matter")

    expect(sam.sent).to_have_count(1)
    assert [False, True] == [say["new"] for say in desk.all("say")]
    assert [42] * (kind == "end") == [end["ticket"] for end in desk.all("end")]
    expect(sam.lines).to_have_text(["Another matter"])


def test_a_chat_that_was_closed_too_early_goes_on(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    desk.push(desk.visitor.turns("ended"))

    sam.button("Go on with this chat").click()
    expect(sam.box).to_be_focused()
    sam.says("One more thing")

    expect(sam.sent).to_have_count(2)
    assert [False, False] == [say["new"] for say in desk.all("say")]


def test_ending_asks_once_and_no_means_no(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    sam.menu("End chat")
    expect(sam.frame.get_by_role("dialog", name="End this chat?")).to_be_visible()

    sam.page.keyboard.press("Escape")

    expect(sam.frame.get_by_role("dialog")).to_have_count(0)
    expect(sam.box).to_be_focused()
    assert [] == desk.all("end")


def test_the_rating_goes_with_its_comment(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    desk.push(desk.visitor.turns("ended"))

    sam.frame.get_by_role("radio", name="4: Good").check(force=True)
    sam.frame.get_by_label("Would you like to add something?").fill("Quick, thank you.")
    sam.button("Send the rating").click()

    expect(sam.frame.get_by_text("Thank you for the rating.")).to_be_visible()
    [rate] = desk.wait(lambda: desk.all("rate"))
    assert (42, 4, "Quick, thank you.") == (rate["ticket"], rate["score"], rate["comment"])
