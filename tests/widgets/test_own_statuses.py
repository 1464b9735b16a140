"""A status that goes by an own name: what the menu offers, and what head, list and timeline call it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.widgets.applier import by_id, parsed, same
from tests.widgets.screens import Day, a_day
from tickets import by_hand
from tickets.change import Change
from tickets.status import Status
from tickets.status_names import add_status_name, remove_status_name, rename_status_name

SCRIPT = "<img src=x onerror=alert(1)>\u202e"


async def named(day: Day, status: Status, name: str) -> int:
    """The id of a new name."""

    def adds(change: Change) -> int:
        return add_status_name(change, status, name).id

    return int(await day.does(adds))


async def goes_by(day: Day, status: Status, name_id: int | None) -> None:
    await day.does(by_hand.set_status, day.ids["ticket"], status, name_id, by=day.ada)


def said(page: Any, id: str) -> str:
    element = by_id(page, id)
    assert element is not None
    return " ".join(element.text_content().split())


def offered(page: Any) -> list[tuple[str, str]]:
    """The status menu: what each entry sets, and what it says first."""
    return [
        (str(entry.get("data-value")), entry.find("span").text_content())
        for entry in page.xpath("//*[@id='menu-status']//button")
    ]


async def test_the_menu_lists_own_names_under_their_status(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        parts = await named(day, Status.ON_HOLD, "Waiting for parts")
        bank = await named(day, Status.ON_HOLD, "Waiting for the bank")
        second = await named(day, Status.OPEN, "Second level")

        assert [
            ("open", "Open"),
            (f"open:{second}", "Second level"),
            ("pending", "Pending"),
            ("on_hold", "On hold"),
            (f"on_hold:{parts}", "Waiting for parts"),
            (f"on_hold:{bank}", "Waiting for the bank"),
            ("resolved", "Resolved"),
        ] == offered(parsed(day.page()))[:7]


async def test_what_the_head_shows_is_an_entry_of_the_menu(tmp_path: Path) -> None:
    """The menu presses the entry that equals it, and sends it back as what the agent saw."""
    async with a_day(tmp_path) as day:
        parts = await named(day, Status.ON_HOLD, "Waiting for parts")
        for name_id in (parts, None):
            await goes_by(day, Status.ON_HOLD, name_id)
            page = parsed(day.page())
            (shown,) = page.xpath("//*[@data-menu='status']/@data-shown")
            assert shown in [value for value, _ in offered(page)]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_head_list_and_timeline_call_it_by_its_own_name(tmp_path: Path, language: str) -> None:
    """A person's word is not translated."""
    async with a_day(tmp_path, language=language) as day:
        await goes_by(day, Status.ON_HOLD, await named(day, Status.ON_HOLD, "Pending"))
        page, ticket = parsed(day.page()), day.ids["ticket"]

        assert said(page, f"status-{ticket}").endswith("Pending")
        assert "Pending" in said(page, f"row-{ticket}")
        assert "Pending" in said(page, f"timeline-{ticket}")
        assert "on_hold" == page.xpath(f"//*[@id='head-{ticket}']/@data-status")[0]


async def test_an_open_ticket_that_is_live_says_both(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await goes_by(day, Status.OPEN, await named(day, Status.OPEN, "Second level"))

        row = said(parsed(day.page()), f"row-{day.ids['ticket']}")
        assert "Live" in row
        assert "Second level" in row


async def test_another_name_is_on_every_open_screen(tmp_path: Path) -> None:
    """Also in the lines that were written before."""
    async with a_day(tmp_path) as day:
        parts = await named(day, Status.ON_HOLD, "Parts")
        await goes_by(day, Status.ON_HOLD, parts)
        page, cursor = parsed(day.page()), day.cursor

        await day.does(rename_status_name, parts, "Waiting for parts")

        after = day.live(page, day.since(cursor))
        assert same(parsed(day.page())) == same(after)
        assert "Waiting for parts" in said(after, f"timeline-{day.ids['ticket']}")


async def test_what_is_done_falls_back_when_its_name_goes(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        duplicate = await named(day, Status.RESOLVED, "Duplicate")
        await goes_by(day, Status.RESOLVED, duplicate)
        await day.does(remove_status_name, duplicate)
        page, ticket = parsed(day.page("resolved")), day.ids["ticket"]

        assert said(page, f"status-{ticket}").endswith("Resolved")
        assert "Resolved" in said(page, f"row-{ticket}")
        assert "Duplicate" not in page.text_content()


async def test_a_name_made_of_markup_is_text_wherever_it_stands(tmp_path: Path) -> None:
    """And it turns no line around."""
    async with a_day(tmp_path) as day:
        await goes_by(day, Status.ON_HOLD, await named(day, Status.ON_HOLD, SCRIPT))
        text = day.page()
        page, ticket = parsed(text), day.ids["ticket"]

        assert [] == page.xpath("//img | //*[@onerror]")
        for id in (f"status-{ticket}", f"row-{ticket}", f"timeline-{ticket}", "menu-status"):
            assert "<img src=x onerror=alert(1)>" in said(page, id), id
        for id in (f"status-{ticket}", f"row-{ticket}", "menu-status"):
            assert "\u202e" not in said(page, id), id
