"""The examples of docs/routing.md on waiting and callbacks, as they are told there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing import told_waits
from routing.callbacks.terms import terms_of
from routing.told_waits import Held, WaitPromise
from routing.wait import Band, Pace, band
from tests.cast import MONDAY, a_change
from tests.routing.callbacks.calls import a_call_floor, asks, moves, moves_to, rings
from tickets.rules import Rules


@pytest.mark.parametrize(("seconds", "held"), [(480, Held.WITHIN), (481, Held.LATER)])
def test_sam_is_told_one_to_eight_minutes(seconds: int, held: Held) -> None:
    said = band(1, Pace(slots=1, talk=300))
    assert (Band(68, 480), (1, 8)) == (said, said.minutes)

    promise = WaitPromise(
        id=1,
        ticket_id=1,
        queue_id=1,
        channel="chat",
        promised_low=said.low,
        promised_high=said.high,
        promised_at=MONDAY,
        risen_at=MONDAY,
    )
    promise.end(MONDAY + timedelta(seconds=seconds), answered=True)
    assert held == promise.held
    assert timedelta(seconds=5) == told_waits.EVERY


def test_sam_is_reached_at_the_second_try() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change, now="2026-11-23T11:00")
    sam = asks(change, "2026-11-23T13:00")
    moves_to(change, "2026-11-23T13:00")
    moves_to(change, "2026-11-23T14:00")
    rings(change, ada, sam.ticket, "no_answer")
    moves(change, minutes=15)
    moves(change, minutes=5)
    rings(change, ada, sam.ticket, "reached")

    waited = timedelta(hours=3, minutes=20), timedelta(hours=1, minutes=5)
    told = timedelta(seconds=sam.callback.gross_seconds or 0), timedelta(seconds=sam.callback.net_seconds or 0)
    assert waited == told
    assert sam.callback.kept


def test_the_usual_terms_are_those_of_the_table() -> None:
    terms = terms_of(a_change(), None, Rules())

    assert (None, None, 3) == (terms.per_window, terms.most_waiting, terms.tries)
    assert {"no_answer": 15, "busy": 5, "failed": 5} == {name: gap.seconds // 60 for name, gap in terms.gaps.items()}
    assert (timedelta(minutes=60), timedelta(hours=48)) == (terms.owner, terms.expire)
    assert (timedelta(minutes=10), timedelta(minutes=30)) == (terms.offer_above, terms.closing)
