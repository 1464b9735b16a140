"""A day that was made up, as plain values: who comes and when, how long it takes, how patient they are, who works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from routing.calendars import DAY, BusinessCalendar, zone_named
from routing.choosing import Rule
from routing.limits import WhenFull
from routing.line import Turn
from routing.loads import LoadForm
from routing.medium import Medium
from routing.openings import Span, instant
from tickets.status import Channel, Priority

HOURS = 24


class Shape(StrEnum):
    """How times scatter around their mean."""

    EXPONENTIAL = "exponential"  # many short, a few long: what the formulas suppose
    LOGNORMAL = "lognormal"  # what handling times mostly look like
    CONSTANT = "constant"


@dataclass(frozen=True)
class Duration:
    """`mean` in seconds; `spread`: the standard deviation of a lognormal one, as a share of the mean."""

    mean: float
    shape: Shape = Shape.EXPONENTIAL
    spread: float = 0.6


@dataclass(frozen=True)
class Target:
    """The share of contacts, in percent, that is to be answered within so many seconds."""

    percent: float = 80.0
    seconds: float = 20.0


@dataclass(frozen=True)
class Step:
    """After so many seconds in line a contact gives up skills, calls a queue to help, or is more urgent."""

    after: float
    drop: Sequence[str] = ()
    widen: str = ""
    more_urgent: bool = False


@dataclass(frozen=True)
class Help:
    """The queue whose agents help, from so many waiting on."""

    queue: str
    waiting: int


@dataclass(frozen=True)
class Full:
    """So many waiting, or so long a wait, make a line full: who comes live then is answered in writing or rung, or
    waits in another queue."""

    waiting: int | None
    wait: float | None
    then: WhenFull
    queue: str = ""


@dataclass(frozen=True)
class Line:
    """A queue. `skills`: what all of its contacts ask for, and the level of it. `calls`: what it promises to those who
    want to be rung, where that is not as everywhere (routing.callbacks.terms)."""

    name: str
    target: Target = Target()
    rule: Rule = Rule.LONGEST_IDLE
    skills: Mapping[str, int] = field(default_factory=dict)
    turn: Turn = Turn.URGENCY
    ring: float | None = None  # seconds that an offer rings
    steps: Sequence[Step] = ()
    help: Help | None = None
    full: Full | None = None
    calls: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """Contacts of one kind. `by_hour`: how many come in each hour of the day. Without patience nobody gives up.
    `reached`: the share of calls that somebody answers."""

    queue: str
    channel: Channel
    by_hour: Sequence[float]
    handling: Duration
    patience: Duration | None = None
    priority: Priority = Priority.NORMAL
    reached: float = 1.0

    @property
    def live(self) -> bool:
        return self.channel is Channel.CHAT


@dataclass(frozen=True)
class Shift:
    """So many agents from one minute of the day to another, which may be on the next day. `delay`: how old a contact
    must be, in seconds, before they are asked."""

    name: str
    agents: int
    starts: int
    ends: int
    queues: Sequence[str]
    breaks: Sequence[Span] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    delay: float = 0.0

    @property
    def goes(self) -> int:
        """The minute at which they go, counted from the midnight before they came."""
        return self.ends if self.ends > self.starts else self.ends + DAY

    @property
    def over_midnight(self) -> bool:
        return self.goes > DAY

    @property
    def pauses(self) -> Sequence[Span]:
        """The breaks, counted from that midnight, too."""
        after = DAY if self.over_midnight else 0
        return [(a + after, b + after) if a < self.starts else (a, b) for a, b in self.breaks]


@dataclass(frozen=True)
class Promised:
    """An SLA target for every priority, of these queues or of all. In opening hours where the scenario has any."""

    metric: str
    seconds: int
    queues: Sequence[str] = ()


@dataclass(frozen=True)
class Scenario:
    """`at_once`: chats that an agent holds at a time. `wrap_up`: seconds to write down what was said in one.
    `loads`: what other work takes of an agent, where that is not as usual.
    `answers_after`: seconds from a ring to its answer. `misses`: the share of rings that nobody answers."""

    name: str
    lines: Sequence[Line]
    flows: Sequence[Flow]
    shifts: Sequence[Shift]
    promises: Sequence[Promised] = ()
    hours: BusinessCalendar | None = None
    first_day: date = date(2026, 11, 23)
    days: int = 1
    zone: str = "UTC"
    seed: int = 1
    at_once: int = 1
    wrap_up: int = 0
    answers_after: float = 0.0
    misses: float = 0.0
    loads: Mapping[Medium, LoadForm] = field(default_factory=dict)

    def at(self, day: int, minute: int) -> datetime:
        """An instant by the day of the scenario, 0 for the first, and its local minute."""
        return instant(zone_named(self.zone), self.first_day + timedelta(days=day), minute)

    def hour_of(self, at: datetime) -> int:
        return at.astimezone(zone_named(self.zone)).hour

    @property
    def ends(self) -> datetime:
        return self.at(self.days, 0)
