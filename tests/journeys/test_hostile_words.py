"""Whatever somebody calls themselves or writes is text on every screen: nothing of it runs, nothing of it is a link.

The watch over every story fails it when a box opens, a script throws or a page asks another host for something.
"""

from __future__ import annotations

import re

from playwright.sync_api import Frame, Locator, Page, expect

from tests.journeys.people import AtConsole, Shopper
from tests.journeys.sameness import live_equals_reload
from tests.journeys.stage import Stage

NAME = "<img src=x onerror=alert(1)>"
TEXT = "</li><script>alert(2)</script>{{7*7}} <svg/onload=alert(3)>"
STEERED = "txt.\u202eexe"
# Drawn as code only: none of these may be a link (reliability.md 5, row 13).
NO_LINKS = (
    "javascript:alert(4)",
    "data:text/html,<script>alert(5)</script>",
    "\u2028javascript:alert(6)",
    "vbscript:alert(7)",
    "java\tscript:alert(8)",
)
_PLANTED = """[...document.querySelectorAll('script:not([src]):not([type]), [onerror], [onload], [onclick]')]
    .map(node => node.outerHTML)"""
_BAD_LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.protocol).filter(p => !/^(https?|blob):$/.test(p))"


def _is_clean(place: Page | Frame) -> None:
    """Nothing that somebody wrote has become part of the page itself."""
    assert [] == place.evaluate(_PLANTED)
    assert [] == place.evaluate(_BAD_LINKS)


def _comes(stage: Stage) -> Shopper:
    mallory = stage.shopper()
    mallory.page.evaluate("title => { document.title = title; history.replaceState({}, '', '?' + title) }", NAME)
    mallory.begins(NAME, "mallory@outside.example")
    mallory.sends(TEXT)
    return mallory


def test_a_hostile_name_and_text_are_only_words_on_every_screen(stage: Stage) -> None:
    ada = stage.agent("Ada")
    mallory = _comes(stage)

    expect(ada.offer).to_contain_text(f"Chat from {NAME}")
    expect(ada.offer).to_contain_text("<script>alert(2)</script>{{7*7}}")
    _is_clean(ada.page)
    ada.accepts()
    expect(ada.lines).to_have_text([TEXT])
    expect(ada.panel.locator("h2.name")).to_have_text(NAME)
    expect(ada.row(ada.number)).to_contain_text(NAME)
    expect(ada.box).to_have_attribute("placeholder", f"Write to {NAME}")
    mallory.types("x")
    expect(ada.typing).to_have_text(f"{NAME} is typing…")
    mallory.box.fill("")
    ada.searches("alert")
    expect(ada.row(_number_of(stage, TEXT))).to_contain_text(NAME)
    _is_clean(ada.page)
    expect(mallory.lines).to_have_text([TEXT])
    _is_clean(mallory.frame)
    live_equals_reload(ada)


def _number_of(stage: Stage, text: str) -> int:
    found = "select number from ticket join message on ticket_id = ticket.id where text = ? order by number desc"
    return int(stage.rows(found, text)[0][0])


def test_only_web_addresses_are_links(stage: Stage) -> None:
    ada, mallory = stage.agent("Ada"), stage.shopper().begins("Mallory")
    mallory.sends("https://shop.example/a?b=c&d=e")
    ada.accepts()
    for line in NO_LINKS:
        mallory.sends(line)
        ada.notes(line)
        ada.answers(line)

    for place, text in ((ada.page, ".msg .text"), (mallory.frame, ".said .text")):
        expect(place.locator(f"{text} a")).to_have_count(1)
        link = place.locator(f"{text} a")
        expect(link).to_have_attribute("href", "https://shop.example/a?b=c&d=e")
        expect(link).to_have_attribute("rel", re.compile("noopener.*noreferrer|noreferrer.*noopener"))
        _is_clean(place)


