"""By what a replay goes: policies, hours, tiers and queues as they were at each time, or others from the beginning."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from routing.hours import Calendar, calendars
from routing.queues import Queue
from routing.sla.events import PolicyChanged
from routing.sla.policy import SlaPolicy, policies
from routing.sla.replay.past import Rows, over_time
from routing.sla.versions import PolicyVersion
from routing.tiers import Tier
from tickets.former import Course, Value, at, courses
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
    """`held` and the images of each calendar are oldest first, each with the time since when it holds.

    `today`: everything else is as it is today, whenever that is asked for.
    """

    held: Sequence[Held]
    hours: Mapping[int, Sequence[tuple[datetime, Calendar | None]]]
    rows: Rows
    today: bool = False
    edits: Sequence[tuple[datetime, int]] = field(default_factory=list)  # when a calendar was given other hours

    def policies(self, now: datetime) -> Held:
        return self.held[max(bisect_right(self.held, now, key=lambda one: one.since) - 1, 0)]

    def calendar(self, id: int, now: datetime) -> Calendar | None:
        images = self.hours.get(id, ())
        return images[max(bisect_right(images, now, key=lambda one: one[0]) - 1, 0)][1] if images else None

    def calendar_that_was(self, id: int) -> Calendar | None:
        return next((one for _, one in reversed(self.hours.get(id, ())) if one is not None), None)

    def image(self, course: Course[Value], now: datetime) -> Value:
        return course[-1][1] if self.today else at(course, now)

    def edits_between(self, after: datetime, upto: datetime) -> Iterable[tuple[datetime, int]]:
        return (one for one in self.edits if after < one[0] <= upto)


def as_it_was(session: Session) -> World:
    """All that promises go by as it was at each time; what was edited before it was kept, as it was after that."""
    hours = _hours(session)
    edits = sorted((since, id) for id, images in hours.items() for since, image in images[1:] if image is not None)
    return World(_history(session), hours, _rows(session), edits=edits)


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
        today=True,
    )


# How


def _history(session: Session) -> list[Held]:
    """One for each instant at which some policy became another."""
    today = {one.id: one for one in policies(session)}
    versions = _versions(session)
    places = courses(session, SlaPolicy, {id: {"position": one.position} for id, one in today.items()})
    turns: list[tuple[datetime, int, SlaPolicy | None]] = []
    for id in versions.keys() | today.keys():
        images = versions.get(id) or [(BEGINNING, _image(today[id]))]
        turns += [(since, id, one) for since, one in _placed(images, places.get(id, ()))]
    turns += [(at, id, None) for id, at in _removed(session, versions.keys() - today.keys()).items()]
    found, known = [_held(BEGINNING, {})], dict[int, SlaPolicy]()
    for since, id, policy in sorted(turns, key=lambda one: one[0]):
        known = {key: one for key, one in known.items() if key != id} | ({} if policy is None else {id: policy})
        found.append(_held(since, known))
    return found


def _versions(session: Session) -> dict[int, list[tuple[datetime, SlaPolicy]]]:
    """What each policy said since when, the oldest first. What is gone comes in the order in which it was made."""
    found: dict[int, list[tuple[datetime, SlaPolicy]]] = {}
    for one in session.exec(select(PolicyVersion).order_by(col(PolicyVersion.policy_id), col(PolicyVersion.version))):
        mine = found.setdefault(one.policy_id, [])
        since = one.at if one.version == 1 or mine else BEGINNING
        mine.append((since, _policy(one.terms, id=one.policy_id, position=one.policy_id, version=one.version)))
    return found


def _placed(
    versions: Sequence[tuple[datetime, SlaPolicy]], places: Course[Mapping[str, Any] | None]
) -> Iterable[tuple[datetime, SlaPolicy]]:
    """One policy, with the place in the order that it had since when."""
    sinces = [since for since, _ in versions]
    moved = [since for since, _ in places[:-1] if since > sinces[0]]
    for since in sorted({*sinces, *moved}):
        place = at(places, since) if places else None
        yield since, _image(versions[bisect_right(sinces, since) - 1][1], **(place or {}))


def _removed(session: Session, ids: Collection[int]) -> dict[int, datetime]:
    """When these were: the last that was heard of each."""
    if not ids:
        return {}
    told = select(LogRow).where(LogRow.kind == PolicyChanged.__name__).order_by(col(LogRow.pos))
    heard = [(row.at, row.event) for row in session.exec(told)]
    return {event.policy: at for at, event in heard if isinstance(event, PolicyChanged) and event.policy in ids}


def _held(since: datetime, known: Mapping[int, SlaPolicy]) -> Held:
    return Held(since, known, [one for one in known.values() if one.active])


def _image(policy: SlaPolicy, **other: Any) -> SlaPolicy:
    return _policy({name: getattr(policy, name) for name in SlaPolicy.model_fields}, **other)


def _policy(terms: Mapping[str, Any], **besides: Any) -> SlaPolicy:
    """Without steps: whom they told and what they moved stands in the log already."""
    return SlaPolicy(**{**terms, **besides, "steps": []})


def _hours(session: Session) -> dict[int, list[tuple[datetime, Calendar | None]]]:
    """Those that were removed are gone since then."""
    hours: dict[int, list[tuple[datetime, Calendar | None]]] = {}
    for (_, id), ((until, calendar), *then) in over_time(session, Calendar).items():
        if isinstance(calendar, Calendar):
            hours[id] = [*_images(calendar), *((until, None) for _ in then)]
    return hours


def _images(calendar: Calendar) -> list[tuple[datetime, Calendar | None]]:
    """What it was since when: the first one since ever."""
    since, first = BEGINNING, calendar.version - len(calendar.past)
    found: list[tuple[datetime, Calendar | None]] = []
    for n, was in enumerate(calendar.past):
        hours = {name: was[name] for name in ("zone", "week", "days")}
        found.append((since, _calendar(calendar, past=calendar.past[:n], version=first + n, **hours)))
        since = from_micros(was["until"])
    return [*found, (since, _calendar(calendar))]


def _timeless(calendar: Calendar) -> Calendar:
    """As though it had always been so."""
    return _calendar(calendar, past=[])


def _calendar(calendar: Calendar, **other: Any) -> Calendar:
    return Calendar(**{"id": calendar.id, **calendar.facts, **other})


def _rows(session: Session) -> Rows:
    return {**over_time(session, Queue), **over_time(session, Tier)}
