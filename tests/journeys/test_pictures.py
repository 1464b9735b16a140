"""The pictures of the README, taken anew on every run: they show what is there, or the suite fails.

They are left in build/pictures; `make pictures` puts them where the README shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.people import AtConsole
from tests.journeys.stage import ContextFactory, Stage
from tests.running import RunningDesk

FOLDER = Path(__file__).parents[2] / "build" / "pictures"
LARGEST = 250_000  # bytes
WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """The demo as a newcomer sees it: no other story has been there, and offers ring for long enough to be drawn."""
    settings = {"FRONTDESK_ROUTING_RING_SECONDS": "60"}
    with RunningDesk(tmp_path_factory.mktemp("fresh"), settings=settings) as desk:
        yield desk


@pytest.fixture
def stage(fresh: RunningDesk, context_factory: ContextFactory) -> Iterator[Stage]:
    stage = Stage(fresh, context_factory)
    yield stage
    stage.leave()


def _takes(page: Page, name: str) -> None:
    """One picture: of the right size, small enough for a README, and not a blank sheet."""
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready")
    picture = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    size = page.viewport_size
    assert size is not None
    assert (size["width"], size["height"]) == picture.size
    drawn = picture.getcolors(maxcolors=1 << 24)
    assert drawn is not None
    assert len(drawn) > 200
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / f"{name}.png"
    picture.save(kept, optimize=True)
    assert kept.stat().st_size < LARGEST


def _is_open(console: AtConsole, number: int, *, lines: int) -> None:
    expect(console.head).to_have_attribute("data-number", str(number))
    expect(console.lines).to_have_count(lines)
    expect(console.lines.last).to_be_in_viewport()
    expect(console.panel.locator(".card")).to_be_in_viewport()
    expect(console.offer).to_be_in_viewport()
    expect(console.offer.locator("[data-left]")).to_have_text(re.compile(r"^(5[0-6]|[1-4]\d)$"))  # it rings
    expect(console.box).to_be_in_viewport()


def test_the_console_with_a_ticket_open_and_a_chat_ringing(stage: Stage) -> None:
    ada = stage.agent("Ada", viewport=WIDE, color_scheme="light").views("open").opens(1029)
    priya = stage.shopper().begins("Priya Natarajan", "priya@natarajan.example", "An order or a delivery")
    priya.sends("My floor lamp flickers since this morning. Is that covered?")

    expect(ada.offer).to_contain_text("Chat from Priya Natarajan")
    expect(ada.lines.first).to_contain_text("order 5590-221 was due on Tuesday")
    expect(ada.page.locator(".msg.note")).to_contain_text("Refund shipping if it slips past Friday.")
    _is_open(ada, 1029, lines=4)
    _takes(ada.page, "console")


def test_the_console_in_the_dark_and_in_chinese(stage: Stage) -> None:
    ada = stage.agent("Ada", language="zh", viewport=WIDE, color_scheme="dark")
    ada.page.goto(stage.url + "/app/tickets/1027?view=open")
    chen = stage.shopper(language="zh").begins("陈思远", "chen.siyuan@mail.example", "账单与退款")
    chen.sends("你好，落地灯的发票能再发一次吗？")

    expect(ada.offer).to_contain_text("陈思远")
    expect(ada.lines.nth(3)).to_contain_text("如果周三没到我再联系你们")
    expect(ada.page.locator("#view-open")).to_contain_text("全部")
    _is_open(ada, 1027, lines=5)
    _takes(ada.page, "console-dark-zh")


def test_the_chat_on_the_page_of_a_shop(stage: Stage) -> None:
    ada = stage.agent("Ada")
    sam = stage.shopper(viewport={"width": 1280, "height": 800}, color_scheme="light")
    sam.begins("Sam", "sam@okafor.example", "An order or a delivery")
    sam.sends("Hi, does the Aften lamp take an E27 bulb?")
    ada.accepts().answers("Hello Sam. Yes, E27, up to 60 watts.")
    expect(sam.heard).to_have_count(1)
    sam.sends("Great. And can I have it with a longer cable?")
    ada.answers("With three metres, for the same price. Shall I change your order 5590-221?")
    expect(sam.heard).to_have_count(2)
    sam.sends("Yes, please.")

    expect(sam.head).to_contain_text("Ada Lund")
    expect(sam.page.get_by_role("heading", name="Light that lasts")).to_be_in_viewport()
    expect(sam.lines).to_have_count(5)
    expect(sam.status.last).to_contain_text("Read")
    _takes(sam.page, "chat")
