"""What is to happen when a promise is half over, nearly over, or broken: steps that a policy lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from routing.sla.metrics import Metric
from routing.sla.targets import LONGEST_TARGET
from tickets.errors import Refused

MOST_STEPS = 6


class When(StrEnum):
    USED = "used"  # so many percent of the target
    LEFT = "left"  # minutes before it is due, in the hours that it counts
    LATE = "late"  # minutes after that; 0: when it breaks


class Deed(StrEnum):
    TELL = "tell"  # `to`: holder, supervisors, or an agent's id
    RAISE = "raise"  # one priority up
    MOVE = "move"  # `to`: a queue's id
    ASSIGN = "assign"  # `to`: an agent's id


HOLDER, SUPERVISORS = "holder", "supervisors"


@dataclass(frozen=True)
class Step:
    """At this time, counted as the clock counts, this is done. `metric` empty: for every promise of the policy."""

    when: str
    amount: int
    does: str
    to: str = ""
    metric: str = ""

    @property
    def key(self) -> str:
        """Under which a clock remembers that it was taken."""
        return f"{self.when} {self.amount} {self.does} {self.to}"

    def offset(self, target: float) -> float:
        """After how many seconds of running it is to be taken; nothing or less: at once."""
        seconds = {When.USED: target * self.amount / 100, When.LEFT: target - 60 * self.amount}
        return seconds.get(When(self.when), target + 60 * self.amount)

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def steps_for(steps: Iterable[Mapping[str, Any]], metric: str) -> list[dict[str, Any]]:
    """Those of a policy that a clock for this metric carries with it."""
    return [dict(one) for one in steps if one["metric"] in ("", metric)]


def upcoming(steps: Iterable[Mapping[str, Any]], taken: Collection[str], target: float) -> list[tuple[float, Step]]:
    """Those that are still to be taken, the first one first, each with its offset.

    Of two that are alike, one for every promise and one for this metric, only one is.
    """
    left = {step.key: step for step in (Step(**one) for one in steps) if step.key not in taken}
    return sorted(((step.offset(target), step) for step in left.values()), key=lambda one: one[0])


def checked_steps(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """As they are kept. Refuses what could not be meant; whether agents and queues exist is asked by the policy."""
    kept = [_checked(step) for step in steps]
    if len(kept) > MOST_STEPS:
        raise Refused("At most {n} steps.", field="steps", n=MOST_STEPS)
    return [step.kept() for step in dict.fromkeys(kept)]


def _checked(step: Step) -> Step:
    known = step.when in set(When) and (not step.metric or step.metric in set(Metric))
    most = {When.USED: 99}.get(When(step.when), LONGEST_TARGET) if known else 0
    if not known or not (0 if step.when == When.LATE else 1) <= step.amount <= most:
        raise Refused("A step needs a time: 1 to 99 percent, or minutes.", field="steps")
    if step.does not in set(Deed):
        raise Refused("Say what is to happen then.", field="steps")
    if (step.does == Deed.RAISE) == bool(step.to):
        raise Refused("Say whom, or where to.", field="steps")
    return step
