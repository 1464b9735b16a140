"""Every number of the wallboard is that of a plain recount, and of the rows behind it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from chat import satisfaction
from routing import views, wait
from routing.presence import Intent, Presence
from routing.sla.clock import SlaClock
from routing.wallboard import entries
from routing.wallboard.board import Board, board
from routing.wallboard.entries import Count, asked, counted
from routing.wallboard.figures import FIGURES
from routing.wallboard.people import Doing, doing
from routing.wallboard.today import as_of, midnight
from tests.cast import MONDAY, a_change, a_customer
from tests.routing.floor import a_floor
from tests.routing.history import History
from tests.routing.recount import DONE, Recount
from tickets.errors import NotFound
from tickets.rules import Rules
from tickets.ticket import Ticket

ALL_FIGURES = {**FIGURES, **satisfaction.FIGURES}


def a_history(seed: int, steps: int = 60) -> tuple[History, Board, Recount]:
    history = History(Random(seed))
    history.goes_on(steps)
    session, now = history.change.session, history.change.now
    return history, board(session, as_of(session, now), history.change.rules), Recount(session, now)


@settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seed=st.integers(0, 2**32))
@example(seed=4408)  # somebody waits for an answer for longer than their ticket stands in this line
def test_every_number_is_that_of_a_recount_and_of_the_rows_behind_it(seed: int) -> None:
    """Whatever has happened, in three time zones: the number, the list that it opens, and a plain count agree.

    Not shrunk: a smaller seed is no smaller history.
    """
    history, shown, recount = a_history(seed)
    session = history.change.session

    for name in ALL_FIGURES:
        expected = recount.rows(name)
        _figure_holds(session, shown, name, expected)
        for queue_id in history.queues:
            of_queue = [(id, good) for id, good in expected if recount.tickets[id].queue_id == queue_id]
            _figure_holds(session, shown, f"queue-{queue_id}-{name}", of_queue)
    _queues_hold(session, shown, recount)
    _people_hold(session, shown, recount)


def _figure_holds(session: Session, shown: Board, name: str, expected: list[tuple[int, bool]]) -> None:
    what = asked(name)
    total = entries.total(session, ALL_FIGURES, what, shown.as_of)
    found = entries.page(session, ALL_FIGURES, what, shown.as_of, limit=10_000)
    assert sorted(expected) == sorted((one.ticket_id, one.good) for one in found), name
    assert Count(len(expected), sum(good for _, good in expected)) == total, name


def _queues_hold(session: Session, shown: Board, recount: Recount) -> None:
    for queue in shown.queues:
        assert Count(*_sums(recount.rows("answered"), recount, queue.queue_id)) == queue.answered
        assert _sums(recount.rows("abandoned"), recount, queue.queue_id)[0] == queue.abandoned
        assert _sums(recount.rows("handled"), recount, queue.queue_id)[0] == queue.handled
        for kind, n in queue.on.items():
            assert n == len(views.rows(session, f"queue-{queue.queue_id}-{kind}", 0, limit=10_000)), kind
        here = [one for one in recount.tickets.values() if one.queue_id == queue.queue_id]
        line = sorted((recount.since(one), one.id) for one in here if recount.in_line(one))
        assert queue.on["in_line"] == len(line)
        assert (queue.longest and (queue.longest.since, queue.longest.ticket_id)) == (line[0] if line else None)
        pace = wait.pace(session, queue.queue_id, now=shown.now, rules=Rules())
        assert (pace is None) == (queue.estimate is None)
    for kind, n in shown.on.items():
        assert n == len(views.rows(session, kind, 0, limit=10_000)), kind
    open_ones = [one for one in recount.tickets.values() if one.status not in DONE]
    assert shown.on["breached"] == sum(one.sla_breached for one in open_ones)
    assert shown.on["at_risk"] == sum(one.sla_warned and not one.sla_breached for one in open_ones)


def _people_hold(session: Session, shown: Board, recount: Recount) -> None:
    awake = [one for one in recount.tickets.values() if one.status not in DONE and one.snoozed_until is None]
    holders = {one.agent_id for one in awake if one.agent_id is not None}
    assert recount.members | holders == {one.agent_id for one in shown.people}
    for one in shown.people:
        mine = [ticket for ticket in awake if ticket.agent_id == one.agent_id]
        assert (len(mine), sum(ticket.live for ticket in mine)) == (one.open, one.live)
        assert one.open == len(views.rows(session, f"agent-{one.agent_id}", 0, limit=10_000))
        assert one.live == len(views.rows(session, f"agent-{one.agent_id}-live", 0, limit=10_000))
        weights = [held.weight for held in recount.assignments if held.agent_id == one.agent_id]
        weights += [ringing.weight for ringing in recount.offers if ringing.agent_id == one.agent_id]
        assert sum(weights) == one.used


def _sums(rows: list[tuple[int, bool]], recount: Recount, queue_id: int) -> tuple[int, int]:
    here = [good for id, good in rows if recount.tickets[id].queue_id == queue_id]
    return len(here), sum(here)


def test_a_history_is_worth_recounting() -> None:
    """The dice bring up every figure; a recount of nothing would prove nothing."""
    seen: dict[str, int] = dict.fromkeys(ALL_FIGURES, 0)
    for seed in range(3):
        _, shown, recount = a_history(seed)
        for name in ALL_FIGURES:
            seen[name] += len(recount.rows(name))
        seen |= {kind: seen.get(kind, 0) + n for kind, n in shown.on.items()}
    assert {"backlog-3d", "backlog-7d", "backlog-older"} >= {name for name, n in seen.items() if not n}


def _a_clock(ticket: Ticket, cycle: int, **facts: Any) -> SlaClock:
    return SlaClock(
        id=90_000 + cycle,
        ticket_id=ticket.id,
        metric="next_reply",
        cycle=cycle,
        started_at=MONDAY,
        target_seconds=1800.0,
        since=MONDAY,
        **facts,
    )


def test_each_promise_counts_once_on_the_day_its_result_is_known() -> None:
    """Broken yesterday and kept late today was yesterday's; cancelled counts neither way."""
    change = a_change()
    queue, _ = a_floor(change)
    ticket = _ticket(change, queue.id)
    now, yesterday = change.now, change.now - timedelta(days=1)
    for clock in (
        _a_clock(ticket, 1, state="met", ended_at=now - timedelta(minutes=5)),
        _a_clock(ticket, 2, state="met", ended_at=now, breached_at=now - timedelta(minutes=1)),
        _a_clock(ticket, 3, state="met", ended_at=now, breached_at=yesterday),
        _a_clock(ticket, 4, state="met", ended_at=yesterday),
        _a_clock(ticket, 5, state="cancelled", ended_at=now, breached_at=now),
        _a_clock(ticket, 6, state="running", breached_at=now),
        _a_clock(ticket, 7, state="running"),
    ):
        change.add(clock)
    change.write()
    at = as_of(change.session, now)

    assert Count(3, 1) == counted(change.session, FIGURES["answered-today"], at).of(queue.id)
    assert 33 == Count(3, 1).share
    assert Count().share is None
    assert 99 == Count(1000, 999).share  # 100 % means all of them


