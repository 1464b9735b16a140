"""How many agents each hour of a scenario needs, by the formulas: to be read beside what the same hours were like."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from routing.simulation import erlang
from routing.simulation.scenario import Line, Scenario

_HOUR = 3600.0


@dataclass(frozen=True)
class Need:
    """`load` in erlangs. `patient`: where nobody gives up (Erlang C); `impatient`: where people do (Erlang A)."""

    contacts: float
    load: float
    scheduled: int  # who is at work at half past, by the shifts and their breaks
    patient: int
    impatient: int | None


def need(scenario: Scenario, line: Line, hour: int) -> Need:
    """What a queue's live contacts need for its target in this hour. An agent holds `at_once` of them."""
    flows = [one for one in scenario.flows if one.queue == line.name and one.live and one.by_hour[hour]]
    contacts = sum(one.by_hour[hour] for one in flows)
    per_second = contacts / _HOUR
    load = sum(one.by_hour[hour] * (one.handling.mean + scenario.wrap_up) for one in flows) / _HOUR
    handling = load / per_second if per_second else 0.0
    share, within = line.target.percent / 100, line.target.seconds
    patient = erlang.agents_needed(share, lambda n: erlang.patient(n, per_second, handling, within))
    impatient = None
    if flows and all(one.patience for one in flows):
        patience = sum(one.by_hour[hour] * one.patience.mean for one in flows if one.patience) / contacts
        slots = erlang.agents_needed(share, lambda n: erlang.impatient(n, per_second, handling, patience, within))
        impatient = ceil(slots / scenario.at_once)
    return Need(contacts, load, _scheduled(scenario, line, hour), ceil(patient / scenario.at_once), impatient)


def _scheduled(scenario: Scenario, line: Line, hour: int) -> int:
    minute = hour * 60 + 30
    there = 0
    for shift in scenario.shifts:
        if line.name in shift.queues:
            for at in (minute, minute + 24 * 60):
                rests = any(start <= at < end for start, end in shift.pauses)
                there += shift.agents if shift.starts <= at < shift.goes and not rests else 0
    return there
