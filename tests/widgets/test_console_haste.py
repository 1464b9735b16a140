"""Quick hands at a slow desk: what is pressed is for what it was meant for, whatever comes in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, Request, Route, WebSocketRoute, expect

from tests.widgets.console import INVOICE, PARCEL, Console, Customer


@contextmanager
def held(page: Page, pattern: str) -> Iterator[list[Route]]:
    """What the page asks for under this address waits until the end of the block, and is answered then."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(pattern, hold)
    yield waiting
    page.unroute(pattern)  # and lets go of what it held


def asked(page: Page, pattern: str) -> list[Request]:
    """All that goes there from now on."""
    found: list[Request] = []
    page.on("request", lambda request: found.append(request) if pattern in request.url else None)
    return found


def row(console: Console, number: int) -> Any:
    return console.page.locator(f".row[data-number='{number}'] a")


def head(console: Console) -> Any:
    return console.page.locator(".ticket-head")


def passed_on(console: Console) -> list[WebSocketRoute]:
    """Its live lines, through which a story may send frames of its own."""
    lines: list[WebSocketRoute] = []

    def pass_on(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    console.page.route_web_socket("**/app/live", pass_on)
    return lines


def changes(console: Console, before: str = "") -> None:
    """The page is told that something changed, as by its live line; `before`: a script in the same breath."""
    console.page.evaluate(f"""async () => {{
        const facts = performance.getEntriesByType("resource").find(({{ name }}) => name.includes("/facts.")).name;
        const {{ changed }} = await import(facts);
        {before}
        changed();
    }}""")


def walks(console: Console) -> tuple[str, str]:
    """In the list, with nothing open: the numbers of the first two."""
    console.page.goto(f"{console.desk.url}/app/views/open")
    first, second = (str(console.page.locator(".row").nth(at).get_attribute("data-number")) for at in (0, 1))
    return first, second


def test_back_to_what_was_open_before_the_other_has_come(ada: Console) -> None:
    """The grey shapes that stand for a ticket on its way do not stay."""
    ada.opens(INVOICE)
    with held(ada.page, f"**/tickets/{PARCEL}?*"):
        row(ada, PARCEL).click()
        expect(ada.page.locator("#ticket-pane .skeleton")).to_be_visible()
        row(ada, INVOICE).click()
        expect(head(ada)).to_have_attribute("data-number", str(INVOICE))
        row(ada, PARCEL).click()
        expect(ada.page.locator("#ticket-pane .skeleton")).to_be_visible()
        ada.page.locator("#view-mine").click()
        expect(ada.page.locator("#ticket-pane .nothing")).to_be_visible()


def test_keys_are_quicker_than_the_desk_and_mean_what_they_lead_to(ada: Console) -> None:
    """Down, down, note: on the second ticket, not the one still on the screen. What is typed besides is no key."""
    _, second = walks(ada)
    resolved = asked(ada.page, "/resolution")
    with held(ada.page, "**/tickets/*?*"):
        for key in "jjne":
            ada.presses(key)
        expect(row(ada, int(second))).to_have_attribute("aria-current", "true")

    expect(head(ada)).to_have_attribute("data-number", second)
    expect(ada.text).to_be_focused()
    expect(ada.page.locator(".composer")).to_have_attribute("data-kind", "note")
    assert [] == resolved


def test_a_key_is_not_lost_when_the_page_is_drawn_anew_before_it_is_done(ada: Console) -> None:
    """Everybody loads anew after a long break; what was pressed for the ticket on its way is done when it has come."""
    lines = passed_on(ada)
    _, second = walks(ada)
    expect(ada.page.locator("#desk")).to_have_attribute("data-line", "up")
    with held(ada.page, "**/tickets/*?*") as waiting:
        for key in "jjn":
            ada.presses(key)
        expect(row(ada, int(second))).to_have_attribute("aria-current", "true")
        before = len(waiting)
        lines[-1].send(json.dumps({"reload": {}}))
        while len(waiting) == before:  # until it asks anew
            ada.page.evaluate("1")

    expect(head(ada)).to_have_attribute("data-number", second)
    expect(ada.text).to_be_focused()
    expect(ada.page.locator(".composer")).to_have_attribute("data-kind", "note")


def test_a_menu_is_about_the_ticket_that_it_was_opened_for(ada: Console) -> None:
    first, second = walks(ada)
    ada.presses("j")
    expect(head(ada)).to_have_attribute("data-number", first)
    ticket = head(ada).get_attribute("data-ticket")
    ada.presses("s")
    menu = ada.page.locator("#menu-status")
    expect(menu).to_be_visible()
    with held(ada.page, "**/tickets/*?*"):
        ada.presses("Alt+KeyJ")
        expect(ada.page.locator("#ticket-pane .skeleton")).to_be_visible()
        changes(ada)
        with ada.page.expect_request("**/status") as sent:
            menu.locator("[data-value=open]").click()
    assert sent.value.url.endswith(f"/app/tickets/{ticket}/status")

    expect(head(ada)).to_have_attribute("data-number", second)
    ada.presses("p")
    menu = ada.page.locator("#menu-priority")
    expect(menu).to_be_visible()
    ada.presses("Alt+KeyK")
    expect(head(ada)).not_to_have_attribute("data-number", second)
    expect(menu).to_be_hidden()


def test_a_menu_stays_open_when_the_page_changes_in_the_moment_of_its_opening(ada: Console) -> None:
    """A browser tells that a menu has opened only a moment after it has."""
    ada.opens(PARCEL)
    changes(ada, before='document.querySelector("[popovertarget=menu-status]").click();')
    expect(ada.page.locator("#menu-status")).to_be_visible()


def test_a_no_that_comes_late_asks_nothing_of_the_next_ticket(ada: Console) -> None:
    """A complaint that cannot be resolved like that, left meanwhile: the ticket that is open now stays as it is."""
    ada.opens(INVOICE)
    resolved = asked(ada.page, "/resolution")
    with held(ada.page, "**/status") as waiting:
        ada.presses("s")
        ada.page.locator("#menu-status [data-value=resolved]").click()
        row(ada, PARCEL).click()
        expect(head(ada)).to_have_attribute("data-number", str(PARCEL))
        waiting[0].fulfill(status=409, json={"says": "A complaint needs an outcome.", "field": "outcome"})
        expect(ada.page.locator(".toast")).to_have_text("A complaint needs an outcome.")
    assert [] == resolved


def test_an_answer_that_is_refused_after_its_ticket_was_left_is_told_and_kept(ada: Console) -> None:
    ada.opens(PARCEL)
    with held(ada.page, "**/replies") as waiting:
        ada.text.fill("It is on its way")
        ada.presses("Control+Enter")
        row(ada, INVOICE).click()
        expect(head(ada)).to_have_attribute("data-number", str(INVOICE))
        waiting[0].fulfill(status=409, json={"says": "Bo took this meanwhile. Your text is kept."})
        expect(ada.page.locator(".toast")).to_have_text(f"#{PARCEL} · Bo took this meanwhile. Your text is kept.")
    row(ada, PARCEL).click()
    expect(ada.text).to_have_value("It is on its way")
    ada.text.fill("")


def test_a_note_stays_a_note_when_the_page_is_drawn_anew_under_it(ada: Console) -> None:
    """Its file stays too; and what is under way is not called unsent."""
    lines = passed_on(ada)
    ada.opens(PARCEL)
    with held(ada.page, "**/notes"):
        ada.presses("n")
        ada.page.keyboard.type("First")
        ada.presses("Control+Enter")
        ada.page.set_input_files("[data-attach]", {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"a"})
        ada.page.keyboard.type("Only for ")
        ada.page.locator("#list-pane").evaluate("list => { list.dataset.old = 'yes' }")
        lines[-1].send(json.dumps({"reload": {}}))
        expect(ada.page.locator("#list-pane")).not_to_have_attribute("data-old", "yes")
        expect(ada.page.locator(".composer")).to_have_attribute("data-kind", "note")
        expect(ada.page.locator(".pending .msg")).to_contain_text("Sending")
        ada.page.keyboard.type("us")
        expect(ada.text).to_have_value("Only for us")

    expect(ada.page.locator(".pending .msg")).to_have_count(0)
    ada.presses("Control+Enter")
    written = ada.page.locator("[role=log] .msg.note").last
    expect(written).to_contain_text("Only for us")
    expect(written).to_contain_text("plan.txt")


def test_earlier_lines_go_to_the_ticket_that_they_are_of(ada: Console) -> None:
    """Asked for twice they come once, and not into the ticket that was opened since."""

    def long(route: Route) -> None:
        answer = route.fetch()
        button = '<button type="button" class="btn plain earlier" data-earlier="999999">Show earlier</button>'
        route.fulfill(response=answer, body=answer.text().replace('<div class="log"', f'{button}<div class="log"', 1))

    ada.opens(PARCEL)
    ada.page.route(f"**/tickets/{INVOICE}?*", long)
    row(ada, INVOICE).click()
    expect(head(ada)).to_have_attribute("data-number", str(INVOICE))
    more, lines = asked(ada.page, "after=999999"), ada.page.locator(".log > ol > li")
    with held(ada.page, "**/tickets/*after=999999*"):
        ada.page.locator("[data-earlier]").dblclick()
        row(ada, PARCEL).click()
        expect(head(ada)).to_have_attribute("data-number", str(PARCEL))
        before = lines.count()
    row(ada, INVOICE).click()
    expect(head(ada)).to_have_attribute("data-number", str(INVOICE))
    row(ada, PARCEL).click()
    expect(head(ada)).to_have_attribute("data-number", str(PARCEL))
    expect(lines).to_have_count(before)
    assert 1 == len(more)


def test_an_accepted_chat_does_not_take_away_what_was_opened_since(
    ada: Console, comes: Callable[[str], Customer]
) -> None:
    comes("Priya Nair").says("Is anybody there?")
    offer = ada.page.locator(".offer", has_text="Priya Nair")
    with held(ada.page, "**/acceptance"):
        offer.get_by_role("button", name="Accept").click()
        ada.page.locator("#view-mine").click()
        row(ada, PARCEL).click()
        expect(head(ada)).to_have_attribute("data-number", str(PARCEL))
    expect(offer).to_have_count(0)
    expect(ada.page.locator(".row", has_text="Priya Nair")).to_be_visible()
    expect(head(ada)).to_have_attribute("data-number", str(PARCEL))


def test_whoever_missed_too_much_loads_it_once(ada: Console) -> None:
    """And goes on from what was loaded: asked from the old place again, the desk would say the same again."""
    told: list[int] = []
    lines: list[WebSocketRoute] = []

    def desk_line(line: WebSocketRoute) -> None:
        lines.append(line)
        line.on_message(lambda text: hear(json.loads(text)))

    def hear(frame: dict[str, Any]) -> None:
        told.append((frame.get("hello") or frame)["open"]["cursor"])

    ada.page.route_web_socket("**/app/live", desk_line)
    ada.opens(PARCEL)
    ada.page.wait_for_function("() => document.querySelector('#desk').dataset.line !== 'up'")
    before = int(ada.page.locator("#list-pane").get_attribute("data-cursor") or 0)
    with ada.page.expect_response("**/notes"):
        ada.presses("n")
        ada.page.keyboard.type("The log grows")
        ada.presses("Control+Enter")
    epoch = ada.page.evaluate("JSON.parse(document.getElementById('frontdesk').textContent).epoch")
    lines[-1].send(json.dumps({"hello": {"epoch": epoch, "cursor": before + 1}, "reload": {}}))
    expect(ada.page.locator("#list-pane")).not_to_have_attribute("data-cursor", str(before))
    ada.page.evaluate("1")  # and what the page has said meanwhile is heard

    assert before == told[0]
    assert before < told[-1]
