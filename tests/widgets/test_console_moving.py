"""Where an agent is stays where they are: over swaps, reloads, back and forward; and every key has its place."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.widgets.console import INVOICE, MANDATE, PARCEL, AtTheConsole, Console, Customer


def head(page: Page, what: str) -> str:
    return page.locator(f".ticket-head [data-menu={what}]").inner_text()


def test_tickets_and_lists_open_in_place_and_back_brings_them_back(ada: Console) -> None:
    page = ada.page
    page.evaluate("window.stays = true")
    page.locator(f".row[data-number='{INVOICE}']").click()
    expect(page.locator(".ticket-head")).to_contain_text("Open")
    page.get_by_role("link", name="All open").click()
    expect(page.locator("#list-open")).to_be_visible()
    page.go_back()
    expect(page.locator("#list-mine")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/app/tickets/\d+\?view=mine"))
    page.go_back()
    expect(page.locator(".nothing")).to_be_visible()
    assert page.evaluate("window.stays")

    page.go_forward()
    page.reload()
    expect(page.locator(".row a[aria-current]")).to_contain_text("Halden")


def test_j_and_k_go_through_the_list(ada: Console) -> None:
    current = ada.page.locator(".row a[aria-current]")
    names = ada.page.locator(".row b").all_inner_texts()
    for key, at in (("j", 0), ("j", 1), ("k", 0)):
        ada.presses(key)
        expect(current.locator("b")).to_have_text(names[at])


def test_keys_change_the_open_ticket_and_its_head_follows(ada: Console) -> None:
    ada.opens(PARCEL)
    for key, entry, what, shows in (
        ("p", "High", "priority", "High"),
        ("t", "Billing", "queue", "Billing"),
        ("a", "Take it", "assignment", "Ada Lund"),
    ):
        ada.presses(key)
        ada.page.locator(".menu:popover-open").get_by_role("button", name=entry).click()
        expect(ada.page.locator(f".ticket-head [data-menu={what}]")).to_contain_text(shows)
    ada.presses("e")
    expect(ada.page.get_by_role("button", name="Reopen")).to_be_visible()
    ada.presses("e")
    expect(ada.page.get_by_role("button", name="Resolve")).to_be_visible()


def test_a_snooze_hides_it_until_its_time_or_until_it_is_ended(ada: Console) -> None:
    ada.opens(INVOICE)
    ada.presses("z")
    ada.page.get_by_role("button", name="Tomorrow").click()
    expect(ada.page.locator(".ticket-head .calm")).to_be_visible()
    expect(ada.page.locator(f".row[data-number='{INVOICE}']")).to_have_count(0)
    ada.page.locator(".ticket-head .calm").click()
    expect(ada.page.locator(f".row[data-number='{INVOICE}']")).to_be_visible()


def test_g_and_a_letter_go_to_a_list(ada: Console) -> None:
    ada.presses("g")
    ada.presses("u")
    expect(ada.page.locator("#list-unassigned")).to_be_visible()
    expect(ada.page).to_have_url(re.compile("/app/views/unassigned$"))


def test_single_keys_mean_nothing_in_a_text_and_can_be_turned_off(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.text.fill("")
    ada.text.press_sequentially("e?jk")
    expect(ada.text).to_have_value("e?jk")
    expect(ada.page.get_by_role("button", name="Resolve")).to_be_visible()
    ada.text.fill("")
    ada.text.blur()

    ada.presses("?")
    ada.page.get_by_label("Single keys work outside of text fields").uncheck()
    ada.presses("Escape")
    ada.presses("p")
    expect(ada.page.locator("#menu-priority")).to_be_hidden()


def test_a_menu_can_be_used_by_keyboard_and_closed_without_choosing(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.presses("p")
    expect(ada.page.locator("#menu-priority button").first).to_be_focused()
    ada.presses("ArrowDown")
    expect(ada.page.locator("#menu-priority button").nth(1)).to_be_focused()
    ada.presses("Escape")
    expect(ada.page.locator("#menu-priority")).to_be_hidden()


def test_of_two_who_change_the_same_field_the_second_is_told_both_values(
    ada: Console, at_the_console: AtTheConsole
) -> None:
    ada.opens(MANDATE)
    number = ada.number
    ada.page.route_web_socket("**/app/live", lambda line: line.close())
    ada.page.route("**/app/live/poll", lambda route: route.abort())  # nor otherwise does she hear of it
    ada.page.goto(f"{ada.desk.url}/app/tickets/{number}?view=open")
    bo = at_the_console("bo")
    bo.page.goto(f"{bo.desk.url}/app/tickets/{number}?view=open")
    for console, value in ((bo, "Urgent"), (ada, "Low")):
        console.presses("p")
        console.page.locator("#menu-priority").get_by_role("button", name=value).click()
        if console is bo:
            expect(bo.page.locator(".ticket-head [data-menu=priority]")).to_contain_text("Urgent")
    expect(ada.page.locator(".toast")).to_have_text("Changed meanwhile: it is now Urgent, you chose Low.")


def test_a_subject_is_changed_where_it_stands(ada: Console) -> None:
    ada.opens(MANDATE)
    subject = ada.page.locator(".subject input[name=subject]")
    subject.fill("New bank, new mandate")
    subject.press("Enter")
    ada.sees(".entry", has_text="Ada Lund changed the subject")
    expect(ada.page).to_have_title(re.compile("^New bank, new mandate #"))
    subject.fill("Something else")
    subject.press("Escape")
    expect(subject).to_have_value("New bank, new mandate")


def test_a_search_finds_chinese_words_and_survives_opening_and_reload(ada: Console) -> None:
    ada.presses("/")
    ada.page.keyboard.type("发票")
    ada.presses("Enter")
    expect(ada.page.locator("#list-found mark").first).to_have_text("发票")
    ada.page.locator("#list-found .row").first.click()
    expect(ada.page.locator(".composer")).to_be_visible()
    ada.page.reload()
    expect(ada.page.locator("#list-found mark").first).to_have_text("发票")
    expect(ada.page.locator("#search")).to_have_value("发票")


def test_what_is_not_there_says_so_and_leads_back(ada: Console) -> None:
    ada.page.goto(f"{ada.desk.url}/app/tickets/99999")
    expect(ada.page.get_by_role("heading")).to_have_text("There is no ticket with this number.")
    ada.page.get_by_role("link", name="Back to the console").click()
    expect(ada.page.locator("#list-mine")).to_be_visible()


def test_colleagues_see_each_other_look_and_write(ada: Console, at_the_console: AtTheConsole) -> None:
    ada.opens(INVOICE)
    bo = at_the_console("bo")
    bo.page.goto(ada.page.url)
    expect(ada.page.locator("[data-who]")).to_have_text("Bo Lindgren is looking")
    expect(bo.page.locator("[data-who]")).to_have_text("Ada Lund is looking")
    bo.text.press_sequentially("Hm")
    expect(ada.page.locator("[data-who]")).to_have_text("Bo Lindgren is writing")
    bo.text.fill("")
    bo.page.close()
    expect(ada.page.locator("[data-who]")).to_have_text("")


def test_whoever_is_signed_out_elsewhere_reads_it_and_comes_back_to_the_same_place(ada: Console) -> None:
    ada.opens(PARCEL)
    ada.text.fill("Half a sentence")
    here = ada.page.url
    ada.page.context.clear_cookies()
    ada.page.route_web_socket("**/app/live", lambda line: line.close())
    ada.presses("Control+Enter")
    link = ada.page.get_by_role("link", name="Sign in again")
    expect(link).to_be_visible()
    link.click()
    ada.page.fill("[name=email]", "ada@frontdesk.example")
    ada.page.fill("[name=password]", "try-frontdesk")
    ada.page.click("button.primary")
    expect(ada.page).to_have_url(here)
    expect(ada.page.locator(".pending .msg")).to_contain_text("Half a sentence")
    ada.page.locator(".pending").get_by_role("button", name="Delete").click()


def test_a_new_chat_counts_rings_and_comes_into_the_lists(ada: Console, comes: Callable[[str], Customer]) -> None:
    ada.page.get_by_role("link", name="All open").click()
    before = int(ada.page.locator("#count-open").inner_text())
    comes("Lena Fischer").says("A new question")
    ada.sees(".offer", has_text="Lena Fischer")
    ada.sees(".row", has_text="A new question")
    expect(ada.page.locator("#count-open")).to_have_text(str(before + 1))
    ada.page.get_by_role("button", name="Not now").click()
    expect(ada.page.locator(".offer")).to_have_count(0)
