"""Scenarios for stories of simulated floors, and the same line played out without a desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heapreplace
from math import inf
from random import Random
from typing import Any

from routing.simulation.outcome import Contact
from routing.simulation.scenario import HOURS, Duration, Flow, Line, Scenario, Shape, Shift
from tickets.status import Channel

DAY = 24 * 60


def flow(queue: str = "Support", **but: Any) -> Flow:
    """Forty chats between nine and ten, of two minutes each, and nobody gives up."""
    usual: dict[str, Any] = {"by_hour": between(9, 10, 40), "handling": Duration(120.0, Shape.CONSTANT)}
    return Flow(queue, **{"channel": Channel.CHAT, **usual, **but})


def between(first: int, last: int, an_hour: float) -> list[float]:
    return [an_hour if first <= hour < last else 0.0 for hour in range(HOURS)]


def shift(agents: int, *queues: str, **but: Any) -> Shift:
    """Around the clock."""
    return Shift(**{"name": "Day", "agents": agents, "starts": 0, "ends": DAY, "queues": queues or ("Support",), **but})


def scenario(flows: Sequence[Flow], shifts: Sequence[Shift], *lines: Line, **but: Any) -> Scenario:
    return Scenario("A day", lines or (Line("Support"),), flows, shifts, **but)


def steady(agents: int, busy: float, contacts: int, *, handling: float = 180.0) -> Scenario:
    """M/M/c: arrivals and handling times without memory, nobody gives up. About so many come, in whole days or one."""
    a_day = HOURS * agents * busy * 3600 / handling
    if contacts < a_day:
        come = flow(by_hour=between(0, round(HOURS * contacts / a_day), a_day / HOURS), handling=Duration(handling))
        return scenario([come], [shift(agents)])
    come = flow(by_hour=[a_day / HOURS] * HOURS, handling=Duration(handling))
    return scenario([come], [shift(agents, ends=0)], days=round(contacts / a_day))


def waits_in_turn(contacts: Iterable[Contact], agents: int) -> list[float]:
    """How long each waits where the longest waiting goes to whoever is free first (Kiefer and Wolfowitz, 1955), or
    until their patience ends: then nobody serves them.
    """
    first, free, waits = None, [0.0] * agents, []
    for one in contacts:
        first = first or one.came
        came = (one.came - first).total_seconds()
        wait, patience = max(0.0, free[0] - came), inf if one.patience is None else one.patience.total_seconds()
        if wait <= patience:
            heapreplace(free, came + wait + one.handling.total_seconds())
        waits.append(min(wait, patience))
    return waits


def in_the_long_run(agents: int, busy: float, contacts: int, seed: int = 1) -> tuple[float, float]:
    """The share that waits and the mean wait in handling times of the same line, played out without a desk."""
    dice, at, free = Random(seed), 0.0, [0.0] * agents
    heapify(free)
    waited, waits = 0, 0.0
    for _ in range(contacts):
        at += dice.expovariate(agents * busy)
        wait = max(0.0, free[0] - at)
        waited += wait > 0
        waits += wait
        heapreplace(free, at + wait + dice.expovariate(1.0))
    return waited / contacts, waits / contacts
