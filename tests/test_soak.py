"""What `make soak` tells apart: a memory that goes up and down, one that is being filled, and one that leaks."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.bench.soak import EVERY, WARM_UP, slope

HALF_AN_HOUR = 1800.0  # seconds


def looks(*, leak: float, swing: float = 1.5, seed: int = 1) -> Iterator[tuple[float, float]]:
    """A desk of 135 MB that leaks so many megabytes an hour, and swings by so many while the collector is away."""
    noise, at = random.Random(seed), 0.0
    while at < HALF_AN_HOUR:
        yield at, 135 + leak * at / 3600 + swing * (at % 400) / 400 + noise.gauss(0, 0.2)
        at += EVERY


@pytest.mark.parametrize("seed", range(5))
def test_ten_megabytes_an_hour_are_a_leak_and_none_is_none(seed: int) -> None:
    found = {leak: slope(list(looks(leak=leak, seed=seed)), warm_up=HALF_AN_HOUR * WARM_UP) for leak in (0, 10)}
    assert {0: False, 10: True} == {leak: slope.grows for leak, slope in found.items()}
    assert 10 == pytest.approx(found[10].growth, abs=2 * found[10].error)
