"""What a simulated day was like, in words and columns for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from routing.simulation.outcome import Figures, Outcome
from routing.simulation.scenario import HOURS, Line
from routing.simulation.staffing import need


def told(outcome: Outcome) -> str:
    return "\n".join([*_heading(outcome), *(line for one in outcome.scenario.lines for line in _queue(outcome, one)),
                      *_promises(outcome), ""])  # fmt: skip


def _heading(outcome: Outcome) -> Iterator[str]:
    scenario = outcome.scenario
    agents = sum(one.agents for one in scenario.shifts)
    days = "1 day" if scenario.days == 1 else f"{scenario.days} days"
    yield f"{scenario.name}: {days}, {len(outcome.contacts):,} contacts, {agents:,} agents, seed {scenario.seed}"
    yield f"Occupancy {_percent(outcome.occupancy())}"


def _queue(outcome: Outcome, line: Line) -> Iterator[str]:
    found, live = outcome.of(line), outcome.live_of(line)
    yield ""
    yield f"{line.name}: {found.came:,} came, {found.answered:,} answered, {found.left:,} gave up"
    if live.came:
        wanted = f"{line.target.percent:g} % in {line.target.seconds:g} s"
        yield f"  service level  {_percent(live.service)} answered in {line.target.seconds:g} s (wanted: {wanted})"
        yield f"  abandoned      {_percent(live.abandoned)}"
    yield from (f"  {kind:<13}  {_waits(one)}" for kind, one in outcome.by_medium(line).items())
    if outcome.turned_away(line):
        yield f"  sent on        {outcome.turned_away(line):,} for whom the line was full"
    yield f"  handling       {_time(found.mean_handling)} on average"
    if live.came:
        yield from _by_hour(outcome, line)


def _waits(found: Figures) -> str:
    return (
        f"waited {_time(found.mean_wait)} on average, half up to {_time(found.median_wait)}, "
        f"nine in ten up to {_time(found.late_wait)}, the longest {_time(found.longest_wait)}"
    )


def _by_hour(outcome: Outcome, line: Line) -> Iterator[str]:
    """Each hour beside the formulas: agents that are there, and that its target needs."""
    yield "  hour   came  load  agents  needed  needed if all wait  in time  gave up  wait"
    for hour in range(HOURS):
        asked, found = need(outcome.scenario, line, hour), outcome.in_hour(line, hour)
        if found.came or asked.contacts:
            impatient = asked.patient if asked.impatient is None else asked.impatient
            yield (
                f"  {hour:02}:00 {found.came:>6,} {asked.load:>5.1f} {asked.scheduled:>7,} {impatient:>7,} "
                f"{asked.patient:>19,} {_percent(found.service):>8} {_percent(found.abandoned):>8} "
                f"{_time(found.mean_wait):>5}"
            )


def _promises(outcome: Outcome) -> Iterator[str]:
    if outcome.promises:
        yield ""
        yield "Promises"
    for metric, (kept, broken) in sorted(outcome.promises.items()):
        share = _percent(kept / (kept + broken) if kept + broken else None)
        yield f"  {metric.replace('_', ' '):<16} {kept:,} kept, {broken:,} broken ({share} kept)"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.1f} %"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
