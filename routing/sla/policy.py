"""Which promises we make: an ordered list of policies, of which the first that fits a ticket holds for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from routing.calendars import NoWorkingTime, add_working
from routing.entitlements import checked_rights
from routing.hours import Calendar
from routing.names import free_name
from routing.queues import Queue
from routing.sla import versions
from routing.sla.choosing import Targets, seconds_of
from routing.sla.events import PolicyChanged
from routing.sla.metrics import USUAL_PAUSES, Metric, Pauses, pausing
from routing.sla.steps import HOLDER, SUPERVISORS, Deed, Step, checked_steps
from routing.sla.targets import checked_days, checked_pauses, checked_targets
from routing.tiers import Tier
from tickets import former
from tickets.change import Change
from tickets.errors import Conflict, NotFound, Refused
from tickets.moment import Moment
from tickets.people import Agent
from tickets.status import Channel, Status
from tickets.table import Swift
from tickets.text import one_line

LONGEST_CATEGORY = 60
_DUE = text("apply_due is not null")


class SlaPolicy(Swift, table=True):
    """`targets`: {metric: {priority: {"minutes": n, "business": bool}}}; what is left out is not promised.
    `pauses`: {metric: the statuses in which it stands still}. An `internal` one is what queues promise one another.

    Empty channels, queues or categories mean any. Every edit raises `version`; tickets pick it up when next touched.
    """

    __tablename__ = "sla_policy"
    __table_args__ = (Index("ix_sla_policy_apply", "apply_due", sqlite_where=_DUE, postgresql_where=_DUE),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True)
    position: int
    version: int = 1
    active: bool = True
    channels: list[str] = Field(sa_column=Column(JSON, nullable=False))
    queues: list[int] = Field(sa_column=Column(JSON, nullable=False))
    categories: list[str] = Field(sa_column=Column(JSON, nullable=False))
    tiers: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    rights: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # any of these, by keys
    published: bool = False  # customers may read it
    targets: dict[str, dict[str, dict[str, Any]]] = Field(sa_column=Column(JSON, nullable=False))
    calendar_id: int | None = Field(default=None, foreign_key="calendar.id")  # None: the calendar of the queue
    pause: bool = True  # as before version 0016, for a process of that age beside this one: `pauses` says more
    internal: bool = False
    pauses: dict[str, list[str]] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    fresh_after_days: int | None = None  # done for longer, a reopened ticket begins its resolution anew; None: never
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # steps.Step
    apply_due: datetime | None = Field(default=None, sa_type=Moment)  # open tickets are being gone through
    apply_after: int = 0  # the id of the last one

    @property
    def afresh(self) -> timedelta | None:
        return None if self.fresh_after_days is None else timedelta(days=self.fresh_after_days)

    def pauses_in(self, status: str, metric: str) -> bool:
        """A clock for this metric stands still while the ticket has this status."""
        return status in self.pauses.get(metric, ())

    def pausing(self, metric: str) -> frozenset[Status]:
        """The statuses in which a clock for this metric stands still."""
        return pausing(self.pauses, metric)

    def edit(self, change: Change, terms: Terms) -> None:
        """Other terms from now on. Tickets that it already holds for go by them when they are next touched."""
        kept = _checked(change, terms, but=self.id)
        if any(getattr(self, name) != value for name, value in kept.items()):
            for name, value in kept.items():
                setattr(self, name, value)
            self._renewed(change)

    def set_active(self, change: Change, active: bool) -> None:
        if self.active != active:
            self.active = active
            self._renewed(change)

    def _renewed(self, change: Change) -> None:
        self.version += 1
        versions.keep(change, self.id, self.version, {name: getattr(self, name) for name in KEPT})
        change.record(PolicyChanged(policy=self.id))


@dataclass(frozen=True)
class Terms:
    """What an admin says of a policy. Empty channels, queues or categories mean any."""

    name: str
    targets: Targets
    channels: Collection[str] = ()
    queues: Collection[int] = ()
    categories: Collection[str] = ()
    calendar_id: int | None = None
    internal: bool = False
    pauses: Pauses = field(default_factory=lambda: USUAL_PAUSES)
    fresh_after_days: int | None = None
    steps: Sequence[Step] = ()
    tiers: Collection[int] = ()
    rights: Collection[str] = ()
    published: bool = False


KEPT = (*(one.name for one in fields(Terms)), "active")
"""The columns that make a version."""


# Verbs


def add_policy(change: Change, terms: Terms) -> SlaPolicy:
    """The last of the list. Raises Refused, Conflict for a name that is taken, NotFound for what does not exist."""
    last = change.one(select(func.max(SlaPolicy.position)))
    kept = _checked(change, terms)
    policy = change.add(SlaPolicy(id=change.new_id(), position=(last or 0) + 1, **kept))
    versions.keep(change, policy.id, policy.version, {**kept, "active": True})
    change.record(PolicyChanged(policy=policy.id))
    return policy


def reorder(change: Change, policy_ids: Sequence[int]) -> None:
    """All policies, in the order in which they are to be asked."""
    known = {policy.id: policy for policy in change.rows(select(SlaPolicy))}
    if sorted(policy_ids) != sorted(known):
        raise Conflict("The list of policies is another by now. Please look again.")
    for position, policy_id in enumerate(policy_ids, start=1):
        if known[policy_id].position != position:
            former.keep(change, SlaPolicy, policy_id, position=known[policy_id].position)
            known[policy_id].position = position
            change.record(PolicyChanged(policy=policy_id))


def remove_policy(change: Change, policy_id: int) -> None:
    """It promises nothing more. What it promised runs on until the ticket is next touched."""
    policy = change.take(SlaPolicy, policy_id)
    former.keep(change, SlaPolicy, policy_id, position=policy.position)
    change.remove(policy)
    change.record(PolicyChanged(policy=policy_id))


def keep_promisable(change: Change, calendar: Calendar) -> None:
    """Refuses hours in which a promise that is counted in them would never fall due (row 44)."""
    for policy in change.rows(select(SlaPolicy).order_by(col(SlaPolicy.position))):
        if _goes_by(change, policy, calendar.id) and not _ends(change, calendar, _longest_by_hours(policy.targets)):
            raise Refused(
                "In these hours the longest target of the policy {name} takes more than two years.",
                field="day0",
                name=policy.name,
            )


def keep_promisable_in(change: Change, queue: Queue) -> None:
    """Refuses to give a queue hours in which a promise that is for it, and counted in them, would never fall due."""
    calendar = None if queue.calendar_id is None else change.find(Calendar, queue.calendar_id)
    for policy in change.rows(select(SlaPolicy).order_by(col(SlaPolicy.position))) if calendar is not None else ():
        is_for = policy.calendar_id is None and (not policy.queues or queue.id in policy.queues)
        if is_for and calendar is not None and not _ends(change, calendar, _longest_by_hours(policy.targets)):
            raise Refused(
                "In these hours the longest target of the policy {name} takes more than two years.",
                field="calendar_id",
                name=policy.name,
            )


# What others ask


def policies(session: Session) -> Sequence[SlaPolicy]:
    """All of them, in their order."""
    return session.exec(select(SlaPolicy).order_by(col(SlaPolicy.position), col(SlaPolicy.id))).all()


@cache
def in_force() -> SelectOfScalar[SlaPolicy]:
    """Asks for those that are switched on."""
    return select(SlaPolicy).where(col(SlaPolicy.active).is_(True))


# How


def _checked(change: Change, terms: Terms, *, but: int | None = None) -> dict[str, Any]:
    """The columns that hold these terms."""
    targets = checked_targets(terms.targets, internal=terms.internal)
    _within_hours(change, targets, terms.calendar_id)
    if terms.calendar_id is None:
        _within_hours_of_queues(change, targets, terms.queues)
    return {
        "name": _free_name(change, terms.name, but=but),
        "channels": _channels(terms.channels),
        "queues": _queues(change, terms.queues),
        "categories": sorted({one_line(one, LONGEST_CATEGORY) for one in terms.categories} - {""}),
        "targets": targets,
        "calendar_id": terms.calendar_id,
        "internal": terms.internal,
        "pause": Status.PENDING in terms.pauses.get(Metric.RESOLUTION, ()),
        "pauses": checked_pauses(terms.pauses, internal=terms.internal),
        "fresh_after_days": checked_days(terms.fresh_after_days),
        "steps": _steps(change, terms.steps),
        "tiers": _tiers(change, terms.tiers),
        "rights": checked_rights(change, terms.rights),
        "published": terms.published and not terms.internal,
    }


def _within_hours(change: Change, targets: Targets, calendar_id: int | None) -> None:
    """Targets in business hours need some hours, and an end."""
    calendar = None if calendar_id is None else change.find(Calendar, calendar_id)
    if calendar_id is not None and calendar is None:
        raise NotFound("These opening hours do not exist any more.", field="calendar_id")
    longest = _longest_by_hours(targets)
    if longest and change.one(select(Calendar.id)) is None:
        raise Refused("There are no opening hours yet. Add some first, or count every hour.", field="targets")
    if calendar is not None and not _ends(change, calendar, longest):
        raise Refused("In these opening hours the longest target takes more than two years.", field="targets")


def _within_hours_of_queues(change: Change, targets: Targets, queue_ids: Collection[int]) -> None:
    """The same of each queue that they are for: without hours of its own a policy counts in theirs."""
    longest = _longest_by_hours(targets)
    for queue in change.rows(select(Queue).where(col(Queue.calendar_id).is_not(None))) if longest else ():
        calendar = change.take(Calendar, queue.calendar_id or 0)
        if (not queue_ids or queue.id in queue_ids) and not _ends(change, calendar, longest):
            raise Refused(
                "In the opening hours of the queue {name} the longest target takes more than two years.",
                field="calendar_id",
                name=queue.name,
            )


def _longest_by_hours(targets: Targets) -> int:
    """In seconds; 0 where no target is in business hours."""
    by_hours = [seconds_of(one) for by_priority in targets.values() for one in by_priority.values() if one["business"]]
    return max(by_hours, default=0)


def _ends(change: Change, calendar: Calendar, seconds: int) -> bool:
    """That much working time is in sight."""
    try:
        add_working(calendar.hours, change.now, seconds)
    except NoWorkingTime:
        return seconds == 0
    return True


def _goes_by(change: Change, policy: SlaPolicy, calendar_id: int) -> bool:
    """These are its own hours or, where it has none, those of a queue that it is for."""
    if policy.calendar_id is not None:
        return policy.calendar_id == calendar_id
    theirs = change.rows(select(Queue.id).where(Queue.calendar_id == calendar_id))
    return any(not policy.queues or queue_id in policy.queues for queue_id in theirs)


def _channels(channels: Collection[str]) -> list[str]:
    if not set(channels) <= {channel.value for channel in Channel}:
        raise Refused("There is no such channel.", field="channels")
    return sorted(set(channels))


def _queues(change: Change, queue_ids: Collection[int]) -> list[int]:
    for queue_id in queue_ids:
        if change.find(Queue, queue_id) is None:
            raise NotFound("This queue is no longer in use.", field="queues")
    return sorted(set(queue_ids))


def _tiers(change: Change, tier_ids: Collection[int]) -> list[int]:
    for tier_id in tier_ids:
        if change.find(Tier, tier_id) is None:
            raise NotFound("This tier does not exist any more.", field="tiers")
    return sorted(set(tier_ids))


def _steps(change: Change, steps: Sequence[Step]) -> list[dict[str, Any]]:
    kept = checked_steps(steps)
    for step in steps:
        if step.to in {"", HOLDER, SUPERVISORS}:
            continue
        there = change.find(Queue if step.does == Deed.MOVE else Agent, int(step.to) if step.to.isdigit() else 0)
        if there is None:
            raise NotFound("Whom or what a step names does not exist any more.", field="steps")
    return kept


def _free_name(change: Change, name: str, *, but: int | None) -> str:
    return free_name(
        change,
        SlaPolicy,
        name,
        but=but,
        needed=Refused("A policy needs a name.", field="name"),
        taken=lambda name: Conflict("There is already a policy named {name}.", field="name", name=name),
    )
