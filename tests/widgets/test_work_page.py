"""A supervisor sees how long talks took today, and how much of their time agents were at work."""

from __future__ import annotations

from typing import Any

from lxml.html import HtmlElement

from tests.cast import UnitChange, a_change
from tests.routing.test_hands import chats_and_a_letter
from tests.widgets.applier import parsed
from tickets.edge import SignedIn
from tickets.people import Role
from widgets.wallboard_rows import rows_page
from widgets.work_page import work_page


def test_the_page_says_what_a_talk_took_and_how_busy_somebody_was() -> None:
    """The example of docs/wallboard.md; the number of talks opens the talks."""
    change, *_ = chats_and_a_letter()

    page = a_page(change)

    (talks,), (work,) = page.xpath("//table[@id='talks']/tbody/tr"), page.xpath("//table[@id='occupancy']/tbody/tr")
    assert ["Support Chat", "2", "5 m 30 s", "30 s", "6 m 00 s"] == cells(talks)
    assert ["Ada", "55 %", "12 m 00 s", "8 m 00 s", "16 m 00 s"] == cells(work)
    (behind,) = talks.xpath(".//a/@href")
    figure = behind.removeprefix("/app/wallboard/rows/")
    rows = parsed(rows_page(change.session, figure=figure, **reader(change, "en")))
    assert 2 == len(rows.xpath("//table[@id='rows']/tbody/tr"))


def test_a_desk_on_which_nothing_happened_says_so_in_both_languages() -> None:
    change = a_change()
    assert "No talk has ended yet today." in a_page(change).text_content()
    assert "今天还没有人工作过。" in a_page(change, "zh").text_content()


def cells(row: HtmlElement) -> list[str]:
    return [" ".join(cell.text_content().split()) for cell in row]


def reader(change: UnitChange, language: str) -> dict[str, Any]:
    grace = SignedIn(999, "Grace Hill", Role.SUPERVISOR, "", 1)
    return {"agent": grace, "language": language, "csrf": "token", "epoch": "e1", "now": change.now}


def a_page(change: UnitChange, language: str = "en") -> HtmlElement:
    return parsed(work_page(change.session, **reader(change, language)))
