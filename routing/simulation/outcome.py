"""What became of everybody who came, and what everybody who worked did: the figures of a simulated day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.simulation.scenario import Flow, Line, Scenario
from tickets.status import Channel

_QUARTER = timedelta(minutes=15)
_KINDS = {Channel.CHAT: "chats", Channel.CALLBACK: "calls", Channel.EMAIL: "mails", Channel.PORTAL: "tickets"}


@dataclass
class Contact:
    """One who came. Answered: an agent took it. Left: they gave up before. Turned: nobody waits live any more, the line
    was full or nobody could ring. Settled: it is done. `line`: the queue in which it stood last."""

    flow: Flow
    came: datetime
    handling: timedelta
    patience: timedelta | None
    ticket_id: int = 0
    answered: datetime | None = None
    left: datetime | None = None
    settled: datetime | None = None
    turned: datetime | None = None
    line: str = ""
    to_call: bool = False  # somebody is to ring them

    def __post_init__(self) -> None:
        self.line, self.to_call = self.line or self.flow.queue, self.flow.channel is Channel.CALLBACK

    @property
    def live(self) -> bool:
        """Somebody waits at the other end, or did until they were answered."""
        return self.flow.live and self.turned is None

    @property
    def waited(self) -> float:
        """Seconds until they were answered or gave up; 0 for who still waits."""
        return ((self.answered or self.left or self.came) - self.came).total_seconds()


@dataclass
class Hands:
    """One agent: since when they work, how much they hold, and the time that was worked and waited in each quarter of
    an hour."""

    agent_id: int
    working_since: datetime | None = None
    holds: int = 0
    since: datetime | None = None  # of the present way of things
    busy: Counter[datetime] = field(default_factory=Counter)  # seconds, by the quarter that they are in
    idle: Counter[datetime] = field(default_factory=Counter)

    def turns(self, at: datetime, *, works: bool | None = None, holds: int = 0) -> None:
        """They begin or cease to work, or hold so much more or less than before."""
        if self.since is not None and (self.holds or self.working_since is not None):
            _spread(self.busy if self.holds else self.idle, self.since, at)
        if works is not None:
            self.working_since = at if works else None
        self.holds += holds
        self.since = at


@dataclass(frozen=True)
class Figures:
    """As semantics.md part 8 defines them; times in seconds, shares from 0 to 1, None where there is nothing to divide.

    `service`: answered in time, of those who were answered or left after that time."""

    came: int
    answered: int
    left: int
    service: float | None
    abandoned: float | None
    mean_wait: float | None
    median_wait: float | None
    late_wait: float | None  # nine in ten waited no longer
    longest_wait: float
    waited: float | None  # the share that waited at all
    mean_handling: float | None


def figures(contacts: Iterable[Contact], seconds: float) -> Figures:
    """Of contacts whose answer is promised within so many seconds."""
    everybody = list(contacts)
    answered = [one for one in everybody if one.answered is not None]
    left = [one for one in everybody if one.left is not None]
    waits = sorted(one.waited for one in answered)
    soon = sum(wait <= seconds for wait in waits)
    counted = len(answered) + sum(one.waited > seconds for one in left)
    handled = [(one.settled - one.answered).total_seconds() for one in answered if one.settled and one.answered]
    return Figures(
        came=len(everybody),
        answered=len(answered),
        left=len(left),
        service=_share(soon, counted),
        abandoned=_share(len(left), len(answered) + len(left)),
        mean_wait=_share(sum(waits), len(waits)),
        median_wait=_at(waits, 0.5),
        late_wait=_at(waits, 0.9),
        longest_wait=waits[-1] if waits else 0.0,
        waited=_share(sum(wait > 0 for wait in waits), len(waits)),
        mean_handling=_share(sum(handled), len(handled)),
    )


@dataclass
class Outcome:
    """Everything that a run has shown. `promises`: kept and broken ones, by metric."""

    scenario: Scenario
    contacts: Sequence[Contact]
    hands: Sequence[Hands]
    promises: dict[str, tuple[int, int]]
    events: int  # of the log

    def of(self, line: Line) -> Figures:
        return figures(self._in(line), line.target.seconds)

    def live_of(self, line: Line) -> Figures:
        """Of those who wait at the other end: what a target of seconds is meant for."""
        return figures((one for one in self._in(line) if one.live), line.target.seconds)

    def by_medium(self, line: Line) -> dict[str, Figures]:
        """As `of`, of each kind of contact that came: chats, calls, mails, tickets, and who was answered in writing
        instead of in a chat."""
        kinds: dict[str, list[Contact]] = {}
        for one in self._in(line):
            kind = "in writing" if one.flow.live and not one.live else _KINDS[one.flow.channel]
            kinds.setdefault(kind, []).append(one)
        order = [*_KINDS.values(), "in writing"]
        return {kind: figures(kinds[kind], line.target.seconds) for kind in order if kind in kinds}

    def turned_away(self, line: Line) -> int:
        """Who came to this queue and was sent elsewhere: neither answered nor given up there (semantics.md part 8)."""
        came = (one for one in self.contacts if one.flow.queue == line.name)
        return sum(one.line != line.name or one.turned is not None for one in came)

    def in_hour(self, line: Line, hour: int) -> Figures:
        """As `live_of`, of those who came in this hour of the days."""
        came = (one for one in self._in(line) if one.live and self.scenario.hour_of(one.came) == hour)
        return figures(came, line.target.seconds)

    def occupancy(self, hour: int | None = None) -> float | None:
        """Busy, of busy and idle time (semantics.md part 8), of everybody together."""
        busy, idle = (
            self._spent((one.busy if which else one.idle for one in self.hands), hour) for which in (True, False)
        )
        return _share(busy, busy + idle)

    def staffed(self, hour: int) -> float:
        """How many agents there were, on average, in this hour of the days."""
        return self._spent((one.busy + one.idle for one in self.hands), hour) / 3600 / self.scenario.days

    def _spent(self, times: Iterable[Counter[datetime]], hour: int | None) -> float:
        """Seconds within the days, of one hour or of all; a night that goes on after them is not theirs."""
        ends = self.scenario.ends
        return sum(
            seconds
            for one in times
            for at, seconds in one.items()
            if at < ends and (hour is None or self.scenario.hour_of(at) == hour)
        )

    def _in(self, line: Line) -> Iterable[Contact]:
        return (one for one in self.contacts if one.line == line.name)


def _spread(into: Counter[datetime], begin: datetime, end: datetime) -> None:
    """Seconds from one instant to another, by the quarter of an hour that they are in: an hour begins with one in every
    time zone, and not everywhere where it does in UTC."""
    while begin < end:
        quarter = begin.replace(minute=begin.minute // 15 * 15, second=0, microsecond=0)
        until = min(end, quarter + _QUARTER)
        into[quarter] += (until - begin).total_seconds()  # type: ignore[assignment]
        begin = until


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _at(waits: Sequence[float], share: float) -> float | None:
    return waits[min(len(waits) - 1, int(share * len(waits)))] if waits else None
