"""Throws the dice: when the next contact comes, how long it takes, how long somebody is patient."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import log, sqrt
from random import Random

from routing.simulation.scenario import HOURS, Duration, Flow, Scenario, Shape


def arrivals(scenario: Scenario, flow: Flow, dice: Random) -> Iterator[datetime]:
    """When contacts come: independently of one another, at a steady rate within each hour (a Poisson process)."""
    for day in range(scenario.days):
        for hour in range(HOURS):
            begins, ends = scenario.at(day, hour * 60), scenario.at(day, (hour + 1) * 60)
            rate = flow.by_hour[hour] / 3600
            at = begins
            while rate > 0:
                at += timedelta(seconds=dice.expovariate(rate))
                if at >= ends:
                    break
                yield at


def drawn(duration: Duration, dice: Random) -> timedelta:
    if duration.shape is Shape.CONSTANT:
        seconds = duration.mean
    elif duration.shape is Shape.LOGNORMAL:
        variance = log(1 + duration.spread**2)
        seconds = dice.lognormvariate(log(duration.mean) - variance / 2, sqrt(variance))
    else:
        seconds = dice.expovariate(1 / duration.mean)
    return timedelta(seconds=seconds)
