"""What a measurement found, beside what was wanted: one figure with its unit, its goal, and what it stands beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Told:
    """How much is measured, and where it is written."""

    rounds: int = 3
    seconds: float = 4.0  # counted in each measurement, after a warm-up
    pairs: int = 16  # visitors, and as many consoles
    window: int = 8  # messages that each visitor has under way
    rates: Sequence[int] = (250, 500)  # messages a second of the open loop, one after the other
    counted: int = 10_000  # in a round of it, at least: of fewer, one stall of the disk decides what one in 100 is
    consoles: int = 200  # that watch one busy ticket
    sockets: int = 10_000  # idle visitors
    messages: int = 1_000_000  # in the full store
    mails: int = 5_000  # without a pause; the memory must not grow over 50 000
    folder: Path = field(default_factory=Path)

    def short(self) -> Told:
        """A look that takes a minute: the figures swing, and large things are tried small."""
        return replace(self, rounds=1, seconds=2.0, counted=1_000, consoles=50, sockets=500, messages=20_000, mails=500)

    def once(self) -> Told:
        return replace(self, rounds=1)


@dataclass(frozen=True)
class Finding:
    """One figure. `goal` is the least that is wanted, or the most where `at_most` is set; `rounds` are its parts."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_most: bool = False
    rounds: Sequence[float] = ()

    @property
    def reached(self) -> bool | None:
        """None where nothing was wanted."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    @property
    def wanted(self) -> str:
        return "" if self.goal is None else f"{'≤' if self.at_most else '≥'} {shown(self.goal)}"


Scenario = Callable[[Told], Iterable[Finding]]


def middle(
    name: str, rounds: Sequence[float], unit: str, *, goal: float | None = None, at_most: bool = False
) -> Finding:
    """The middle round counts."""
    return Finding(name, median(rounds), unit, goal, at_most, tuple(round(one, 3) for one in rounds))


def shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(findings: Iterable[Finding]) -> str:
    """As Markdown."""
    lines = ["| what | found | wanted | |", "|---|---:|---:|---|"]
    says = {None: "", True: "reached", False: "**not reached**"}
    lines += [
        f"| {one.name} | {shown(one.value)} {one.unit} | {one.wanted} | {says[one.reached]} |" for one in findings
    ]
    return "\n".join(lines)
