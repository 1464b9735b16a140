"""What can be promised at all: how short and how long, and when a clock may stand still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.sla.choosing import Targets
from routing.sla.metrics import PAUSING, Pauses, pausable, promisable
from tickets.errors import Refused
from tickets.status import Priority

SHORTEST_TARGET = 15  # seconds
LONGEST_TARGET = 365 * 24 * 60  # minutes
LONGEST_AFRESH = 365  # days


def checked_targets(targets: Targets, *, internal: bool = False) -> dict[str, dict[str, dict[str, Any]]]:
    """The same in the order of metrics and priorities. Refuses what is not a promise anybody could keep."""
    metrics = promisable(internal=internal)
    if not set(targets) <= {metric.value for metric in metrics}:
        raise Refused("There is no such thing to promise.", field="targets")
    checked: dict[str, dict[str, dict[str, Any]]] = {}
    for metric in metrics:
        by_priority = targets.get(metric, {})
        if not set(by_priority) <= {priority.value for priority in Priority}:
            raise Refused("There is no such priority.", field="targets")
        kept = {one.value: _target(by_priority[one.value]) for one in Priority if one.value in by_priority}
        if kept:
            checked[metric.value] = kept
    return checked


def checked_pauses(pauses: Pauses, *, internal: bool) -> dict[str, list[str]]:
    """Of the metrics that can stand still; what is not named does not."""
    ours = pausable(internal=internal)
    if not all(set(pauses.get(metric, ())) <= set(PAUSING) for metric in ours):
        raise Refused("A clock can stand still only while somebody else is waited for.", field="pauses")
    named = [metric for metric in ours if pauses.get(metric)]
    return {metric.value: [one.value for one in PAUSING if one in pauses[metric]] for metric in named}


def checked_days(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= LONGEST_AFRESH:
        raise Refused("Between 1 and 365 days.", field="fresh_after_days")
    return days


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    unit = "seconds" if "seconds" in target else "minutes"
    number, business = target.get(unit), bool(target.get("business", False))
    seconds = number * (1 if unit == "seconds" else 60) if type(number) is int else 0
    if not SHORTEST_TARGET <= seconds <= LONGEST_TARGET * 60:
        raise Refused("A target is between 15 seconds and one year.", field="targets")
    return {**({"seconds": seconds} if seconds % 60 else {"minutes": seconds // 60}), "business": business}
