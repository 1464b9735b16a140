"""Which policy holds for a ticket, and what it promises: decisions over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

Targets = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""{metric: {priority: {"minutes": n, "business": bool}}}; "seconds" instead of "minutes" where it is no whole one."""


class Fits(Protocol):
    """What a policy says of the tickets it is for; an empty list means any."""

    id: int
    position: int
    channels: list[str]
    queues: list[int]
    categories: list[str]
    tiers: list[int]
    rights: list[str]


@dataclass(frozen=True)
class Facts:
    """What a policy is chosen by."""

    channel: str
    queue_id: int | None
    category: str
    tier: int | None = None
    rights: frozenset[str] = frozenset()


class Promise(NamedTuple):
    """A target in seconds, and the opening hours that hold for it: it counts in them where it is `business`, else in
    every hour. None: always open."""

    seconds: float
    calendar_id: int | None = None
    business: bool = False


def choose(policies: Iterable[Fits], facts: Facts) -> int | None:
    """The id of the first policy, in their order, that fits; None where none does."""
    return next((one.id for one in sorted(policies, key=lambda one: (one.position, one.id)) if fits(one, facts)), None)


def fits(policy: Fits, facts: Facts) -> bool:
    return (
        (not policy.channels or facts.channel in policy.channels)
        and (not policy.queues or facts.queue_id in policy.queues)
        and (not policy.categories or facts.category in policy.categories)
        and (not policy.tiers or facts.tier in policy.tiers)
        and (not policy.rights or not facts.rights.isdisjoint(policy.rights))
    )


def promise(targets: Targets, metric: str, priority: str, calendars: Sequence[int | None]) -> Promise | None:
    """What is promised for this metric at this priority, if anything.

    `calendars`: the policy's own, then the queue's. A target in business hours where there is neither counts every
    hour: a desk that says nothing of its hours is always open.
    """
    target = targets.get(metric, {}).get(priority)
    if target is None:
        return None
    calendar = next((one for one in calendars if one is not None), None)
    return Promise(float(seconds_of(target)), calendar, bool(target["business"]))


def seconds_of(target: Mapping[str, Any]) -> int:
    """How long a target is, in the hours that it counts."""
    return int(target["seconds"] if "seconds" in target else target["minutes"] * 60)
