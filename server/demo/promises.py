"""What the demo's shop promises: how soon it answers a chat, a letter, a complaint, and whoever smells smoke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.entitlements import save_entitlement
from routing.sla.metrics import Metric
from routing.sla.policy import Terms, add_policy
from routing.sla.steps import SUPERVISORS, Deed, Step, When
from routing.tiers import save_tier
from tickets.change import Change
from tickets.status import Channel, Priority

SHOP_DAY, OFFICE_DAY = 14 * 60, 8 * 60  # minutes of work in a day
SAFETY_MINUTES = 1  # so short that a warning and a breach can be watched

Target = dict[str, dict[str, Any]]


TIERS = ("Basic", "Silver", "Gold", "Diamond")
ABOVE = TIERS[2:]


def give_tiers(change: Change, queues: Mapping[str, int]) -> dict[str, int]:
    """The most ordinary first. Whoever has the last is at least of high priority, as is whoever has the safety plan."""
    weekend = save_entitlement(change, None, name="Weekend")
    save_entitlement(change, None, name="Safety plan", priority=Priority.HIGH, lane_id=queues["Safety"])
    return {
        name: save_tier(
            change,
            None,
            name=name,
            priority=Priority.HIGH if name == "Diamond" else "",
            rights=[weekend.key] if name in ABOVE else [],
        ).id
        for name in TIERS
    }


def make_promises(
    change: Change, calendars: Mapping[str, int], queues: Mapping[str, int], tiers: Mapping[str, int]
) -> None:
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
            "Chat, gold and diamond",
            {
                Metric.SPEED_OF_ANSWER: _same(1),
                Metric.FIRST_REPLY: _each(5, 3, 2, 1),
                Metric.NEXT_REPLY: _each(10, 5, 3, 2),
            },
            channels=[Channel.CHAT],
            tiers=[tiers[name] for name in ABOVE],
            steps=[Step(When.USED, 75, Deed.TELL, SUPERVISORS)],
            published=True,
        ),
    )
    add_policy(
        change,
        Terms(
            "Chat",
            {Metric.FIRST_REPLY: _each(10, 5, 3, 2), Metric.NEXT_REPLY: _each(20, 10, 5, 3)},
            channels=[Channel.CHAT],
            published=True,
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
            published=True,
        ),
    )
    _complaints(change, calendars, queues)


def _complaints(change: Change, calendars: Mapping[str, int], queues: Mapping[str, int]) -> None:
    """What who complains is promised, and that the queue for it settles it."""
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
            published=True,
        ),
    )
    add_policy(
        change,
        Terms(
            "Complaints go nowhere else",
            {Metric.OWNERSHIP: _each(*[15 * OFFICE_DAY] * len(Priority), business=True)},
            queues=[queues["Complaints"]],
            calendar_id=calendars["Office hours"],
            internal=True,
        ),
    )


def _each(*minutes: int, business: bool = False) -> Target:
    """A target for each priority, from low to urgent."""
    return {priority.value: {"minutes": n, "business": business} for priority, n in zip(Priority, minutes, strict=True)}


def _same(minutes: int) -> Target:
    return _each(*[minutes] * len(Priority))
