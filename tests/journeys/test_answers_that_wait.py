"""Ada has an answer back before it goes, and lets another go at a time of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from tests.journeys.conftest import PATIENT
from tests.journeys.stage import Stage
from tests.running import RunningDesk

HOLD = {"FRONTDESK_MAIL_UNDO_SECONDS": "60"}  # nobody's hands are as slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with RunningDesk(tmp_path_factory.mktemp("desk"), settings={**PATIENT, **HOLD}) as desk:
        yield desk


def test_an_answer_is_taken_back_changed_and_planned(stage: Stage) -> None:
    """Its words stand in the composer again; nothing of it was said meanwhile."""
    ada = stage.agent("Ada", available=False)
    ada.views("open")
    ada.page.locator(".rows a:has(use[href='#i-mail'])").first.click()
    box, waits = ada.page.locator(".composer textarea"), ada.page.locator(".planned .msg")
    expect(ada.page.locator(".recipients b").first).to_be_visible()

    box.fill("It leaves tomorow.")
    ada.page.locator("[data-send]").click()
    expect(waits).to_have_count(1)
    expect(waits).to_contain_text("It leaves tomorow.")
    expect(waits.locator(".sending")).to_contain_text(re.compile(r"Sending in\s+\d+ s"))
    expect(ada.page.locator(".pending .msg")).to_have_count(0)
    assert [] == Axe().run(ada.page, context=".planned").response["violations"]
    waits.get_by_role("button", name="Undo").click()
    expect(box).to_have_value("It leaves tomorow.")
    expect(waits).to_have_count(0)

    box.fill("It leaves tomorrow.")
    ada.page.get_by_role("button", name="Send later").click()
    ada.page.locator("#menu-later [data-snooze=tomorrow]").click()
    expect(waits).to_contain_text("Goes out")
    expect(ada.page.locator(".log .entry").last).to_contain_text("wrote an answer that goes out at")
    assert [] == stage.rows("select id from message where text like 'It leaves%'")
    waits.get_by_role("button", name="Send now").click()
    expect(ada.page.locator(".log .msg.out", has_text="It leaves tomorrow.")).to_have_count(1)
    expect(waits).to_have_count(0)
    expect(ada.page.locator(".posted").last).to_have_text("Sent by email")
