"""What an agent writes is theirs until it is sent, is sent once, and never to the wrong reader."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.widgets.console import INVOICE, PARCEL, PREMIUM, AtTheConsole, Console, Customer


def test_a_draft_survives_a_reload_for_each_ticket_and_kind(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.text.fill("I have asked the")
    ada.page.get_by_role("tab", name="Note").click()
    expect(ada.text).to_have_value("")
    ada.text.fill("Ask Bo")

    ada.page.reload()
    expect(ada.text).to_have_value("I have asked the")
    ada.page.get_by_role("tab", name="Note").click()
    expect(ada.text).to_have_value("Ask Bo")
    ada.opens(INVOICE)
    expect(ada.text).to_have_value("")


def test_a_note_is_yellow_while_it_is_written_and_after(ada: Console) -> None:
    ada.opens(PARCEL)
    colour = "element => getComputedStyle(element).backgroundColor"
    reply = ada.page.locator(".composer").evaluate(colour)
    ada.presses("n")
    expect(ada.text).to_be_focused()
    note = ada.page.locator(".composer").evaluate(colour)
    ada.page.keyboard.type("The warehouse is slow")
    ada.presses("Control+Enter")

    written = ada.page.locator(".msg.note", has_text="The warehouse is slow")
    expect(written.get_by_text("private note")).to_be_visible()
    assert reply != note == written.locator(".bubble").evaluate(colour)


def test_what_is_sent_stands_there_once(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.text.fill("No need to order again.")
    ada.presses("Control+Enter")
    expect(ada.text).to_have_value("")
    expect(ada.page.locator("[role=log] .msg.out", has_text="No need to order again.")).to_be_visible()
    expect(ada.page.locator(".pending .msg")).to_have_count(0)
    assert 1 == ada.messages().count("No need to order again.")


def test_nothing_is_sent_that_nobody_could_see(ada: Console) -> None:
    ada.opens(PARCEL)
    send = ada.page.locator("[data-send]")
    for nothing in ("", "   \n ", "\u200b\u2060"):
        ada.text.fill(nothing)
        expect(send).to_be_disabled()
    ada.text.fill("!")
    expect(send).to_be_enabled()


def test_too_long_a_text_says_by_how_much_and_can_go_as_a_file(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.text.fill("x" * 10_007)
    expect(ada.page.locator("[data-counter]")).to_contain_text("Too long by 7")
    expect(ada.page.locator("[data-send]")).to_be_disabled()
    ada.page.get_by_role("button", name="Send as a file?").click()
    expect(ada.page.locator("[data-files] .file-name")).to_have_text("message.txt")
    expect(ada.page.locator("[data-send]")).to_be_enabled()
    ada.presses("Escape")


def test_a_slash_brings_the_canned_replies_filled_in(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.text.fill("")
    ada.text.press_sequentially("/hel")
    expect(ada.page.get_by_role("option").first).to_contain_text("/hello")
    ada.presses("Enter")
    expect(ada.text).to_have_value("Hello Sam Okafor, this is Ada Lund. How can I help?")
    expect(ada.page.locator("[data-canned-menu]")).to_be_hidden()
    ada.text.fill("")


def test_whoever_answers_over_a_colleague_reads_who_was_quicker_and_keeps_the_text(
    ada: Console, at_the_console: AtTheConsole
) -> None:
    """Ada's line is down, so that her page does not know yet."""
    ada.opens(PREMIUM)
    number = ada.number
    ada.page.route_web_socket("**/app/live", lambda line: line.close())
    ada.page.goto(f"{ada.desk.url}/app/tickets/{number}?view=open")
    ada.text.fill("I am on it")

    bo = at_the_console("bo")
    bo.page.goto(f"{bo.desk.url}/app/tickets/{number}?view=open")
    bo.page.get_by_role("button", name="Take it", exact=True).click()
    expect(bo.page.locator(".ticket-head [data-menu=assignment]")).to_contain_text("Bo Lindgren")
    ada.presses("Control+Enter")

    expect(ada.page.get_by_role("alert")).to_have_text("Bo Lindgren took this meanwhile. Your text is kept.")
    expect(ada.text).to_have_value("I am on it")
    assert "I am on it" not in bo.messages()


def test_what_could_not_be_sent_waits_over_a_reload_and_is_sent_once(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.page.route("**/replies", lambda route: route.abort())
    ada.text.fill("The line is bad today")
    ada.presses("Control+Enter")
    expect(ada.page.locator(".pending .msg.failed")).to_contain_text("The line is bad today")

    ada.page.reload()
    expect(ada.page.locator(".pending .msg.failed")).to_contain_text("The line is bad today")
    ada.page.unroute("**/replies")
    ada.page.locator(".pending").get_by_role("button", name="Try again").click()
    expect(ada.page.locator(".pending .msg")).to_have_count(0)
    assert 1 == ada.messages().count("The line is bad today")


def test_a_file_goes_along_and_can_be_fetched(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.page.set_input_files("[data-attach]", {"name": "label.txt", "mimeType": "text/plain", "buffer": b"5590-221"})
    expect(ada.page.locator("[data-send]")).to_be_enabled()
    ada.text.fill("")
    ada.page.locator("[data-send]").click()
    card = ada.page.locator("[role=log] .file", has_text="label.txt")
    expect(card).to_be_visible()
    with ada.page.expect_download() as download:
        card.click()
    assert b"5590-221" == download.value.path().read_bytes()


def test_a_chat_goes_both_ways_without_a_reload(ada: Console, comes: Callable[[str], Customer]) -> None:
    sam = comes("Noor Haddad")
    sam.says("Hello, anybody there?")
    ada.takes_the_chat("Noor Haddad")
    sam.says("I am Noor")
    ada.sees("[role=log] .msg.in", has_text="I am Noor")  # her page follows the chat by now
    sam.types()
    expect(ada.page.locator("[data-typing]")).to_have_text("Noor Haddad is typing…")
    sam.says("My order is late")
    ada.sees("[role=log] .msg.in", has_text="My order is late")
    expect(ada.page.locator("[data-typing]")).to_be_hidden()
    ada.text.fill("Let me see")
    ada.presses("Control+Enter")
    ada.sees("[role=log] .msg.out", has_text="Let me see")
    sam.reads(9)
    expect(ada.page.locator(".msg.out").last).to_have_attribute("data-read", "Read")
    ada.presses("Control+Shift+Enter")
