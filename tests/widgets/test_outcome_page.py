"""A supervisor chooses days, and reads how soon customers were answered and what became of their tickets."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement

from routing.wallboard.days import usual_days
from tests.cast import MovedClock, UnitChange, a_ticket
from tests.routing.test_outcomes import a_desk, answers, solves, writes
from tests.server.doorstep import a_whole_house, hire
from tests.server.reading import beside, in_field, tree
from tests.widgets.applier import parsed
from tickets.edge import SignedIn
from tickets.forms.fields import Form
from tickets.people import Role
from widgets.outcome_page import outcomes_page
from widgets.wallboard_rows import rows_page

PAGE = "/app/wallboard/outcomes"


def reader(change: UnitChange, language: str = "en") -> dict[str, Any]:
    grace = SignedIn(999, "Grace Hill", Role.SUPERVISOR, "", 1)
    return {"agent": grace, "language": language, "csrf": "token", "epoch": "e1", "now": change.now}


def a_page(change: UnitChange, language: str = "en") -> HtmlElement:
    change.write()
    days = usual_days(change.session, change.now)
    return parsed(outcomes_page(change.session, form=Form([]), days=days, **reader(change, language)))


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_each_number_opens_the_rows_that_it_counts() -> None:
    change, queue = a_desk()
    tickets = []
    for hours in (1, 9):
        tickets.append(ticket := a_ticket(change, queue_id=queue.id))
        change.moves(hours=hours)
        answers(change, ticket)
        solves(change, ticket)
    writes(change, tickets[-1])

    (row,) = (page := a_page(change)).xpath("//table[@id='outcomes']/tbody/tr")

    shown = ["Support Chat", "2", "5 h 00 m half within 5 h 00 m", "4 h 00 m half within 4 h 00 m", "2"]
    assert [*shown, "50 % 1 of 2", "50 % 1 of 2"] == [words(cell) for cell in row]
    for link, (n, bad) in zip(row.xpath(".//a"), [(2, None), (2, 1), (2, 1)], strict=True):
        figure, query = re.fullmatch(r"/app/wallboard/rows/(.*)\?first=(.*)", link.get("href")).groups()  # type: ignore[union-attr]
        first, last = (date.fromisoformat(day) for day in query.split("&last="))
        rows = parsed(rows_page(change.session, figure=figure, days=(first, last), **reader(change)))
        assert n == len(rows.xpath("//table[@id='rows']/tbody/tr"))
        assert [str(bad)] == rows.xpath("//*[@id='rows-bad']/text()") or bad is None
    assert not page.xpath("//table[@id='promised']")


def test_days_on_which_nothing_happened_say_so_in_both_languages() -> None:
    change, _ = a_desk()
    assert "Nothing was answered or solved in these days." in words(a_page(change))
    assert "这些天没有答复或解决任何工单。" in words(a_page(change, "zh"))


DAYS_THAT_ARE_NONE = [
    ("soon", "2026-11-23", "first", "Write a day like 2026-11-23."),
    ("2026-11-23", "2026-11-20", "first", "The first day comes before the last."),
    ("2020-01-01", "2026-11-20", "first", "At most 92 days at once."),
    ("2026-11-23", "9999-12-31", "last", "Choose days that have been."),
    ("2026-11-23", "", "last", "This is needed."),
    ("0001-01-01", "0001-01-01", "first", "Choose days from 2000 on."),
]


def test_days_that_are_none_are_said_beside_their_field(tmp_path: Path) -> None:
    """What was typed stays; without any, it is the last seven."""
    with a_whole_house(tmp_path, url="https://desk.example", clock=MovedClock()) as house:
        house.change(hire, "Grace", Role.SUPERVISOR)
        house.sign_in("Grace")
        usual = house.open(PAGE)
        assert ["2026-11-17", "2026-11-23"] == [in_field(usual, name).get("value") for name in ("first", "last")]
        for first, last, field, says in DAYS_THAT_ARE_NONE:
            page = house.open(f"{PAGE}?first={first}&last={last}")
            assert (422, says) == (page.status_code, beside(page, field))
            assert [first, last] == [in_field(page, name).get("value") for name in ("first", "last")]
            assert not tree(page).xpath("//table")
