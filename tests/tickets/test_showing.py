"""The writer keeps step with the screens: what comes while the last change is being drawn goes together."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
import structlog

from tests.cast import MovedClock, a_database, a_ticket
from tests.engine import about_sqlite
from tickets import showing
from tickets.change import Change
from tickets.desk import Desk
from tickets.showing import Showing

LATER = 60.0  # seconds: whoever waited so long waited in vain


@pytest.fixture
def screens(monkeypatch: pytest.MonkeyPatch) -> Showing:
    monkeypatch.setattr(showing, "LONGEST", LATER)
    return Showing()


def is_free(screens: Showing) -> bool:
    return screens._is_shown.is_set()


def test_nobody_waits_where_nothing_is_told(screens: Showing) -> None:
    screens.committed(7)
    assert is_free(screens)
    screens.told(7)
    screens.nobody_tells()
    screens.committed(9)
    assert is_free(screens)


def test_the_next_change_waits_for_what_was_committed_last(screens: Showing) -> None:
    screens.told(3)
    screens.committed(5)
    for pos, free in ((4, False), (5, True), (6, True)):
        screens.told(pos)
        assert free == is_free(screens)
    screens.committed(6)
    assert is_free(screens), "the screens were there first"


def test_whoever_waits_goes_on_as_soon_as_it_is_shown(screens: Showing) -> None:
    screens.told(1)
    screens.committed(2)
    waiting = threading.Thread(target=screens.wait)
    waiting.start()
    screens.told(2)
    waiting.join(LATER / 2)
    assert not waiting.is_alive()


def test_screens_that_stand_still_keep_nobody() -> None:
    screens = Showing()
    screens.told(1)
    screens.committed(2)
    screens.wait()
    assert not is_free(screens)


class Hand:
    """Draws what it is told to, as slowly as it is told to; it may slip."""

    def __init__(self, *, seconds: float = 0.0, slips: bool = False) -> None:
        self.now = 0.0
        self.drew: list[int] = []
        self._seconds = seconds
        self._slips = slips

    def draw(self, pos: int) -> None:
        self.drew.append(pos)
        self.now += self._seconds
        if self._slips:
            raise ZeroDivisionError

    def draws(self) -> Showing:
        screens = Showing(clock=lambda: self.now)
        screens.drawn_by(self.draw)
        screens.told(0)
        return screens


def _goes_on(screens: Showing, *committed: int, told: bool = True) -> None:
    """The writer commits, and draws; the screens show it before the next."""
    for pos in committed:
        screens.committed(pos)
        screens.draw()
        if told:
            screens.told(pos)


def test_each_commit_is_drawn_once() -> None:
    hand = Hand()
    screens = hand.draws()
    _goes_on(screens, 3, 5)
    screens.draw()  # a batch that recorded nothing
    assert [3, 5] == hand.drew


def test_screens_that_are_behind_are_left_to_catch_up() -> None:
    """What is drawn begins where they are, and they are somewhere else by the time that it is ready."""
    hand = Hand()
    screens = hand.draws()
    _goes_on(screens, 3, 5, told=False)
    assert [3] == hand.drew
    screens.told(5)
    _goes_on(screens, 6)
    assert [3, 6] == hand.drew


def test_a_hand_that_is_slow_rests_for_a_moment() -> None:
    """Everybody's next change waits for the writer."""
    hand = Hand(seconds=showing.LONGEST * 1.1)
    screens = hand.draws()
    _goes_on(screens, 1, 2, 3)
    assert [1] == hand.drew
    hand.now += showing.REST
    _goes_on(screens, 4, 5)
    assert [1, 4] == hand.drew


def test_a_slip_of_the_hand_is_said_and_nothing_else() -> None:
    hand = Hand(slips=True)
    with structlog.testing.capture_logs() as said:
        _goes_on(hand.draws(), 1, 2)
    assert ([1, 2], ["warning"] * 2) == (hand.drew, [line["log_level"] for line in said])


def test_nothing_is_drawn_where_nothing_is_told() -> None:
    hand = Hand()
    screens = hand.draws()
    screens.nobody_tells()
    _goes_on(screens, 1, told=False)
    assert [] == hand.drew


def _opens(change: Change) -> int:
    return a_ticket(change).id


@about_sqlite
async def test_what_came_meanwhile_is_committed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "LONGEST", LATER)
    batches: list[int] = []
    database = a_database(tmp_path)
    ended = Desk(database.writes, database.reads, clock=MovedClock(), ended=lambda done: batches.append(len(done)))
    async with ended as desk:
        desk.showing.told(0)
        await desk.change(_opens, by="system")
        asked = [asyncio.ensure_future(desk.change(_opens, by="system")) for _ in range(5)]
        await asyncio.sleep(0)
        desk.showing.nobody_tells()
        await asyncio.gather(*asked)
    database.close()
    assert [1, 5] == batches