def test_what_is_hostile_in_a_setting_is_only_a_word(stage: Stage) -> None:
    """A queue, a canned reply and an agent with such names: on the pages that set them up and wherever they show."""
    alex = stage.agent("Alex", available=False)
    page, home = alex.page, stage.url + "/app/admin"
    for path, fields in (
        ("queues", {"name": NAME}),
        ("canned", {"shortcut": "boom", "title": NAME, "text": TEXT}),
        ("agents", {"name": NAME, "email": "mallory@inside.example"}),
    ):
        page.goto(f"{home}/{path}/new")
        for name, value in fields.items():
            page.locator(f"form.stack [name={name}]").fill(value)
        page.get_by_role("button", name="Save", exact=True).click()
        page.goto(f"{home}/{path}")
        expect(page.locator(".rows")).to_contain_text(NAME)
        _is_clean(page)

    ada = stage.agent("Ada", available=False).views("open").opens(1029)
    expect(ada.page.locator("#queues")).to_contain_text(NAME)
    ada.box.press_sequentially("/boom")
    expect(ada.page.get_by_role("option").first).to_contain_text(NAME)
    _is_clean(ada.page)
    ada.box.press("Enter")
    expect(ada.box).to_have_value(TEXT)
    ada.box.fill("")
    ada.fact("assignment").click()
    expect(ada.page.locator("#menu-people")).to_contain_text(NAME)
    _is_clean(ada.page)
    ada.page.keyboard.press("Escape")
    page.goto(f"{home}/queues")
    page.get_by_role("link", name=NAME).click()
    alex.button("Archive").click()
    expect(ada.page.locator("#queues")).not_to_contain_text(NAME)
    live_equals_reload(ada)


def test_signs_that_turn_a_line_around_are_shown_as_marks(stage: Stage) -> None:
    """A name cannot turn what stands beside it, and a pile of accents cannot cover the page (rows 4, 5)."""
    ada, mallory = stage.agent("Ada"), stage.shopper().begins(f"Mal{STEERED}")
    mallory.sends("Z" + "\u0335" * 2000)
    ada.accepts()

    expect(ada.panel.locator("h2.name")).to_have_text("Maltxt.[RLO]exe")
    assert 300 > _height(ada.lines)
    assert 300 > _height(mallory.lines)


def test_mixed_scripts_and_strange_signs_arrive_as_they_are(stage: Stage) -> None:
    """Right to left, Chinese, emoji and signs nobody sees (rows 3 and 51); only blanks are not a message (row 1)."""
    ada, mallory = stage.agent("Ada"), stage.shopper().begins("Priya")
    said = "שלום مرحبا 你好 👩‍👩‍👧‍👦 a\u0000b"
    mallory.sends("Hello")
    ada.accepts()

    mallory.box.fill(" \u200b\u2060\n ")
    expect(mallory.button("Send")).to_be_disabled()
    mallory.box.evaluate("(box, text) => { box.value = text; box.dispatchEvent(new Event('input')) }", said)
    mallory.box.press("Enter")

    expect(ada.lines).to_have_text(["Hello", said.replace("\u0000", "\ufffd")])
    expect(mallory.lines.last).to_have_text(said.replace("\u0000", "\ufffd"))
    _is_too_long(mallory, ada)


def _is_too_long(mallory: Shopper, ada: AtConsole) -> None:
    """Said beside the text while it is written; as a file it can go (row 2)."""
    notes = (mallory.box, mallory.frame.locator("#message-note")), (ada.box, ada.page.locator("[data-counter]"))
    for box, note in notes:
        box.fill("x" * 10_007)
        expect(note).to_contain_text("Too long by 7")
    expect(mallory.button("Send")).to_be_disabled()
    expect(ada.page.locator("[data-send]")).to_be_disabled()
    mallory.button("Send as a file?").click()
    expect(mallory.frame.locator(".chip[data-state=ready]")).to_contain_text("message.txt")
    mallory.button("Send").click()
    expect(ada.page.locator(".msg.in .file-name")).to_have_text("message.txt")
    ada.box.fill("")


def _height(line: Locator) -> float:
    """A line has none in the moment in which it is drawn anew."""
    looks = (line.bounding_box() for _ in range(10))
    return next(box["height"] for box in looks if box)
