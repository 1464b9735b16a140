"""An agent sees the number first, then when and what was tried; and whatever happens to a call, the card follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from routing.calendars import BusinessCalendar
from routing.callbacks.callback import Callback
from routing.hours import add_calendar
from routing.queues import Queue
from tests.widgets.applier import parsed, same
from tests.widgets.callers import (
    ada_cancels,
    ada_dials,
    ada_takes_it,
    ada_takes_it_and_is_lost,
    its_time_comes,
    rings,
    sam_asks,
    sam_asks_again,
    sam_moves_it,
)
from tests.widgets.screens import Day, a_day
from tickets.change import Change

Story = Callable[[Day], Awaitable[object]]
VIEWS = ("open", "mine", "snoozed")


STORIES: dict[str, tuple[bool, Story]] = {
    "it falls due": (True, its_time_comes),
    "it is moved": (False, sam_moves_it),
    "somebody dials": (False, ada_dials),
    "nobody answers": (False, rings("no_answer", "busy")),
    "nobody ever answers": (False, rings("no_answer", "no_answer", "no_answer")),
    "somebody takes it": (False, ada_takes_it),
    "who took it is lost": (False, ada_takes_it_and_is_lost),
    "somebody asks again": (False, sam_asks_again),
    "they are reached": (False, rings("reached")),
    "it is cancelled": (False, ada_cancels),
}


async def opened(day: Day, *, later: bool = False) -> None:
    """Sam asks, and his ticket stands open on Ada's screen from then on."""
    await sam_asks(day, later=later)
    day.ids |= {"ticket": day.ids["call"], "number": day.ids["call number"]}


@pytest.mark.parametrize("story", STORIES)
async def test_a_live_card_equals_a_reloaded_one(story: str, tmp_path: Path) -> None:
    later, happens = STORIES[story]
    async with a_day(tmp_path) as day:
        await opened(day, later=later)
        before = {view: parsed(day.page(view)) for view in VIEWS}
        cursor = day.cursor
        await happens(day)
        for view in VIEWS:
            after = day.live(before[view], day.since(cursor, view), view)
            assert same(parsed(day.page(view))) == same(after), view


async def test_the_number_can_be_dialled_and_copied_and_every_outcome_is_a_button(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await opened(day)
        card = parsed(day.page()).find_class("call")[0]

        assert ["tel:+49301234567"] == card.xpath(".//a/@href")
        assert "+49 30 1234567" == card.xpath("string(.//a)")
        assert ["+49301234567"] == card.xpath(".//@data-copy")
        assert ["reached", "no_answer", "busy", "failed", "wrong_number"] == card.xpath(
            ".//*[@data-act='callback/tries/1']/@data-value"
        )
        assert "Mon, Nov 23, 17:00–19:00 (Shanghai time)" in card.text_content()
        assert "/orders/5590" in card.text_content()
        (offer,) = parsed(day.page()).find_class("to-ring")
        assert "+49 30 1234567" in offer.text_content()


async def test_a_card_tells_its_times_in_utc_where_nobody_knows_the_zone_any_more(tmp_path: Path) -> None:
    """Row 45: that of the queue's hours, or the one that the customer's browser named."""

    def drop_the_zones(change: Change) -> None:
        hours = add_calendar(change, "Office", BusinessCalendar("UTC", (((9 * 60, 17 * 60),),) * 7))
        change.take(Queue, day.ids["billing"]).calendar_id = hours.id
        hours.zone, change.take(Callback, day.ids["call"]).zone = "Mars/Olympus_Mons", "US/Pacific-New"

    async with a_day(tmp_path) as day:
        await opened(day, later=True)
        await day.does(drop_the_zones)
        card = parsed(day.page("snoozed")).find_class("call")[0]

        assert "Mon, Nov 23, 10:00–12:00 (UTC)" in card.text_content()


async def test_what_is_over_can_still_be_dialled_and_has_no_buttons_left(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await opened(day)
        await rings("reached")(day)
        card = parsed(day.page()).find_class("call")[0]

        assert ["tel:+49301234567"] == card.xpath(".//a/@href")
        assert [] == card.xpath(".//*[@data-act]")
        assert "Reached" in card.text_content()
