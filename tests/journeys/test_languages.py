"""The whole story in Chinese, for the customer and the agent: no English is left where there is a Chinese word."""

from __future__ import annotations

import re

from playwright.sync_api import Frame, Page, expect

from tests.journeys.sameness import live_equals_reload
from tests.journeys.stage import Stage
from widgets.words import catalogue

# Words of our own that a person or a thing may also be called; people's own words are not translated.
ALSO_NAMES = {"Billing", "Callbacks", "Complaints", "Lumen Lamps", "English", "Frontdesk", "Greeting"}
_VISIBLE = """() => {
    const found = new Set();
    const say = text => { const one = (text ?? "").replace(/\\s+/g, " ").trim(); if (one) found.add(one); };
    for (const node of document.querySelectorAll("body *:not(script):not(style):not(template)")) {
        const own = [...node.childNodes].filter(one => one.nodeType === Node.TEXT_NODE);
        own.forEach(one => say(one.data));
        say(node.innerText);
        for (const name of ["aria-label", "placeholder", "title", "alt"]) say(node.getAttribute(name));
    }
    say(document.title);
    return [...found];
}"""


def left_in_english(place: Page | Frame) -> set[str]:
    """Everything that is said there, to eye or ear, and that the catalogue would have said in Chinese."""
    said: list[str] = place.evaluate(_VISIBLE)
    return {text for text in said if text not in ALSO_NAMES and any(known.fullmatch(text) for known in _ENGLISH)}


def _pattern(english: str) -> re.Pattern[str]:
    """A sentence with its blanks filled in any way."""
    parts = re.split(r"\{\w+\}", " ".join(english.split()))
    return re.compile(".+".join(re.escape(part) for part in parts))


_CHINESE = catalogue("zh")
_WORDS = {one: re.sub(r"\{\w+\}", "", one) for one in _CHINESE}  # a sentence of blanks alone would be every text
_ENGLISH = [_pattern(one) for one in _CHINESE if one != _CHINESE[one] and re.search("[a-z]{2}", _WORDS[one])]


def test_a_chat_from_hello_to_the_rating_in_chinese(stage: Stage) -> None:
    ada, li = stage.agent("Ada", language="zh"), stage.shopper(language="zh")
    assert set() == left_in_english(ada.page)
    assert set() == left_in_english(li.page)

    li.opens()
    assert set() == left_in_english(li.frame)
    li.introduces("李静", "li.jing@mail.example", "账单与退款")
    li.sends("退款什么时候到账？")
    expect(li.waiting).to_contain_text("关闭页面也会为您保留位置。")
    expect(ada.offer).to_contain_text("李静")
    assert set() == left_in_english(li.frame) | left_in_english(ada.page)
    ada.accepts()
    ada.box.press_sequentially("/tui")
    ada.box.press("Enter")
    ada.box.press("Control+Enter")
    expect(li.heard).to_have_text(["退款已经提交，一般两到三个工作日到账。"])
    li.types("好")
    expect(ada.typing).to_have_text("李静 正在输入…")
    li.sends("好的，谢谢。")
    ada.notes("已核对。")
    ada.sets("priority", "high")
    expect(ada.entries.last).to_contain_text("高")
    assert set() == left_in_english(li.frame) | left_in_english(ada.page)

    li.ends()
    assert set() == left_in_english(li.frame)
    li.frame.locator(".faces input[value='4']").check(force=True)
    li.button("Send the rating").click()
    expect(li.frame.locator(".thanks")).to_be_visible()
    expect(ada.panel.locator(".rated")).to_be_visible()
    assert set() == left_in_english(li.frame) | left_in_english(ada.page)
    live_equals_reload(ada)


def test_a_no_is_told_in_chinese_too(stage: Stage) -> None:
    """Also what only the desk itself knows to say: who was quicker, and what the fact is now."""
    ada, li = stage.agent("Ada"), stage.shopper().begins("李静")
    li.sends("急。")
    ada.accepts()
    bo = stage.agent("Bo", available=False, language="zh").views("open").opens(ada.number)
    bo.fact("priority").click()
    ada.sets("priority", "high")
    expect(bo.fact("priority")).to_contain_text("高")
    bo.page.locator("#menu-priority [data-value=low]").click()

    expect(bo.toasts).to_contain_text("高")
    assert not re.search("[A-Za-z]{3}", bo.toasts.inner_text())


def test_the_pages_of_the_admin_and_the_door_speak_chinese(stage: Stage) -> None:
    door = stage.browser(language="zh")
    door.goto(stage.url + "/app")
    assert set() == left_in_english(door)
    alex = stage.agent("Alex", available=False, language="zh")
    for path in ("agents", "queues", "hours", "sites", "canned", "statuses"):
        alex.page.goto(f"{stage.url}/app/admin/{path}")
        assert set() == left_in_english(alex.page), path
        alex.page.goto(f"{stage.url}/app/admin/{path}/new")
        assert set() == left_in_english(alex.page), f"{path}/new"
    alex.page.goto(f"{stage.url}/app/profile")
    assert set() == left_in_english(alex.page)


def test_the_language_can_be_switched_in_the_middle(stage: Stage) -> None:
    """By the customer in the chat's menu, by whoever signs in at the door; what was said stays."""
    sam = stage.shopper().begins("Sam")
    sam.sends("Hello?")
    sam.button("Menu").click()
    sam.frame.get_by_role("button", name="中文").click()
    expect(sam.frame.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    expect(sam.lines).to_have_text(["Hello?"])
    expect(sam.waiting).to_contain_text("关闭页面也会为您保留位置。")
    assert set() == left_in_english(sam.frame)

    door = stage.browser()
    door.goto(stage.url + "/app/login")
    door.get_by_role("link", name="简体中文").click()
    expect(door.get_by_role("heading", level=1)).to_have_text("登录")
    door.get_by_role("link", name="English").click()
    expect(door.get_by_role("heading", level=1)).to_have_text("Sign in")
