"""Busy on the wallboard is who gets no chat more: the board and routing go by the same room."""

from __future__ import annotations

from typing import Any

import pytest

from routing.loads import loads
from routing.medium import Medium
from routing.queues import Queue
from routing.wallboard.people import Doing, at_work
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import a_chat, a_floor, accept, offer_of, rings_at, settle
from tests.routing.talks import sets
from tickets.people import Agent


def _letters(change: UnitChange, queue: Queue, ada: Agent, n: int) -> None:
    for _ in range(n):
        a_ticket(change, queue_id=queue.id).assign(change, ada)
    settle(change)


def _chats(change: UnitChange, queue: Queue, ada: Agent, n: int) -> None:
    for _ in range(n):
        accept(change, ada, offer_of(change, a_chat(change, queue)))


@pytest.mark.parametrize(
    ("said", "letters", "chats", "expected"),
    [
        ({}, 20, 0, Doing.AVAILABLE),  # all of them are laid aside
        ({}, 0, 3, Doing.AVAILABLE),
        ({}, 0, 4, Doing.BUSY),
        ({}, 11, 3, Doing.AVAILABLE),
        ({"weight": 60}, 0, 1, Doing.BUSY),  # 40 of 100 are free
        ({"weight": 10}, 0, 4, Doing.AVAILABLE),
        ({"most": 2}, 0, 1, Doing.AVAILABLE),
        ({"most": 2}, 0, 2, Doing.BUSY),
    ],
)
def test_busy_is_at_whom_no_chat_rings(said: dict[str, Any], letters: int, chats: int, expected: Doing) -> None:
    """docs/wallboard.md: what may be interrupted is laid aside, and what the page Capacity says counts."""
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    sets(change, Medium.CHAT, **said)
    _letters(change, queue, ada, letters)
    _chats(change, queue, ada, chats)

    assert expected is _does(change)
    assert (rings_at(change, a_chat(change, queue)) == ada.id) is (expected is Doing.AVAILABLE)


def test_letters_that_are_not_to_be_interrupted_make_busy() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    sets(change, Medium.TICKET, interruptible=False)
    _letters(change, queue, ada, 16)

    assert Doing.BUSY is _does(change)
    assert rings_at(change, a_chat(change, queue)) is None


def test_a_chat_that_rings_counts_towards_the_most() -> None:
    change = a_change()
    queue, _ = a_floor(change, "Ada")
    sets(change, Medium.CHAT, most=1)
    a_chat(change, queue)

    assert Doing.BUSY is _does(change)


def _does(change: UnitChange) -> Doing:
    change.write()
    (ada,) = at_work(change.session, change.rules, loads(change.session))
    return ada.doing
