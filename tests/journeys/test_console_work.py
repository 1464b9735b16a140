"""What an agent does with a ticket, and who sees it: colleagues everything, the customer only answers."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.journeys.people import AtConsole, Shopper
from tests.journeys.sameness import chat_equals_reload, live_equals_reload
from tests.journeys.stage import Stage


def _talking(stage: Stage) -> tuple[AtConsole, Shopper]:
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("I was charged twice.")
    ada.accepts()
    return ada, sam


def test_a_note_is_yellow_and_never_reaches_the_customer(stage: Stage) -> None:
    ada, sam = _talking(stage)
    frames: list[str] = []
    sam.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    sam.page.reload()
    expect(sam.lines).to_have_text(["I was charged twice."])

    ada.turns_to("note")
    yellow = _background(ada, ".composer")
    ada.box.press_sequentially("He is right: ")
    ada.notes("He is right: twice on the 4th.").answers("You are right.")

    expect(sam.heard).to_have_text(["You are right."])
    expect(sam.dots).to_be_hidden()
    assert any("You are right." in frame for frame in frames)
    assert not any("twice on the 4th" in frame for frame in frames)
    assert "twice on the 4th" not in (sam.frame.content())
    note = ada.page.locator(".msg.note")
    expect(note).to_contain_text("private note")
    red, green, blue = note.locator(".bubble").evaluate(_PAINTED)
    assert red > blue + 20
    assert green > blue + 10
    ada.turns_to("reply")
    assert yellow != _background(ada, ".composer")
    transcript = sam.frame.evaluate(_TRANSCRIPT)
    assert "You are right." in transcript
    assert "twice on the 4th" not in transcript
    live_equals_reload(ada)
    chat_equals_reload(sam)


_TRANSCRIPT = """async () => {
    const {api, site} = JSON.parse(document.getElementById("frontdesk").textContent);
    const token = JSON.parse(localStorage.getItem(`frontdesk:${site}`));
    return await (await fetch(`${api}/transcript`, {headers: {Authorization: `Bearer ${token}`}})).text();
}"""


def _background(console: AtConsole, where: str) -> str:
    return str(console.page.locator(where).first.evaluate("node => getComputedStyle(node).backgroundColor"))


_PAINTED = """node => {
    const brush = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
    brush.fillStyle = getComputedStyle(node).backgroundColor;
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def test_a_slash_brings_the_canned_replies(stage: Stage) -> None:
    """What follows it narrows them, Enter takes one, its blanks filled in; the customer gets the whole."""
    ada, sam = _talking(stage)

    ada.box.press_sequentially("/hel")
    menu = ada.page.get_by_role("listbox", name="Canned replies")
    expect(menu.get_by_role("option").first).to_contain_text("Greeting")
    ada.box.press("Enter")
    expect(ada.box).to_have_value("Hello Sam, this is Ada Lund. How can I help?")
    expect(menu).to_be_hidden()
    ada.box.press("Control+Enter")

    expect(sam.heard).to_have_text(["Hello Sam, this is Ada Lund. How can I help?"])


def test_quick_fingers_need_not_wait_for_the_menu(stage: Stage) -> None:
    """The word, Enter and Send before the desk has answered: the customer still gets the canned reply, not the word."""
    ada, sam = _talking(stage)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    ada.page.route("**/app/canned?*", hold)

    ada.box.press_sequentially("/hel")
    ada.box.press("Enter")
    ada.box.press("Control+Enter")
    assert held
    ada.page.unroute("**/app/canned?*")  # and lets go of what it held
    expect(sam.heard).to_have_text(["Hello Sam, this is Ada Lund. How can I help?"])

    ada.box.press_sequentially("/orders/sam")
    ada.box.press("Enter")
    ada.box.press_sequentially("is your folder")
    ada.box.press("Control+Enter")
    expect(sam.heard.last).to_have_text("/orders/sam\nis your folder")


def test_a_menu_of_a_shorter_word_decides_nothing(stage: Stage) -> None:
    """The menu still shows what fits the bare slash when the word behind it and Enter are typed: the word counts."""
    ada, sam = _talking(stage)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    ada.box.press_sequentially("/")
    first = ada.page.get_by_role("listbox", name="Canned replies").get_by_role("option").first
    expect(first).not_to_contain_text("Greeting")
    ada.page.route("**/app/canned?*", hold)
    ada.box.press_sequentially("hel")
    ada.box.press("Enter")
    ada.box.press("Control+Enter")
    expect(first).to_be_hidden()
    assert held
    ada.page.unroute("**/app/canned?*")  # and lets go of what it held
    expect(sam.heard).to_have_text(["Hello Sam, this is Ada Lund. How can I help?"])


def test_facts_change_for_everybody_at_once(stage: Stage) -> None:
    """Priority, queue, holder and status, each by its menu, seen by Bo as it happens and written in the timeline."""
    ada, sam = _talking(stage)
    bo = stage.agent("Bo").views("open").opens(ada.number)

    ada.sets("priority", "urgent")
    expect(bo.fact("priority")).to_contain_text("Urgent")
    expect(bo.row(ada.number)).to_contain_text("Urgent")
    ada.fact("queue").click()
    ada.page.locator("#menu-queue").get_by_role("button", name="Billing").click()
    expect(bo.fact("queue")).to_contain_text("Billing")
    expect(sam.thin.last).to_have_text("You were moved to Billing")
    ada.fact("assignment").click()
    ada.page.locator("#menu-people .people").get_by_role("button", name="Bo Lindgren").click()
    expect(bo.fact("assignment")).to_contain_text("Bo Lindgren")
    expect(sam.head).to_contain_text("Bo Lindgren")
    ada.sets("status", "on_hold")
    expect(bo.fact("status")).to_contain_text("On hold")

    expect(bo.entries.filter(has_text="Billing")).to_have_count(1)
    bo.views("mine")
    expect(bo.row(ada.number)).to_have_count(1)
    live_equals_reload(ada)
    live_equals_reload(bo)
    chat_equals_reload(sam)


def test_snoozed_it_is_gone_until_the_customer_writes(stage: Stage) -> None:
    ada, sam = _talking(stage)
    number = ada.number
    expect(ada.row(number)).to_have_count(1)

    ada.fact("snooze").click()
    ada.page.locator("#menu-snooze [data-snooze=tomorrow]").click()
    expect(ada.row(number)).to_have_count(0)
    ada.views("snoozed")
    expect(ada.row(number)).to_have_count(1)
    live_equals_reload(ada)

    sam.sends("One more thing.")

    expect(ada.row(number)).to_have_count(0)
    ada.views("mine")
    expect(ada.row(number)).to_contain_text("One more thing.")
    live_equals_reload(ada)


def test_resolved_it_is_done_and_the_customers_next_words_open_it_again(stage: Stage) -> None:
    ada, sam = _talking(stage)
    number = ada.number

    ada.answers("It is sent back.").resolves()
    expect(ada.row(number)).to_have_count(0)
    ada.views("resolved")
    expect(ada.row(number)).to_have_count(1)
    sam.button("Go on with this chat").click()
    sam.sends("It is not there.")

    expect(ada.row(number)).to_have_count(0)
    ada.views("mine")
    expect(ada.row(number)).to_contain_text("It is not there.")
    ada.opens(number)
    expect(ada.head).to_have_attribute("data-status", "open")
    ada.page.locator(".ticket-head [data-act=resolution]").click()
    expect(ada.button("Reopen E")).to_be_visible()
    ada.button("Reopen E").click()
    expect(ada.head).to_have_attribute("data-status", "open")
    live_equals_reload(ada)


def test_colleagues_see_who_looks_and_who_writes(stage: Stage) -> None:
    ada = stage.agent("Ada", available=False).views("open").opens(1029)
    bo = stage.agent("Bo", available=False).views("open").opens(1029)

    expect(ada.page.locator("[data-who]")).to_have_text("Bo Lindgren is looking")
    expect(bo.page.locator("[data-who]")).to_have_text("Ada Lund is looking")
    bo.box.press_sequentially("I will")
    expect(ada.page.locator("[data-who]")).to_have_text("Bo Lindgren is writing")
    bo.box.fill("")
    bo.opens(1022)
    expect(ada.page.locator("[data-who]")).to_have_text("")
