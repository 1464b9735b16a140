"""A page shows what the database knows, to whoever looks, in their words, and nothing that was written acts on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.widgets.applier import by_id, parsed
from tests.widgets.screens import Day, a_day, another_chat
from tickets import canned, find
from tickets.edge import SignedIn
from tickets.errors import NotFound
from tickets.people import Customer, Role
from tickets.ticket import Ticket
from widgets.drawing import TEMPLATES
from widgets.pages import Pages
from widgets.timeline import MOST_ENTRIES


def reader(day: Day, role: Role = Role.AGENT) -> dict[str, Any]:
    agent = SignedIn(day.ids["ada"], "Ada Lund", role, "", 1)
    return {"agent": agent, "language": day.language, "csrf": "t", "epoch": "e", "now": day.clock.now()}


def page(day: Day, view: str = "open", number: int | None = None, **more: Any) -> str:
    return day.desk.look(day.pages.console, view=view, ticket_number=number, **(reader(day) | more))


def part(day: Day, name: str, view: str = "open", number: int | None = None, after: str = "") -> str:
    return day.desk.look(day.pages.console_part, part=name, view=view, ticket_number=number, after=after, **reader(day))


async def found(day: Day, query: str) -> list[str]:
    """The numbers of the tickets that a search shows."""
    for stretch in day.desk.look(find.missing, day.clock.now()):
        await day.does(find.follow, day.desk.look(find.step, stretch))
    shown = html.fragments_fromstring(day.desk.look(day.pages.search, query=query, part="list", **reader(day)))
    return [str(row.get("data-number")) for row in shown[0].iter("li")]


async def test_what_does_not_exist_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        for view, number in (("nonsense", None), ("queue-999", None), ("queue-x", None), ("open", 99_999)):
            with pytest.raises(NotFound):
                page(day, view, number)
        for name, after in (("nonsense", ""), ("rows", "1-2"), ("earlier", "x")):
            with pytest.raises(NotFound):
                part(day, name, after=after)


async def test_a_page_says_its_language_and_where_it_was_read(tmp_path: Path) -> None:
    async with a_day(tmp_path, language="zh") as day:
        shown = parsed(page(day, "mine", day.number))
        assert "zh-Hans" == shown.get("lang")
        assert str(day.cursor) == shown.xpath("//main/@data-cursor")[0]
        assert "我的" in shown.xpath("//title/text()")[0]


async def test_nothing_that_a_customer_writes_becomes_markup(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        evil = '"><img src=x onerror=alert(1)>'
        await day.does(lambda change: change.take(Customer, day.ids["customer"]).rename(change, evil))
        await day.takes(Ticket.set_subject, evil)
        await day.sam_says(evil, "c-7")
        shown = parsed(page(day, "open", day.number))
        assert [] == shown.xpath("//img | //*[@onerror]")
        assert evil in shown.xpath("//main//*[@class='text']/text()")[-1]
        assert [] == parsed(page(day, f"find:{evil}", day.number)).xpath("//img | //*[@onerror]")


async def test_a_page_has_no_script_or_style_of_its_own(tmp_path: Path) -> None:
    """The policy allows none: it would be broken on every visit."""
    async with a_day(tmp_path) as day:
        shown = parsed(page(day, "open", day.number))
        assert [] == shown.xpath("//style | //*[@style] | //script[not(@src)][not(@type='application/json')]")
        assert [] == [name for name in shown.xpath("//@*") if getattr(name, "attrname", "").startswith("on")]


async def test_every_id_stands_once(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await another_chat(day)
        ids = parsed(page(day, "open", day.number)).xpath("//@id")
        assert len(ids) == len(set(ids))


async def test_a_long_timeline_begins_with_its_newest_entries(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        for number in range(MOST_ENTRIES):
            await day.sam_says(f"Line {number}", f"l-{number}")
        (earlier,) = parsed(page(day, "open", day.number)).xpath("//button/@data-earlier")
        older = html.fragment_fromstring(part(day, "earlier", number=day.number, after=earlier))
        assert "Where is it?" in older.text_content()
        assert "Line 99" not in older.text_content()
        assert older.get("data-more") is None


async def test_a_long_list_goes_on_where_it_ended(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        for number in range(55):
            await another_chat(day, name=f"Visitor {number}", token=f"token-{number}")
        listed = by_id(parsed(page(day)), "list-open")
        assert listed is not None
        rest = html.fragment_fromstring(part(day, "rows", after=listed.get("data-more") or ""))
        assert (50, 6, None) == (len(listed), len(rest), rest.get("data-more"))
        assert set() == {row.get("id") for row in listed} & {row.get("id") for row in rest}


async def test_a_search_finds_by_number_name_address_and_words(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        other = await another_chat(day)
        number = str(day.desk.look(lambda session: session.get_one(Ticket, other).number))
        for query in ("退款", "李静", "shared@mail.example", f"#{number}", number):
            assert [number] == await found(day, query), query
        assert [str(day.number)] == await found(day, "where is")
        for query in ("%", "_", '"', "' or 1=1 --", "(.*)+", "x" * 10_000, ""):
            assert [] == await found(day, query), query


async def test_a_search_shows_where_it_found_it(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await another_chat(day)
        await found(day, "退款")
        shown = day.desk.look(day.pages.search, query="退款", part="list", **reader(day))
        assert "<mark>退款</mark>" in shown


async def test_a_search_survives_opening_what_it_found(tmp_path: Path) -> None:
    """Reload and back land in the same results: the list's name carries the question."""
    async with a_day(tmp_path) as day:
        await found(day, "where")
        shown = parsed(page(day, "find:where", day.number))
        assert ["find:where"] == shown.xpath("//section/@data-view")
        assert ["true"] == shown.xpath("//li//a/@aria-current")


async def test_canned_replies_are_filled_for_the_ticket(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        text = "Hello {{customer.name}}, {{agent.name}} here: {{ticket.number}}"
        await day.does(canned.add_canned, shortcut="hi", title="Greeting", text=text)
        agent = reader(day)["agent"]
        (reply,) = day.desk.look(day.pages.canned, agent, query="h", ticket_number=day.number)
        assert f"Hello Sam Okafor, Ada Lund here: {day.number}" == reply["text"]
        (reply,) = day.desk.look(day.pages.canned, agent, query="greet", ticket_number=None)
        assert "Hello , Ada Lund here: " == reply["text"]


async def test_only_an_admin_is_shown_the_way_to_the_settings(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        admin = SignedIn(day.ids["ada"], "Ada Lund", Role.ADMIN, "", 1)
        assert "/app/admin" not in page(day)
        assert "/app/admin" in page(day, agent=admin)


async def test_the_chat_frame_and_its_loader_come_from_here() -> None:
    assert b"Frontdesk" in Pages().loader()


def test_a_fragment_template_has_one_root() -> None:
    """By its look: one element begins at the left edge and its end is the last line."""
    for template in sorted((TEMPLATES / "console").glob("_*.html")):
        lines = [line for line in template.read_text().splitlines() if line and not line.startswith(("{%", "{#"))]
        tag = lines[0].partition(" ")[0].removeprefix("<")
        assert lines[0].startswith("<"), template.name
        assert lines[-1].endswith(f"</{tag}>"), template.name
        assert ' id="' in lines[0], template.name
