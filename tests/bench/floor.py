"""A simulated floor: a large day against the clock, and a long one against the formula."""

from __future__ import annotations

import time
from collections.abc import Iterable

from routing.simulation.erlang import patient
from routing.simulation.scenario import Duration, Shape
from server.simulation.play import play
from tests.bench.findings import Finding, Told
from tests.server.simulation.floors import flow, scenario, shift, steady

CONTACTS, AGENTS = 10_000, 100
LONG, FEW = 40_000, 2_000  # contacts of the line that is compared with Erlang C; in a short look
SERVERS, BUSY, HANDLING = 5, 0.8, 180.0


def floor(told: Told) -> Iterable[Finding]:
    """Both on the desk's own verbs, reactions and chores, in memory."""
    seconds, clock, contacts = large_day()
    day = f"a day of {contacts:,} contacts and {AGENTS} agents"
    yield Finding(day, seconds, "CPU seconds", 60.0, at_most=True)
    yield Finding(f"{day}, by the clock", clock, "s", 60.0, at_most=True)
    waits, wait = beside_erlang(FEW if told.messages < LONG else LONG)
    yield Finding("share that waits, beside Erlang C", waits, "")
    yield Finding("mean wait, beside Erlang C", wait, "")


def large_day(contacts: int = CONTACTS) -> tuple[float, float, int]:
    """CPU seconds, seconds by the clock, and how many came.

    Four in five agents are busy, and who waits gives up after two minutes.
    """
    handling = Duration(0.8 * AGENTS * 86_400 / contacts, Shape.LOGNORMAL)
    come = flow(by_hour=[contacts / 24] * 24, handling=handling, patience=Duration(120.0))
    began, clock = time.process_time(), time.perf_counter()
    outcome = play(scenario([come], [shift(AGENTS)]))
    return time.process_time() - began, time.perf_counter() - clock, len(outcome.contacts)


def beside_erlang(contacts: int) -> tuple[float, float]:
    """1 for the formula's own share and mean; within 0.05 of it in the long run."""
    some = steady(SERVERS, BUSY, contacts, handling=HANDLING)
    found = play(some).of(some.lines[0])
    theory = patient(SERVERS, SERVERS * BUSY / HANDLING, HANDLING, 20.0)
    return (found.waited or 0.0) / theory.waits, (found.mean_wait or 0.0) / theory.wait
