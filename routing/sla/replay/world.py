"""By what a replay goes: the policies and hours that held when it happened, or others from the beginning."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from routing.hours import Calendar, calendars
from routing.queues import Queue
from routing.sla.events import PolicyChanged
from routing.sla.policy import SlaPolicy, policies
from routing.sla.versions import PolicyVersion
from routing.tiers import Tier
from tickets.log import LogRow
from tickets.moment import from_micros

BEGINNING = datetime.min.replace(tzinfo=UTC)
WHAT_IF = -1  # the id of hours that are only tried


@dataclass(frozen=True)
class Held:
    """The policies as they were since then, in force or not, by id."""

    since: datetime
    known: Mapping[int, SlaPolicy]
    in_force: Sequence[SlaPolicy]


@dataclass(frozen=True)
class World:
    """`held` and the images of each calendar are oldest first; queues and tiers are as they are today."""

    held: Sequence[Held]
    hours: Mapping[int, Sequence[tuple[datetime, Calendar]]]
    rows: Mapping[tuple[type[SQLModel], int], SQLModel]
    edits: Sequence[tuple[datetime, int]] = field(default_factory=list)  # when a calendar was given other hours

    def policies(self, now: datetime) -> Held:
        return self.held[max(bisect_right(self.held, now, key=lambda one: one.since) - 1, 0)]

    def calendar(self, id: int, now: datetime) -> Calendar | None:
        images = self.hours.get(id, ())
        return images[max(bisect_right(images, now, key=lambda one: one[0]) - 1, 0)][1] if images else None

    def edits_between(self, after: datetime, upto: datetime) -> Iterable[tuple[datetime, int]]:
        return (one for one in self.edits if after < one[0] <= upto)


def as_it_was(session: Session) -> World:
    """Every version of a policy from when it was written. Their order is today's: only that is kept."""
    hours = {one.id: _images(one) for one in calendars(session)}
    edits = sorted((since, id) for id, images in hours.items() for since, _ in images[1:])
    return World(_history(session), hours, _rows(session), edits)


def what_if(session: Session, terms: Iterable[SlaPolicy] | None, hours: Calendar | None) -> World:
    """These policies from the beginning, and these hours wherever a promise is counted in some; None: today's."""
    ours = [_image(one) for one in (policies(session) if terms is None else terms)]
    known = {one.id: one for one in calendars(session)}
    if hours is not None:
        known[hours.id] = hours
        for policy in ours:
            policy.calendar_id = hours.id
    return World(
        [_held(BEGINNING, {one.id: one for one in ours})],
        {id: [(BEGINNING, _timeless(one))] for id, one in known.items()},
        _rows(session),
    )


# How


def _history(session: Session) -> list[Held]:
    """One for each instant at which some policy became another."""
    today = {one.id: one for one in policies(session)}
    turns: list[tuple[datetime, int, SlaPolicy | None]] = []
    seen: set[int] = set()
    for version in session.exec(
        select(PolicyVersion).order_by(col(PolicyVersion.policy_id), col(PolicyVersion.version))
    ):
        since = version.at if version.version == 1 or version.policy_id in seen else BEGINNING
        turns.append((since, version.policy_id, _as_of(version, today.get(version.policy_id))))
        seen.add(version.policy_id)
    turns += [(BEGINNING, id, _image(one)) for id, one in today.items() if id not in seen]
    if seen - today.keys():
        turns += [(at, id, None) for id, at in _removed(session, seen - today.keys()).items()]
    found, known = [_held(BEGINNING, {})], dict[int, SlaPolicy]()
    for since, id, policy in sorted(turns, key=lambda one: one[0]):
        known = {key: one for key, one in known.items() if key != id} | ({} if policy is None else {id: policy})
        found.append(_held(since, known))
    return found


def _removed(session: Session, ids: set[int]) -> dict[int, datetime]:
    """When these were: the last that was heard of each."""
    told = select(LogRow).where(LogRow.kind == PolicyChanged.__name__).order_by(col(LogRow.pos))
    heard = [(row.at, row.event) for row in session.exec(told)]
    return {event.policy: at for at, event in heard if isinstance(event, PolicyChanged) and event.policy in ids}


def _held(since: datetime, known: Mapping[int, SlaPolicy]) -> Held:
    return Held(since, known, [one for one in known.values() if one.active])


def _as_of(version: PolicyVersion, today: SlaPolicy | None) -> SlaPolicy:
    """What is gone comes in the order in which it was made."""
    position = version.policy_id if today is None else today.position
    return _policy(version.terms, id=version.policy_id, position=position, version=version.version)


def _image(policy: SlaPolicy) -> SlaPolicy:
    return _policy({name: getattr(policy, name) for name in SlaPolicy.model_fields})


def _policy(terms: Mapping[str, Any], **besides: Any) -> SlaPolicy:
    """Without steps: whom they told and what they moved stands in the log already."""
    return SlaPolicy(**{**terms, **besides, "steps": []})


def _images(calendar: Calendar) -> list[tuple[datetime, Calendar]]:
    """What it was since when: the first one since ever."""
    since, first = BEGINNING, calendar.version - len(calendar.past)
    found: list[tuple[datetime, Calendar]] = []
    for n, was in enumerate(calendar.past):
        hours = {name: was[name] for name in ("zone", "week", "days")}
        found.append((since, _calendar(calendar, past=calendar.past[:n], version=first + n, **hours)))
        since = from_micros(was["until"])
    return [*found, (since, _calendar(calendar))]


def _timeless(calendar: Calendar) -> Calendar:
    """As though it had always been so."""
    return _calendar(calendar, past=[])


def _calendar(calendar: Calendar, **other: Any) -> Calendar:
    kept = {name: getattr(calendar, name) for name in ("id", "name", "zone", "week", "days", "version", "past")}
    return Calendar(**{**kept, **other})


def _rows(session: Session) -> dict[tuple[type[SQLModel], int], SQLModel]:
    found: list[Queue | Tier] = [*session.exec(select(Queue)), *session.exec(select(Tier))]
    return {(type(row), row.id): row for row in found}
