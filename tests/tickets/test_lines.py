"""Of the lines that somebody has at several processes, those that are too many are closed, and no others."""

from __future__ import annotations

from collections import deque
from itertools import count, permutations
from typing import Any

import pytest

from tickets.lines import live
from tickets.lines.live import LinesElsewhere

SAM = 7


class Street:
    """Carries whispers to everybody's ears, but not before it is told to."""

    def __init__(self) -> None:
        self.ears: list[Process] = []
        self._under_way: deque[tuple[str, dict[str, Any]]] = deque()

    def whispers(self, topic: str, frame: dict[str, Any]) -> None:
        self._under_way.append((topic, frame))

    def carries(self) -> None:
        while self._under_way:
            topic, frame = self._under_way.popleft()
            for process in self.ears:
                process.lines.hear(topic, frame)


class Process:
    """One of them, with Sam's lines by name, the newest last."""

    def __init__(self, street: Street) -> None:
        self.open: list[str] = []
        self.lines = LinesElsewhere("visitors", street.whispers, lambda _: len(self.open))
        street.ears.append(self)

    def opens(self, name: str, *, most: int) -> None:
        self.open.append(name)
        self.lines.opened(SAM, most=most, too_many=lambda: self.open.remove(name))


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No two lines are opened at the same time."""
    monkeypatch.setattr(live, "time", count().__next__)


@pytest.mark.parametrize("most", [1, 2])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_lines_opened_in_the_same_instant_the_newer_ones_stay(most: int, order: tuple[int, ...]) -> None:
    """They used to count each other, and all of them were closed."""
    street = Street()
    processes = [Process(street) for _ in range(3)]
    for name, number in zip(("oldest", "newer", "newest"), order, strict=True):
        processes[number].opens(name, most=most)
    street.carries()
    stay = {"newer", "newest"} if most == 2 else {"newest"}
    assert stay == {name for one in processes for name in one.open}


def test_a_line_that_comes_later_is_one_too_many_and_says_so_alone() -> None:
    street = Street()
    one, two = Process(street), Process(street)
    for process, name in ((one, "first"), (two, "second"), (one, "third"), (two, "fourth")):
        process.opens(name, most=2)
        street.carries()
    assert (["first"], ["second"]) == (one.open, two.open)


def test_who_was_here_long_ago_does_not_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the other process never heard of it: it was started later."""
    street = Street()
    one = Process(street)
    one.opens("first", most=1)
    street.carries()
    two = Process(street)
    monkeypatch.setattr(live, "INSTANT", -1.0)
    two.opens("second", most=1)
    street.carries()
    assert (["first"], []) == (one.open, two.open)


def test_nothing_is_remembered_of_those_who_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    street = Street()
    one, two = Process(street), Process(street)
    for number in range(3):
        two.opens(str(number), most=9)
        street.carries()
    assert {SAM} == one.lines._heard.keys()
    monkeypatch.setattr(live, "INSTANT", -1.0)
    two.opens("last", most=9)
    street.carries()
    assert ({}, 0) == (one.lines._heard, len(one.lines._lately))
