"""Small changes are drawn for the screens by the thread that wrote them; nobody sees any difference."""

from __future__ import annotations

import pytest

from server import feed
from server.feed import MOST_DRAWN
from tests.engine import about_sqlite
from tests.server.ear import until
from tests.server.feeding import House, following, held_by, house
from tickets.live import Outbox

__all__ = ["house"]


@about_sqlite
async def test_what_comes_one_by_one_is_drawn_by_the_writer_and_by_nobody_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To wake two threads for each of them cost as much as to draw it."""
    monkeypatch.setattr(feed, "GLANCE", 60.0)  # nobody looks by themselves
    monkeypatch.setattr(house.desk.showing, "_clock", lambda: 0.0)  # and a hand is never slow, whatever else runs here
    outbox = Outbox()
    async with house.feed.running():
        await house.feed.follow(outbox, following(1), cursor=None)
        for pos in (1, 2, 3, 4):
            await house.happens(1)
            await until(lambda: house.feed.cursor == pos)  # noqa: B023

    assert [1, 2, 3, 4] == held_by(outbox)
    assert [("frontdesk-writer", pos) for pos in (2, 3, 4)] == house.teller.drew[1:], "the first: somebody had come"


async def test_what_was_drawn_for_others_is_drawn_anew(house: House) -> None:
    """Somebody came while it was on its way; what they follow was not drawn."""
    early, late = Outbox(), Outbox()
    await house.feed.follow(early, following(1), cursor=None)
    await house.steps()
    await house.happens(1, 2)
    house.draws()
    await house.feed.follow(late, following(2), cursor=None)
    await house.steps()

    assert ([1], [2]) == (held_by(early), held_by(late))


async def test_what_was_drawn_from_another_place_is_read_again(house: House) -> None:
    outbox = Outbox()
    await house.feed.follow(outbox, following(1), cursor=None)
    await house.steps()
    await house.happens(1)
    house.draws()
    drawn = house.feed._drawn
    await house.steps()
    await house.happens(1)
    house.feed._drawn = drawn
    await house.steps()

    assert [1, 2] == held_by(outbox)


async def test_what_was_committed_behind_it_is_told_in_the_same_step(house: House) -> None:
    """Both rang before anybody looked, so nothing rings for it again: it came with the next glance, a second late."""
    outbox = Outbox()
    await house.feed.follow(outbox, following(1), cursor=None)
    await house.steps()
    house.drawing = True
    await house.happens(1)
    house.drawing = False
    await house.happens(1)
    await house.steps()

    assert [1, 2] == held_by(outbox)


async def test_much_at_once_is_not_drawn_by_the_writer(house: House) -> None:
    """Everybody's next change waits for it."""
    await house.feed.follow(Outbox(), following(1), cursor=None)
    await house.steps()
    for _ in range(MOST_DRAWN):
        await house.happens(1)
    house.draws()
    assert house.feed._drawn is not None
    house.feed._drawn = None
    await house.happens(1)
    house.draws()
    assert house.feed._drawn is None
