"""A simulated floor misses nothing that falls due."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from routing import told_waits
from routing.simulation.timers import Timers
from tests.routing.history import CHORES, History

FORESEEN = [one for one in CHORES if one is not told_waits.TELL]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_chore_finds_was_foreseen(seed: int) -> None:
    """On a floor on which anything may have happened: nothing is due before the moment that is foreseen."""
    history, timers = History(Random(seed)), Timers(FORESEEN)
    foreseen = 0
    for _ in range(12):
        history.goes_on(3)
        session = history.change.session
        history.change.write()
        for ahead in (timedelta(0), timedelta(minutes=1), timedelta(hours=1), timedelta(days=2)):
            now = history.change.now + ahead
            due = [one.name for one in FORESEEN if one.due(session, now)]
            found = timers.due(session, now)
            assert not due or (found is not None and {one.name for one in found[1]} & set(due)), due
            foreseen += bool(due)

    assert foreseen
