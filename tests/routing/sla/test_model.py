"""A day with many turns: the clocks agree with a clerk who writes down minute by minute what runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import delete, select

from routing.sla import keeping
from routing.sla.clock import SlaClock
from routing.sla.ledger import SlaEntry
from routing.sla.policy import SlaPolicy, Terms, add_policy
from tests.cast import MONDAY
from tests.routing.floor import settle
from tests.routing.sla.promises import (
    ALoggedChange,
    a_promised_ticket,
    ada_answers,
    clocks_of,
    office_hours,
    sam_writes,
    the_scheduler_looks,
)
from tickets.status import Priority, Status

MINUTE = timedelta(minutes=1)
TARGETS = {  # minutes, and whether only office hours count
    "first_reply": {"normal": (50, False), "high": (20, False), "low": (60, True)},
    "next_reply": {"normal": (30, True), "high": (15, False), "low": (90, True)},
    "resolution": {"normal": (300, True), "high": (200, False), "low": (500, True)},
}


def office_is_open(minute: datetime) -> bool:
    return minute.weekday() < 5 and 9 <= minute.hour < 17


@dataclass
class Tally:
    """What the clerk keeps of one promise: the minutes in which it ran."""

    cycle: int
    began: datetime
    ran: list[datetime] = field(default_factory=list)
    ended: datetime | None = None
    priority: str = ""  # in force when it ended

    def goes_on(self) -> None:
        self.ended, self.priority = None, ""

    def due(self, metric: str, priority: str, now: datetime, *, runs: bool) -> datetime | None:
        """The end of the minute in which the target is reached, as far ahead as need be."""
        minutes, business = TARGETS[metric][self.priority or priority]
        counted = [minute for minute in self.ran if not business or office_is_open(minute)]
        if len(counted) >= minutes:
            return counted[minutes - 1] + MINUTE
        ahead = now
        while runs and len(counted) < minutes:
            if not business or office_is_open(ahead):
                counted.append(ahead)
            ahead += MINUTE
        return counted[-1] + MINUTE if runs else None


@cache
def the_desk() -> ALoggedChange:
    """One for all days: it is making tables that takes time."""
    change = ALoggedChange()
    targets = {
        metric: {name: {"minutes": n, "business": business} for name, (n, business) in by_priority.items()}
        for metric, by_priority in TARGETS.items()
    }
    add_policy(change, Terms("Everybody", targets, calendar_id=office_hours(change).id))
    return change


class ADay(RuleBasedStateMachine):
    """Sam, Ada and the clock do as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.change = the_desk()
        self.change.claim(delete(SlaClock))
        self.change.heard.clear()
        self.change.clock.at = MONDAY
        self.change.moves(hours=6)  # closing time comes soon
        self.ticket = a_promised_ticket(self.change)
        self.oldest: datetime | None = self.change.now  # message that nobody has answered
        self.waited: list[datetime] = []  # minutes since, in which the matter was not done
        first, solution = Tally(1, self.change.now), Tally(1, self.change.now)
        self.tallies = {"first_reply": [first], "next_reply": list[Tally](), "resolution": [solution]}
        self.priority, self.status, self.replied = "normal", "open", False

    @rule(minutes=st.sampled_from([1, 5, 10, 25, 60, 130, 700]))
    def time_passes(self, minutes: int) -> None:
        for _ in range(minutes):
            if not self.over:
                self.waited.append(self.change.now)
            for metric, tallies in self.tallies.items():
                for tally in tallies:
                    if self._runs(metric, tally):
                        tally.ran.append(self.change.now)
            self.change.moves(minutes=1)

    @rule()
    def sam_asks(self) -> None:
        sam_writes(self.change, self.ticket)
        if self.oldest is None:
            self.oldest, self.waited = self.change.now, []
        self._opens()
        if self.replied and not any(tally.ended is None for tally in self.tallies["next_reply"]):
            turns = self.tallies["next_reply"]
            turns.append(Tally(len(turns) + 2, self.change.now))

    @rule()
    def ada_replies(self) -> None:
        ada_answers(self.change, self.ticket)
        self.replied, self.oldest = True, None
        if self.over:
            self._opens()
        self._end("first_reply", "next_reply")

    @precondition(lambda self: not self.over)
    @rule(status=st.sampled_from([Status.PENDING, Status.ON_HOLD, Status.OPEN]))
    def ada_sets(self, status: Status) -> None:
        self.ticket.set_status(self.change, status)
        settle(self.change)
        self.status = "pending" if status is Status.PENDING else "open"

    @rule()
    def ada_resolves(self) -> None:
        self.ticket.resolve(self.change)
        settle(self.change)
        if not self.over:
            self.status, self.replied = "done", True
            self._end(*self.tallies)

    @precondition(lambda self: not self.over)
    @rule()
    def ada_takes_it_for_spam(self) -> None:
        self.ticket.set_status(self.change, Status.SPAM)
        settle(self.change)
        self.status = "spam"
        self._end(*self.tallies)

    @precondition(lambda self: self.over)
    @rule()
    def ada_reopens(self) -> None:
        self.ticket.reopen(self.change)
        settle(self.change)
        self._opens()
        if self.replied and self.oldest is not None:
            self._takes_turn(self.oldest)

    @rule(priority=st.sampled_from([Priority.NORMAL, Priority.HIGH, Priority.LOW]))
    def it_is_more_or_less_urgent(self, priority: Priority) -> None:
        self.ticket.set_priority(self.change, priority)
        settle(self.change)
        self.priority = priority.value

    @rule(minutes=st.sampled_from([0, 5, 60]))
    def nothing_is_promised_for_a_while(self, minutes: int) -> None:
        """What would have been promised meanwhile is promised again."""
        (policy,) = self.change.rows(select(SlaPolicy))
        for active in (False, True):
            policy.set_active(self.change, active)
            self.change.write()
            keeping.touch(self.change, self.ticket)
            settle(self.change)
            if not active:
                self.time_passes(minutes)

    @rule()
    def the_scheduler_looks(self) -> None:
        the_scheduler_looks(self.change)

    @invariant()
    def every_clock_is_as_the_clerk_says(self) -> None:
        now, found = self.change.now, {(one.metric, one.cycle): one for one in clocks_of(self.change, self.ticket)}
        assert set(found) == {(metric, tally.cycle) for metric, all_ in self.tallies.items() for tally in all_}
        for metric, tallies in self.tallies.items():
            for tally in tallies:
                clock, runs = found[metric, tally.cycle], self._runs(metric, tally)
                due = tally.due(metric, self.priority, now, runs=runs)
                late = due is not None and due <= (tally.ended or now)
                assert tally.ended == clock.ended_at
                assert runs == (clock.state == "running")
                if runs:
                    assert due == clock.due_at
                if clock.breached_at is not None or not self._may_be_unnoticed(clock):
                    assert (due if late else None) == clock.breached_at

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """Once for each clock and instant (I14); a breach that was taken back may be noted again."""
        said = Counter((event.kind, event.clock, event.due) for event in self.change.heard)
        entries = self.change.rows(select(SlaEntry).where(SlaEntry.ticket_id == self.ticket.id))
        noted = Counter((entry.kind, entry.clock_id, entry.at) for entry in entries if entry.kind in {"warn", "breach"})
        taken_back = Counter(entry.clock_id for entry in entries if entry.kind == "withdraw")
        assert [] == [one for one, times in said.items() if times > 1]
        assert [] == [one for one, times in noted.items() if times > 1 + (one[0] == "breach") * taken_back[one[1]]]

    @invariant()
    def the_ticket_shows_the_nearest(self) -> None:
        open_ = [one for one in clocks_of(self.change, self.ticket) if one.ended_at is None]
        due = [one.due_at for one in open_ if one.due_at is not None]
        assert (min(due) if due else None) == self.ticket.sla_due_at
        assert {one.metric: one.id for one in open_} == self.ticket.sla_clocks
        assert any(one.breached_at for one in open_) == self.ticket.sla_breached
        assert bool(open_ and not due) == self.ticket.sla_paused

    @invariant()
    def nobody_who_waits_is_forgotten(self) -> None:
        waits = self.oldest is not None and not self.over
        assert waits == (self.ticket.waiting_since is not None)

    def _may_be_unnoticed(self, clock: SlaClock) -> bool:
        """It runs, its time has come, and no scheduler has looked since."""
        return clock.state == "running" and clock.due_at is not None and clock.due_at <= self.change.now

    def _runs(self, metric: str, tally: Tally) -> bool:
        return tally.ended is None and not (metric == "resolution" and self.status == "pending")

    @property
    def over(self) -> bool:
        return self.status in {"done", "spam"}

    def _opens(self) -> None:
        if self.over:
            self.tallies["resolution"][0].goes_on()
        if self.status == "spam" and not self.replied:
            self.tallies["first_reply"][0].goes_on()
        self.status = "open"

    def _takes_turn(self, began: datetime) -> None:
        """That of a message which had one before goes on."""
        turns = self.tallies["next_reply"]
        known = [tally for tally in turns if tally.began == began]
        if known:
            known[-1].goes_on()
        else:
            turns.append(Tally(len(turns) + 2, began, [*self.waited]))

    def _end(self, *metrics: str) -> None:
        for tally in (tally for metric in metrics for tally in self.tallies[metric] if tally.ended is None):
            tally.ended, tally.priority = self.change.now, self.priority


ADay.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestADay = ADay.TestCase
