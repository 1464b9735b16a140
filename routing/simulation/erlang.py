"""How many agents a line needs, by the formulas of the field: Erlang B and C, and Erlang A where people give up.

`load` is the work that comes in an hour, in hours of one agent (erlangs): contacts a second times seconds each.
Sources: A. K. Erlang (1917), as in R. B. Cooper, Introduction to Queueing Theory (1981), 3.4 and 3.5; C. Palm (1957),
as in O. Garnett, A. Mandelbaum and M. Reiman, Designing a Call Center with Impatient Customers (2002), 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, lgamma, log

_UNLIKELY = 1e-12  # states of the line with less weight than this are left out
_SLICES = 200  # of the time within which an answer is promised; even, for Simpson's rule
_MOST_AGENTS = 100_000


@dataclass(frozen=True)
class Expected:
    """What a line does in the long run. `waits`: the share that waits at all; `wait`: the mean over everybody, in
    seconds; `within`: answered in the time asked for, of those who are answered or leave after that time (semantics.md
    part 8); `gives_up`: the share that leaves unanswered."""

    waits: float
    wait: float
    within: float
    gives_up: float = 0.0


def erlang_b(agents: int, load: float) -> float:
    """The share turned away where nobody can wait."""
    inverse = 1.0
    for n in range(1, agents + 1):
        inverse = 1.0 + inverse * n / load
    return 1.0 / inverse


def erlang_c(agents: int, load: float) -> float:
    """The share that waits where everybody does so until their turn; 1 where the line grows for ever."""
    if agents <= load:
        return 1.0
    blocked = erlang_b(agents, load)
    return blocked / (1.0 - (load / agents) * (1.0 - blocked))


def patient(agents: int, per_second: float, handling: float, within: float) -> Expected:
    """Erlang C: nobody gives up. Rates in contacts a second, times in seconds."""
    load = per_second * handling
    if load <= 0:
        return Expected(0.0, 0.0, 1.0)
    if agents <= load:
        return Expected(1.0, inf, 0.0)
    waits, spare = erlang_c(agents, load), (agents - load) / handling
    return Expected(waits, waits / spare, 1.0 - waits * exp(-spare * within))


def impatient(agents: int, per_second: float, handling: float, patience: float, within: float) -> Expected:
    """Erlang A: each gives up after a time of their own, `patience` seconds on average."""
    if per_second <= 0:
        return Expected(0.0, 0.0, 1.0)
    if agents == 0:
        return Expected(1.0, patience, 0.0, 1.0)
    states = _states(agents, per_second, handling, patience)
    waiting = states[agents:]
    queued = sum(n * share for n, share in enumerate(waiting))
    at_once, leaves, gives_up = sum(states[:agents]), agents / handling, 1.0 / patience
    soon = at_once + _turn_soon(waiting, leaves, gives_up, within, patient=False)
    later = max(0.0, 1.0 - at_once - _turn_soon(waiting, leaves, gives_up, within, patient=True))
    counted = soon + later * exp(-gives_up * within)  # not who has left before an answer was promised
    return Expected(sum(waiting), queued / per_second, soon / counted, queued / patience / per_second)


def agents_needed(share: float, expected: Callable[[int], Expected], *, least: int = 0) -> int:
    """The fewest agents with whom that share is answered in time. `expected(n)` says what n of them do."""
    low, high = least, max(1, least)
    while expected(high).within < share and high < _MOST_AGENTS:
        low, high = high + 1, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if expected(middle).within >= share else (middle + 1, high)
    return high


def _states(agents: int, per_second: float, handling: float, patience: float) -> list[float]:
    """How likely it is that so many are there, answered or waiting: births over deaths, from the likeliest outwards."""
    peak = max(0, int(per_second * handling))
    found, weight, n = {peak: 1.0}, 1.0, peak
    while weight > _UNLIKELY or n <= agents:
        n += 1
        weight *= per_second / (min(n, agents) / handling + max(0, n - agents) / patience)
        found[n] = weight
    weight = 1.0
    for n in range(peak, 0, -1):
        weight *= (min(n, agents) / handling + max(0, n - agents) / patience) / per_second
        found[n - 1] = weight
    total = sum(found.values())
    return [found[n] / total for n in range(len(found))]


def _turn_soon(waiting: list[float], leaves: float, gives_up: float, within: float, *, patient: bool) -> float:
    """The share that waits, and whose turn comes in time; where one is not `patient`: before they give up.

    Behind k others the turn comes after k + 1 departures, at rates `leaves` + j `gives_up` for j = k to 0: with density
    (1 - exp(-gives_up t))^k exp(-leaves t) gives_up / Beta(k + 1, leaves / gives_up).
    """
    if within <= 0:
        return 0.0
    ratio, step, rate = leaves / gives_up, within / _SLICES, leaves if patient else leaves + gives_up

    def density(t: float) -> float:
        passed = 1.0 - exp(-gives_up * t)
        if passed <= 0.0:
            return waiting[0] * leaves
        found = 0.0
        for k, share in enumerate(waiting):
            if share > _UNLIKELY:
                beta = lgamma(k + 1) + lgamma(ratio) - lgamma(k + 1 + ratio)
                found += share * exp(k * log(passed) - rate * t - beta) * gives_up
        return found

    inner = sum((4 if n % 2 else 2) * density(n * step) for n in range(1, _SLICES))
    return (density(0.0) + inner + density(within)) * step / 3
