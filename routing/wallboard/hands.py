"""How long talks took today, and how much of their time agents worked: the field's handling time and occupancy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlmodel import Session, col

from routing.assignment import Assignment
from routing.medium import TALKS, Medium
from routing.presence import Intent
from routing.spans import PresenceSpan
from routing.wallboard.entries import Figure, row
from routing.wallboard.sums import Sums, percent
from routing.wallboard.today import EARLIEST, AsOf, Day
from routing.work import WorkSpan
from tickets.moment import Moment
from tickets.ticket import Ticket

_TALKS = frozenset(medium.value for medium in TALKS)


@dataclass(frozen=True)
class Handling:
    """Talks of a day that are over and written down, as often as an agent had one; the seconds that they took."""

    n: int = 0
    talked: float = 0.0
    wrapped: float = 0.0

    @property
    def talk(self) -> int | None:
        return self._each(self.talked)

    @property
    def wrap(self) -> int | None:
        return self._each(self.wrapped)

    @property
    def mean(self) -> int | None:
        """Handling time: whole seconds that one took, to the last word that was written about it."""
        return self._each(self.talked + self.wrapped)

    def _each(self, seconds: float) -> int | None:
        return round(seconds / self.n) if self.n else None


@dataclass(frozen=True)
class Occupancy(Sums):
    """Seconds of a day: with talks and what is written after them, with letters only, and available with nothing."""

    talks: float = 0.0
    letters: float = 0.0
    idle: float = 0.0

    @property
    def share(self) -> int:
        """Percent that was worked, of all that was worked or free for work."""
        return self._of(self.talks + self.letters)

    @property
    def in_talks(self) -> int:
        return self._of(self.talks)

    @property
    def all(self) -> float:
        return self.talks + self.letters + self.idle

    def _of(self, seconds: float) -> int:
        return percent(seconds, self.all) or 0


@dataclass(frozen=True)
class Hands:
    """`talks` by queue and medium; `people` by agent, who could be reached today, and since when that is counted."""

    talks: Mapping[tuple[int | None, str], Handling]
    people: Mapping[int, Occupancy]
    since: datetime

    @property
    def together(self) -> Occupancy:
        return sum(self.people.values(), Occupancy())


class Piece(NamedTuple):
    """It weighed from `began` to `ended` on an agent who has it since `held`. `wraps`: it was written down. `goes_on`:
    to be continued.
    """

    agent_id: int
    assignment_id: int
    queue_id: int | None
    medium: str
    wraps: bool
    goes_on: bool
    held: datetime
    began: datetime
    ended: datetime


class Here(NamedTuple):
    """They could be reached, and wanted work or not."""

    agent_id: int
    available: bool
    began: datetime
    ended: datetime


Took = dict[tuple[int, str, bool], float]
"""The seconds of each talk: the assignment, its medium, and whether they went into what was written after it."""


def hands(session: Session, as_of: AsOf) -> Hands:
    """Counted from all that weighed on somebody today: it takes as long as the day was, not as the desk is old."""
    since = as_of.values["earliest"]
    pieces = [*_over(session, since), *_under_way(session, as_of.now)]
    pieces += _before(session, since, pieces)
    found: dict[int, list[Piece | Here]] = defaultdict(list)
    everything: Iterable[Piece | Here] = chain(pieces, _here(session, since, as_of.now))
    for one in everything:
        found[one.agent_id].append(one)
    took: Took = defaultdict(float)
    people = {agent_id: _worked(theirs, since, took) for agent_id, theirs in found.items()}
    return Hands(_handled(pieces, took, as_of), {id: one for id, one in people.items() if one.all}, since)


def talks(day: Day) -> Select[Any]:
    """Talks that ended today and are written down, as often as an agent had one. `what` is chat or callback."""
    ended = func.max(col(WorkSpan.ended_at), type_=Moment()).label("at")
    theirs = col(WorkSpan.medium).in_(_TALKS), col(WorkSpan.wraps).is_(False), col(WorkSpan.ended_at) >= EARLIEST
    key = col(WorkSpan.assignment_id), col(WorkSpan.medium)
    last = select(*key, ended).where(*theirs).group_by(*key).subquery()
    return (
        select(*row(last.c.at, last.c.medium, literal(1)))
        .select_from(last)
        .join(Assignment, col(Assignment.id) == last.c.assignment_id)
        .join(Ticket, col(Ticket.id) == col(Assignment.ticket_id))
        .where(day.holds(last.c.at), ~_goes_on(last.c.medium))
    )


FIGURES: dict[str, Figure] = {
    "chats-talked-today": Figure(talks, Medium.CHAT.value),
    "calls-talked-today": Figure(talks, Medium.CALLBACK.value),
}


# How


def _over(session: Session, since: datetime) -> Iterator[Piece]:
    query = _spans().where(col(WorkSpan.ended_at) >= since)
    return map(Piece._make, session.connection().execute(query))


def _before(session: Session, since: datetime, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """What weighed before today on those whose talks of today began earlier, since then: a talk is told whole, and
    shared its time with whatever was beside it.
    """
    over = (one for one in pieces if one.medium in _TALKS and one.held < since and not one.goes_on)
    first: dict[int, datetime] = {}
    for one in over:
        first[one.agent_id] = min(one.held, first.get(one.agent_id, since))
    for agent_id, held in first.items():
        theirs = col(WorkSpan.agent_id) == agent_id, col(WorkSpan.ended_at) > held, col(WorkSpan.ended_at) < since
        yield from map(Piece._make, session.connection().execute(_spans().where(*theirs)))


def _spans() -> Select[Any]:
    span, one = WorkSpan, Assignment
    facts: list[Any] = [span.agent_id, span.assignment_id, Ticket.queue_id, span.medium, span.wraps]
    rest: list[Any] = [_goes_on(col(span.medium)), one.since, span.began_at, span.ended_at]
    joined = select(*facts, *rest).join(one, col(one.id) == span.assignment_id)
    return joined.join(Ticket, col(Ticket.id) == span.ticket_id)


def _under_way(session: Session, now: datetime) -> Iterator[Piece]:
    """What weighs on somebody just now, and what they write down."""
    one = Assignment
    asks, wraps = (one.asks, literal(False), one.asks_since), (one.wraps, literal(True), one.wrap_since)
    going = (
        (asks, and_(col(one.ended_at).is_(None), col(one.asks_since).is_not(None))),
        (wraps, and_(col(one.wrap_due).is_not(None), col(one.wrap_since).is_not(None))),
    )
    for (medium, wrapping, since), is_so in going:
        facts: list[Any] = [one.agent_id, one.id, Ticket.queue_id, medium, wrapping, literal(True), one.since, since]
        query: Select[Any] = select(*facts).join(Ticket, col(Ticket.id) == one.ticket_id).where(is_so)
        for found in session.connection().execute(query):
            yield Piece._make((*found, now))


def _goes_on(medium: Any) -> ColumnElement[bool]:
    """Their talk is not over yet, though silent; or they still write down what was said."""
    talks_on = and_(col(Assignment.ended_at).is_(None), col(Assignment.medium) == medium)
    return or_(talks_on, col(Assignment.wraps) == medium)


def _here(session: Session, since: datetime, now: datetime) -> Iterator[Here]:
    span = PresenceSpan
    today = or_(col(span.ended_at).is_(None), col(span.ended_at) > since)
    reached = col(span.connected), col(span.intent) != Intent.OFFLINE.value
    facts: list[Any] = [span.agent_id, span.intent, span.began_at, span.ended_at]
    query: Select[Any] = select(*facts).where(today, *reached, col(span.began_at) < now)
    for agent_id, intent, began, ended in session.connection().execute(query):
        yield Here(agent_id, intent == Intent.AVAILABLE, began, ended or now)


def _worked(theirs: Sequence[Piece | Here], since: datetime, took: Took) -> Occupancy:
    """Of one agent, moment by moment; several talks at once share it, so that no second is counted twice.

    Adds to `took` what each talk took of them.
    """
    talked = letters = idle = 0.0
    for began, ended, going in _moments(theirs):
        talking = [one for one in going if isinstance(one, Piece) and one.medium in _TALKS]
        for one in talking:
            took[one.assignment_id, one.medium, one.wraps] += (ended - began).total_seconds() / len(talking)
        here = [one.available for one in going if isinstance(one, Here)]
        seconds = max(0.0, (ended - max(began, since)).total_seconds())
        if here and talking:
            talked += seconds
        elif any(here) and any(isinstance(one, Piece) for one in going):
            letters += seconds
        elif any(here):
            idle += seconds
    return Occupancy(talked, letters, idle)


def _moments(theirs: Sequence[Piece | Here]) -> Iterator[tuple[datetime, datetime, Iterable[Piece | Here]]]:
    """From one change of what goes on to the next."""
    edges = [(one.began, True, one) for one in theirs] + [(one.ended, False, one) for one in theirs]
    edges.sort(key=lambda edge: edge[:1])  # of one instant beginnings come first
    going: set[Piece | Here] = set()
    for (at, begins, one), (until, *_) in pairwise(edges):
        (going.add if begins else going.discard)(one)
        if at < until:
            yield at, until, going


def _handled(pieces: Iterable[Piece], took: Took, as_of: AsOf) -> dict[tuple[int | None, str], Handling]:
    last: dict[tuple[int, str], Piece] = {}
    for one in sorted(pieces, key=lambda one: (one.goes_on, one.ended)):
        if one.medium in _TALKS and (one.goes_on or not one.wraps):
            last[one.assignment_id, one.medium] = one
    found: dict[tuple[int | None, str], Handling] = defaultdict(Handling)
    for key, one in last.items():
        if not one.goes_on and as_of.began(one.queue_id) <= one.ended <= as_of.now:
            so_far, place = found[one.queue_id, one.medium], (one.queue_id, one.medium)
            talked, wrapped = so_far.talked + took[*key, False], so_far.wrapped + took[*key, True]
            found[place] = Handling(so_far.n + 1, talked, wrapped)
    return found
