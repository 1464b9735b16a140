"""What came of a replay: how many promises were kept by priority, queue and metric, and which tickets would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlmodel import Session

from routing.sla.clock import SlaClock
from routing.sla.metrics import INTERNAL, Metric, State
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import Facts, stories
from routing.sla.replay.world import World

AT_ONCE = 200  # tickets; so long nobody else has this connection


class Verdict(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    NONE = ""  # nothing was decided in that time, or nothing was promised


@dataclass(frozen=True)
class Tally:
    """Promises whose result became known (semantics.md part 8): kept when they ended, broken at their due time."""

    kept: int = 0
    broken: int = 0

    @property
    def n(self) -> int:
        return self.kept + self.broken

    @property
    def percent(self) -> float | None:
        """Kept ones of all; what was cancelled counts neither way. None where there was none."""
        return 100 * self.kept / self.n if self.n else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.kept + other.kept, self.broken + other.broken)


_COUNTS = {Verdict.KEPT: Tally(kept=1), Verdict.BROKEN: Tally(broken=1)}


@dataclass(frozen=True)
class Row:
    """What really happened, and what would have."""

    really: Tally = Tally()
    then: Tally = Tally()


class Difference(NamedTuple):
    metric: str
    started_at: datetime
    really: Verdict
    then: Verdict


@dataclass(frozen=True)
class Changed:
    """A ticket of which a promise would have come out differently."""

    ticket: Facts
    differences: Sequence[Difference]


class Promise(NamedTuple):
    """Which one it is, under whatever policy: that of this metric, since then. `n` tells apart those of one instant."""

    metric: str
    queue_id: int | None
    started_at: datetime
    n: int


@dataclass
class Outcome:
    """`by` is priority, queue or metric; its rows are by priority, by the id of a queue (0: none), by metric."""

    since: datetime
    until: datetime
    tickets: int = 0
    promises: Row = field(default_factory=Row)
    by: dict[str, dict[str | int, Row]] = field(default_factory=lambda: {"priority": {}, "queue": {}, "metric": {}})
    changes: list[Changed] = field(default_factory=list)

    def tell(self, session: Session, world: World, ids: Collection[int]) -> None:
        """These tickets once more, in that world."""
        for story in stories(session, ids):
            really = _verdicts(story.clocks, self.since, self.until)
            then = _verdicts(retell(story, world, self.until), self.since, self.until)
            self.tickets += 1
            self._count(story.facts, really, then)
            found = [
                Difference(one.metric, one.started_at, really.get(one, Verdict.NONE), then.get(one, Verdict.NONE))
                for one in sorted({*really, *then}, key=lambda one: (one.started_at, one.metric))
                if really.get(one) != then.get(one)
            ]
            if found:
                self.changes.append(Changed(story.facts, found))

    def _count(self, ticket: Facts, really: Mapping[Promise, Verdict], then: Mapping[Promise, Verdict]) -> None:
        counted = [(one, Row(really=_COUNTS[verdict])) for one, verdict in really.items()]
        counted += [(one, Row(then=_COUNTS[verdict])) for one, verdict in then.items()]
        for one, row in counted:
            self.promises = _sum(self.promises, row)
            where: dict[str, str | int] = {
                "priority": ticket.priority,
                "queue": one.queue_id or ticket.queue_id or 0,
                "metric": one.metric,
            }
            for by, name in where.items():
                rows = self.by[by]
                rows[name] = _sum(rows.get(name, Row()), row)


def window(now: datetime, days: int) -> tuple[datetime, datetime]:
    return now - timedelta(days=days), now


def in_parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[n : n + AT_ONCE] for n in range(0, len(ids), AT_ONCE))


def _sum(one: Row, other: Row) -> Row:
    return Row(one.really + other.really, one.then + other.then)


def _verdicts(clocks: Iterable[SlaClock], since: datetime, until: datetime) -> dict[Promise, Verdict]:
    """Of what policies promised. A window to be rung in is promised by whoever chose it."""
    found: dict[Promise, Verdict] = {}
    seen: Counter[tuple[str, int | None, datetime]] = Counter()
    for clock in clocks:
        verdict, at = _verdict(clock)
        key = (clock.metric, clock.queue_id if clock.metric in INTERNAL else None, clock.started_at)
        if clock.metric != Metric.CALLBACK_WINDOW and at is not None and since <= at <= until:
            found[Promise(*key, seen[key])] = verdict
        seen[key] += 1
    return found


def _verdict(clock: SlaClock) -> tuple[Verdict, datetime | None]:
    if clock.breached_at is not None and clock.state != State.CANCELLED:
        return Verdict.BROKEN, clock.breached_at
    if clock.state == State.MET:
        return Verdict.KEPT, clock.ended_at
    return Verdict.NONE, None