def _ticket(change: Any, queue_id: int) -> Ticket:
    ticket = Ticket(
        id=change.new_id(),
        number=1,
        channel="chat",
        customer_id=a_customer(change).id,
        queue_id=queue_id,
        opened_at=change.now,
        queued_at=change.now,
        updated_at=change.now,
    )
    return change.add(ticket)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("now", "zone", "began"),
    [
        ("2026-11-23T09:00", "UTC", "2026-11-23T00:00"),
        ("2026-11-23T15:59", "Asia/Shanghai", "2026-11-22T16:00"),
        ("2026-11-23T16:00", "Asia/Shanghai", "2026-11-23T16:00"),
        ("2026-04-24T10:00", "Africa/Cairo", "2026-04-23T22:00"),  # the clocks go from 24:00 to 01:00
        ("2026-10-30T09:00", "Africa/Cairo", "2026-10-29T22:00"),  # and from 24:00 back to 23:00
        ("2026-03-29T12:00", "Europe/Vienna", "2026-03-28T23:00"),  # a day of 23 hours
    ],
)
def test_today_begins_at_midnight_where_the_queue_is(now: str, zone: str, began: str) -> None:
    """On the days on which clocks change, too: at the first instant that has the day's date."""
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = midnight(at, ZoneInfo(zone))
    local = [(found - timedelta(minutes=n)).astimezone(ZoneInfo(zone)) for n in (0, 1)]

    assert began == found.replace(tzinfo=None).isoformat(timespec="minutes")
    assert local[0].date() == at.astimezone(ZoneInfo(zone)).date()
    assert local[1].time() > time(22, 58)


@pytest.mark.parametrize(
    ("intent", "connected", "reason", "full", "expected"),
    [
        (Intent.AVAILABLE, True, "", False, Doing.AVAILABLE),
        (Intent.AVAILABLE, True, "", True, Doing.BUSY),
        (Intent.AVAILABLE, False, "", False, Doing.OFFLINE),
        (Intent.AWAY, True, "lunch", True, Doing.AWAY),
        (Intent.AWAY, True, "missed", False, Doing.MISSED),
        (Intent.OFFLINE, True, "", False, Doing.OFFLINE),
    ],
)
def test_what_an_agent_does(intent: Intent, connected: bool, reason: str, full: bool, expected: Doing) -> None:
    """Busy is who has no room for one more chat."""
    here = Presence(
        agent_id=1,
        intent=intent.value,
        reason=reason,
        since=MONDAY,
        connected=connected,
        seen_at=MONDAY,
        idle_since=MONDAY,
    )
    assert expected is doing(here, full=full)
    assert Doing.OFFLINE is doing(None)


@pytest.mark.parametrize("name", ["", "theirs", "queue-3-", "queue-3-theirs", "queue-x-handled-today", "handled"])
def test_an_unknown_figure_is_not_found(name: str) -> None:
    change = a_change()
    with pytest.raises(NotFound):
        entries.total(change.session, ALL_FIGURES, asked(name), as_of(change.session, change.now))
