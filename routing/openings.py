"""The openings of a calendar as instants, reckoned a quarter of a year at a time: looking one up costs little."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tickets.moment import to_micros

Span = tuple[int, int]  # [start, end) in minutes since local midnight; an end of 1440 is 24:00

_DAYS = 91  # of a quarter: thirteen weeks
_FIRST_DAY = date(1970, 1, 1)
_LENGTH = _DAYS * 24 * 3_600_000_000  # microseconds


@dataclass(frozen=True)
class Quarter:
    """Its openings, in order; those that touch are one. Instants and lengths are microseconds (tickets.moment)."""

    begins: int
    ends: int
    starts: Sequence[int]
    closes: Sequence[int]
    through: Sequence[int]  # working time from the beginning of the quarter to each close
    length: int  # all of its working time

    def next_opening(self, at: int) -> int:
        """Which opening is under way, or else comes next; their number where there is none any more."""
        return bisect_right(self.closes, at)

    def worked_by(self, at: int) -> int:
        """Working time from the beginning of the quarter until then."""
        number = self.next_opening(at)
        if number == len(self.closes):
            return self.length
        return self.through[number] - self.closes[number] + max(at, self.starts[number])

    def when_worked(self, work: int) -> int:
        """The first instant by which there was so much working time, which is more than none, in this quarter."""
        number = bisect_left(self.through, work)
        return self.closes[number] - self.through[number] + work


class Openings:
    """All openings of one calendar; each quarter is reckoned when it is first asked for, and kept."""

    def __init__(self, zone: ZoneInfo, spans: Callable[[date], Sequence[Span]]) -> None:
        self._zone = zone
        self._spans = spans
        self._quarters: dict[int, Quarter] = {}

    def number_at(self, at: int) -> int:
        """Which quarter an instant is in. They begin with a local midnight, some hours from one in UTC."""
        number = at // _LENGTH
        quarter = self[number]
        if at < quarter.begins:
            return number - 1
        return number + 1 if at >= quarter.ends else number

    def __getitem__(self, number: int) -> Quarter:
        found = self._quarters.get(number)
        if found is None:
            found = self._quarters[number] = self._reckoned(number)
        return found

    def _reckoned(self, number: int) -> Quarter:
        days = [_FIRST_DAY + timedelta(days=number * _DAYS + n) for n in range(_DAYS + 1)]
        starts: list[int] = []
        closes: list[int] = []
        through: list[int] = []
        total = 0
        for start, close in self._edges(days[:-1]):
            if starts and start <= closes[-1]:
                total += close - closes[-1]
                closes[-1], through[-1] = close, total
            else:
                total += close - start
                starts.append(start)
                closes.append(close)
                through.append(total)
        begins, ends = (to_micros(instant(self._zone, day, 0)) for day in (days[0], days[-1]))
        return Quarter(begins, ends, starts, closes, through, total)

    def _edges(self, days: Sequence[date]) -> Iterator[Span]:
        """In microseconds; hours that a clock change swallowed are none."""
        for day in days:
            for start, end in self._spans(day):
                opens, shuts = to_micros(instant(self._zone, day, start)), to_micros(instant(self._zone, day, end))
                if opens < shuts:
                    yield opens, shuts


def instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """Local minute `minute` of `day` in UTC. One that is skipped is the next valid instant, one that comes twice the
    first."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    found = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local:
        return found
    return _end_of_gap(zone, local)


def _end_of_gap(zone: ZoneInfo, local: datetime) -> datetime:
    """The instant at which the clocks jumped over `local`, found by halving: no library says it."""
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)  # read with the later offset: too early
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, after)
    return after.replace(microsecond=0)
