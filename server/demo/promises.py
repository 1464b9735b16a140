"""What the demo's shop promises: how soon it answers a chat, a letter, a complaint, and whoever smells smoke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.sla.metrics import Metric
from routing.sla.policy import Terms, add_policy
from tickets.change import Change
from tickets.status import Channel, Priority

SHOP_DAY, OFFICE_DAY = 14 * 60, 7 * 60 + 15  # minutes of work in a day
SAFETY_MINUTES = 1  # so short that a warning and a breach can be watched

Target = dict[str, dict[str, Any]]


def make_promises(change: Change, calendars: Mapping[str, int], queues: Mapping[str, int]) -> None:
    """The policies, in the order in which they are asked."""
    add_policy(
        change,
        Terms(
            "Safety line",
            {Metric.FIRST_REPLY: _same(SAFETY_MINUTES), Metric.NEXT_REPLY: _same(SAFETY_MINUTES)},
            queues=[queues["Safety"]],
        ),
    )
    add_policy(
        change,
        Terms(
            "Chat",
            {Metric.FIRST_REPLY: _each(10, 5, 3, 2), Metric.NEXT_REPLY: _each(20, 10, 5, 3)},
            channels=[Channel.CHAT],
        ),
    )
    replies = _each(8 * 60, 4 * 60, 2 * 60, 30, business=True)
    add_policy(
        change,
        Terms(
            "Letters",
            {
                Metric.FIRST_REPLY: replies,
                Metric.NEXT_REPLY: replies,
                Metric.RESOLUTION: _each(5 * SHOP_DAY, 3 * SHOP_DAY, 2 * SHOP_DAY, SHOP_DAY, business=True),
            },
            channels=[Channel.EMAIL, Channel.PORTAL],
            calendar_id=calendars["Shop hours"],
        ),
    )
    add_policy(
        change,
        Terms(
            "Complaints",
            {
                Metric.COMPLAINT_ACK: _each(OFFICE_DAY, OFFICE_DAY, OFFICE_DAY // 2, 60, business=True),
                Metric.COMPLAINT_FINAL: _each(*(days * OFFICE_DAY for days in (10, 5, 3, 1)), business=True),
            },
            channels=[Channel.COMPLAINT],
            calendar_id=calendars["Office hours"],
        ),
    )


def _each(*minutes: int, business: bool = False) -> Target:
    """A target for each priority, from low to urgent."""
    return {priority.value: {"minutes": n, "business": business} for priority, n in zip(Priority, minutes, strict=True)}


def _same(minutes: int) -> Target:
    return _each(*[minutes] * len(Priority))
