"""Working time is what a clerk counts who looks at the wall every minute, at every clock change from 2024 to 2027."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from routing.calendars import DAY, BusinessCalendar, Span, add_working, is_open, next_open, working_seconds

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STEP = timedelta(days=3)  # no zone changes its clocks twice within
AROUND = 25 * 60  # minutes before and after each change that are looked at
# Several spans, one over midnight, an end of 24:00, and edges in the hours that are skipped or repeated.
HOURS: tuple[Span, ...] = ((0, 50), (130, 150), (175, 750), (780, 1080), (1410, DAY))
SHORT: tuple[Span, ...] = ((30, 125), (140, 600), (1380, DAY))


@dataclass(frozen=True)
class Turn:
    """The clocks of some zone change: until `at` they are so far from UTC, and from then on so far."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def begin(self) -> datetime:
        return self.at - AROUND * MINUTE

    @property
    def day(self) -> date:
        return (self.at + self.after).date()

    def wall(self, at: datetime) -> datetime:
        return (at + (self.before if at < self.at else self.after)).replace(tzinfo=None)


def turns(name: str) -> Iterator[Turn]:
    zone, at = ZoneInfo(name), FIRST
    while at < LAST:
        before, after = (moment.astimezone(zone).utcoffset() or timedelta() for moment in (at, at + STEP))
        if before != after:
            low, high = 0, STEP // MINUTE
            while high - low > 1:
                middle = (low + high) // 2
                same = (at + middle * MINUTE).astimezone(zone).utcoffset() == before
                low, high = (middle, high) if same else (low, middle)
            yield Turn(at + high * MINUTE, before, after)
        at += STEP


def around(name: str, turn: Turn) -> BusinessCalendar:
    """The same hours on every day but two: the day of the change, or the one after it, has its own or none."""
    if turn.day.toordinal() % 2:
        return BusinessCalendar(name, (HOURS,) * 7, special={turn.day: SHORT})
    return BusinessCalendar(name, (HOURS,) * 7, closed=frozenset({turn.day + timedelta(days=1)}))


@cache
def clerk(turn: Turn) -> list[bool]:
    """Minute by minute, whether the desk is open. An hour that comes twice opens and closes nothing again: what counts
    is how far the wall has come."""
    hours, furthest, found = around("UTC", turn), turn.wall(turn.begin), []
    for n in range(2 * AROUND):
        furthest = max(furthest, turn.wall(turn.begin + n * MINUTE))
        minute = furthest.hour * 60 + furthest.minute
        found.append(any(start <= minute < end for start, end in hours.spans(furthest.date())))
    return found


def agrees(name: str, turn: Turn, *, every: int) -> int:
    """Every so many minutes the calendar says what the clerk says. Returns how many minutes were asked for."""
    calendar, opens = around(name, turn), clerk(turn)
    counted, moments = 0, [turn.begin + n * MINUTE for n in range(len(opens))]
    following = len(moments) - 1 - opens[::-1].index(True)
    upcoming = [0] * len(opens)
    for n in range(following, -1, -1):
        following = upcoming[n] = n if opens[n] else following
    for n, at in enumerate(moments):
        if n % every == 0:
            told = (name, at)
            assert opens[n] == is_open(calendar, at), told
            assert 60 * counted == working_seconds(calendar, turn.begin, at), told
            if n <= upcoming[n]:
                assert moments[upcoming[n]] == next_open(calendar, at), told
            if opens[n]:
                assert at + MINUTE == add_working(calendar, turn.begin, 60 * (counted + 1)), told
                assert at + MINUTE / 2 == add_working(calendar, turn.begin, 60 * counted + 30), told
        counted += opens[n]
    return len(moments[::every])


def test_a_clerk_at_the_wall_agrees_at_every_clock_change_of_every_zone() -> None:
    """What zones have in common is looked at closely once; then each of them at one of its changes."""
    seen: set[Turn] = set()
    zones = minutes = 0
    for name in sorted(available_timezones()):
        found = tuple(turns(name))
        for turn in found:
            if turn not in seen:
                minutes += agrees(name, turn, every=5)
        if found:
            minutes += agrees(name, found[zones % len(found)], every=61)
        seen.update(found)
        zones += bool(found)

    assert zones > 100
    assert minutes > 100_000
