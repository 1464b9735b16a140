"""What one figure tells: how soon the desk is ready, what it holds in memory, how quickly it finds and counts."""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import text

from routing.calendars import BusinessCalendar, add_working, checked, is_open, next_open
from tests.bench.findings import Finding, Told, middle
from tests.bench.houses import a_desk
from tests.bench.process import megabytes
from tests.cast import a_database
from tests.cast import a_desk as a_small_desk
from tests.running import RunningDesk
from tickets import find
from tickets.change import Change
from tickets.words import words

STORED = 50_000  # messages
_SOME_DUE_TIMES = 250_000  # of the million
_MOST_WORK = 90 * 5 // 7 * 8 * 3600  # seconds of work in 90 days
QUERIES = ["退款", "order", "mark777mark", "您好 order", "nowhere"]
_INSERT = text("insert into search (rowid, ticket_id, words) values (:id, :ticket, :words)")
_TEXTS = [
    "您好，我的订单一直没有发货，可以帮我看一下吗？",
    "Where is my order? It should have come on Monday.",
    "我要退款，谢谢。The lamp arrived broken.",
    "Thank you, that is all for today.",
]


def single(told: Told) -> Iterable[Finding]:
    """Start, memory, search and hours."""
    parts = [ready_and_idle(told.folder / "idle"), finding(told.folder / "finding"), calendars()]
    found = [_named(name, value) for part in parts for name, value in part.items()]
    return [*found, due_times(told.rounds)]


def _named(name: str, value: float, *, goal: float | None = None) -> Finding:
    """A name that ends with its unit in brackets."""
    what, _, unit = name.rpartition(" (")
    return Finding(what, value, unit.rstrip(")"), goal)


def ready_and_idle(folder: Path) -> dict[str, float]:
    """Seconds until the doors are open, the first time and with data there; megabytes once nothing happens."""
    desk = a_desk(folder)
    began = time.perf_counter()
    desk.start()
    first = time.perf_counter() - began
    desk.stop()
    began = time.perf_counter()
    desk.start()
    again = time.perf_counter() - began
    _at_rest(desk)
    memory = megabytes(desk.pid)
    desk.stop()
    return {"first start (s)": first, "next start (s)": again, "idle memory (MB)": memory}


def _at_rest(desk: RunningDesk) -> None:
    """Until its doors, its feed and its timers have come round once, and it has written something."""
    while True:
        try:
            urllib.request.urlopen(f"{desk.url}/readyz", timeout=60).close()
            return
        except urllib.error.HTTPError as error:  # it looks again before it answers
            error.close()


def finding(folder: Path) -> dict[str, float]:
    """Milliseconds for a search among 50 000 messages, by query."""
    folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_finding(folder))


async def _finding(folder: Path) -> dict[str, float]:
    database = a_database(folder)
    async with a_small_desk(database) as desk:
        for start in range(0, STORED, 5000):
            await desk.change(_fill, start, start + 5000, by="system")
        found = {f"search {query} (ms)": _milliseconds(partial(desk.look, find.search, query)) for query in QUERIES}
    database.close()
    return found


def _fill(change: Change, start: int, end: int) -> None:
    """Messages of forty to a ticket."""
    entries = [
        {"id": n + 1, "ticket": n // 40, "words": " ".join(words(f"{_TEXTS[n % len(_TEXTS)]} mark{n}mark"))}
        for n in range(start, end)
    ]
    change.execute(_INSERT, entries)


def _milliseconds(act: Callable[[], object]) -> float:
    took = []
    for _ in range(30):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return median(took) * 1000


def calendars() -> dict[str, float]:
    """Microseconds to tell whether the desk is open, and when it opens next, over a year of hours."""
    calendar = _office()
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(0, 365 * 24, 7)]
    return {
        "is it open (us)": _milliseconds(lambda: [is_open(calendar, at) for at in moments]) / len(moments) * 1000,
        "opens next (us)": _milliseconds(lambda: [next_open(calendar, at) for at in moments]) / len(moments) * 1000,
    }


def due_times(rounds: int) -> Finding:
    """CPU seconds for a million due times, each up to 90 days ahead, over a year with clock changes and days off."""
    dice, year = Random(1), datetime(2026, 1, 1, tzinfo=UTC)
    asked = [
        (year + timedelta(seconds=dice.randrange(365 * 86_400)), dice.randrange(1, _MOST_WORK))
        for _ in range(_SOME_DUE_TIMES)
    ]
    found = []
    for _ in range(rounds):
        calendar, began = _office(), time.process_time()
        for start, seconds in asked:
            add_working(calendar, start, seconds)
        found.append((time.process_time() - began) * 1_000_000 / _SOME_DUE_TIMES)
    return middle("a million due times of up to 90 days", found, "CPU seconds", goal=10.0, at_most=True)


def _office() -> BusinessCalendar:
    days = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    holidays = frozenset({date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2027, 1, 1)})
    return checked(BusinessCalendar("Europe/Berlin", (days, days, days, days, days, (), ()), closed=holidays))
