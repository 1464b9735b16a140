"""An agent sees the number first, then when and what was tried; and whatever happens to a call, the card follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.widgets.applier import parsed, same
from tests.widgets.callers import ada_cancels, ada_takes_it, its_time_comes, rings, sam_asks, sam_moves_it
from tests.widgets.screens import Day, a_day

Story = Callable[[Day], Awaitable[object]]
VIEWS = ("open", "mine", "snoozed")


STORIES: dict[str, tuple[bool, Story]] = {
    "it falls due": (True, its_time_comes),
    "it is moved": (False, sam_moves_it),
    "nobody answers": (False, rings("no_answer", "busy")),
    "nobody ever answers": (False, rings("no_answer", "no_answer", "no_answer")),
    "somebody takes it": (False, ada_takes_it),
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
        assert ["reached", "no_answer", "busy", "wrong_number"] == card.xpath(
            ".//*[@data-act='callback/tries/1']/@data-value"
        )
        assert "Mon, Nov 23, 17:00–19:00 (Shanghai time)" in card.text_content()
        assert "/orders/5590" in card.text_content()
        (offer,) = parsed(day.page()).find_class("to-ring")
        assert "+49 30 1234567" in offer.text_content()


async def test_what_is_over_can_still_be_dialled_and_has_no_buttons_left(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await opened(day)
        await rings("reached")(day)
        card = parsed(day.page()).find_class("call")[0]

        assert ["tel:+49301234567"] == card.xpath(".//a/@href")
        assert [] == card.xpath(".//*[@data-act]")
        assert "Reached" in card.text_content()
