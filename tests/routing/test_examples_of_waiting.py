"""The examples of docs/routing.md on waiting and callbacks, as they are told there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing import told_waits
from routing.callbacks.terms import terms_of
from routing.told_waits import Held, WaitPromise
from routing.wait import Band, Pace, band
from tests.cast import MONDAY, a_change
from tests.routing.callbacks.calls import reached_at_the_second_try
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
    callback = reached_at_the_second_try(a_change()).callback

    waited = timedelta(hours=3, minutes=20), timedelta(hours=1, minutes=5)
    told = timedelta(seconds=callback.gross_seconds or 0), timedelta(seconds=callback.net_seconds or 0)
    assert waited == told
    assert callback.kept


def test_the_usual_terms_are_those_of_the_table() -> None:
    terms = terms_of(a_change(), None, Rules())

    assert (None, None, 3) == (terms.per_window, terms.most_waiting, terms.tries)
    assert {"no_answer": 15, "busy": 5, "failed": 5} == {name: gap.seconds // 60 for name, gap in terms.gaps.items()}
    assert (timedelta(minutes=60), timedelta(hours=48)) == (terms.owner, terms.expire)
    assert (timedelta(minutes=10), timedelta(minutes=30)) == (terms.offer_above, terms.closing)
