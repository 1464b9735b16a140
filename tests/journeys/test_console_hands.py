"""The console by keyboard and by search, and what it says when somebody else was quicker."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.sameness import live_equals_reload
from tests.journeys.stage import Stage

FOUND_BY = {
    "1016": 1016,
    "#1016": 1016,
    "Johanna": 1016,
    "johanna.reyes@mail.example": 1016,
    "premium": 1016,
    "发票": 1004,
    "到账": 1027,
    "陈思远": 1004,
}
NOT_FOUND = ["%", "_", '"', "'; drop table ticket; --", "(.*)+$", "*", "\\", "x" * 10_000]


def test_a_ticket_is_found_by_whatever_is_known_of_it(stage: Stage) -> None:
    """Its number, the customer's name and address, words of it, also two Chinese characters."""
    ada = stage.agent("Ada", available=False)
    for words, number in FOUND_BY.items():
        expect(ada.searches(words).row(number)).to_have_count(1)


def test_signs_are_searched_for_as_they_stand(stage: Stage) -> None:
    """Nothing is found, nothing breaks; and what is longer than a search is cut (reliability.md 5, row 43)."""
    ada = stage.agent("Ada", available=False)
    for words in NOT_FOUND:
        ada.searches(words[:200])
        expect(ada.list.locator(".empty")).to_be_visible()
    ada.page.goto(stage.url + "/app/search?q=" + NOT_FOUND[-1])
    expect(ada.list.locator(".empty")).to_be_visible()
    assert 200 >= len(ada.list.get_attribute("data-query") or "")


def test_the_whole_work_can_be_done_by_keyboard(stage: Stage) -> None:
    """J and K walk, R and N write, E resolves, / searches, ? tells; none of them inside a text."""
    ada = stage.agent("Ada", available=False).views("open")
    keys = ada.page.keyboard
    first, second = (int(ada.page.locator(".row").nth(n).get_attribute("data-number") or 0) for n in (0, 1))

    keys.press("j")
    expect(ada.head).to_have_attribute("data-number", str(first))
    keys.press("j")
    expect(ada.head).to_have_attribute("data-number", str(second))
    keys.press("k")
    expect(ada.head).to_have_attribute("data-number", str(first))
    keys.press("n")
    expect(ada.box).to_be_focused()
    expect(ada.page.locator(".composer")).to_have_attribute("data-kind", "note")
    keys.type("jk?/e stays what it is")
    expect(ada.box).to_have_value("jk?/e stays what it is")
    keys.press("Control+Enter")
    expect(ada.lines.last).to_have_text("jk?/e stays what it is")
    keys.press("Escape")
    keys.press("r")
    expect(ada.page.locator(".composer")).to_have_attribute("data-kind", "reply")
    keys.press("Escape")
    keys.press("?")
    expect(ada.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    keys.press("Escape")
    expect(ada.page.get_by_role("dialog", name="Keyboard")).to_be_hidden()
    keys.press("/")
    expect(ada.page.locator("#search")).to_be_focused()
    live_equals_reload(ada)


def test_keys_resolve_and_change_facts(stage: Stage) -> None:
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("By keyboard, please.")
    ada.accepts()
    keys = ada.page.keyboard
    keys.press("Escape")  # out of wherever the acceptance has led

    keys.press("p")
    expect(ada.page.locator("#menu-priority button").first).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(ada.fact("priority")).to_contain_text("High")
    keys.press("e")
    expect(ada.head).to_have_attribute("data-status", "resolved")
    keys.press("e")
    expect(ada.head).to_have_attribute("data-status", "open")


def test_single_keys_can_be_turned_off(stage: Stage) -> None:
    """WCAG 2.1.4: whoever speaks to their computer must not resolve a ticket by a word."""
    ada = stage.agent("Ada", available=False).views("open").opens(1029)
    ada.page.locator("#help-button").click()
    ada.page.locator("[data-choice=keys]").uncheck()
    ada.page.get_by_role("dialog").get_by_role("button", name="Close").click()

    ada.page.keyboard.press("n")

    expect(ada.page.locator(".composer")).to_have_attribute("data-kind", "reply")
    expect(ada.box).not_to_be_focused()


def test_what_a_colleague_took_meanwhile_is_not_answered_over(stage: Stage) -> None:
    """The text stays where it was written, and says who has the ticket now (reliability.md 5, row 41)."""
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("Is it you?")
    ada.accepts()
    number, ticket = ada.number, ada.head.get_attribute("data-ticket")
    bo = stage.agent("Bo", available=False).views("open").opens(number)
    bo.page.evaluate(_OLD_PAGE, ["shown_agent", bo.page.locator("[name=shown_agent]").input_value()])
    ada.fact("assignment").click()
    ada.page.locator("#menu-people .people").get_by_role("button", name="Grace Okoye").click()
    expect(bo.fact("assignment")).to_contain_text("Grace Okoye")

    bo.box.fill("Yes, it is me.")
    bo.box.press("Control+Enter")

    expect(bo.refusal).to_have_text("Grace Okoye took this meanwhile. Your text is kept.")
    expect(bo.box).to_have_value("Yes, it is me.")
    assert [] == stage.rows("select text from message where ticket_id = ? and kind = 'out'", ticket)


def test_what_was_closed_meanwhile_is_not_answered_into(stage: Stage) -> None:
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("Never mind.")
    ada.accepts()
    bo = stage.agent("Bo", available=False).views("open").opens(ada.number)
    bo.page.evaluate(_OLD_PAGE, ["shown_status", "open"])
    ada.resolves()
    expect(bo.head).to_have_attribute("data-status", "resolved")

    bo.box.fill("But I do.")
    bo.box.press("Control+Enter")

    expect(bo.refusal).to_have_text("This ticket was closed meanwhile. Your text is kept.")
    expect(bo.box).to_have_value("But I do.")


# As a page is in the moment before it is told: what the form says was on the screen stays as it was.
_OLD_PAGE = """([name, value]) => document.querySelector(".composer").addEventListener("keydown", event => {
    event.currentTarget.elements[name].value = value;
}, true)"""


def test_two_who_change_the_same_fact_both_learn_of_it(stage: Stage) -> None:
    """The first wins; the second reads both values and can choose again (row 42)."""
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("How urgent is it?")
    ada.accepts()
    bo = stage.agent("Bo", available=False).views("open").opens(ada.number)
    bo.fact("priority").click()

    ada.sets("priority", "high")
    expect(bo.fact("priority")).to_contain_text("High")
    bo.page.locator("#menu-priority [data-value=low]").click()

    expect(bo.toasts).to_contain_text("Changed meanwhile")
    expect(bo.toasts).to_contain_text("High")
    expect(bo.toasts).to_contain_text("Low")
    expect(bo.fact("priority")).to_contain_text("High")
    bo.sets("priority", "low")
    expect(ada.fact("priority")).to_contain_text("Low")
    live_equals_reload(ada)
