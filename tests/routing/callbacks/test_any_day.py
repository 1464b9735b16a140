"""Whatever customers and agents do, by day or by night: no call is lost, none rings out of hours, none rings twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import col, select

from routing import handing, offers, presence
from routing.calendars import BusinessCalendar, is_open
from routing.callbacks import by_hand, slots
from routing.callbacks.callback import Callback, Outcome, State
from routing.callbacks.standing import stage
from routing.offers import Offer
from routing.presence import Intent
from tests.cast import a_change
from tests.routing.callbacks.calls import BERLIN, OFFICE, PRIYA, SAM, a_call_floor, asks, moves, tick
from tests.routing.floor import acts, settle
from tickets.status import Status
from tickets.ticket import Ticket

PICK = st.integers(0, 3)
OPEN = {"scheduled", "queued", "offered", "dialling", "retry_wait"}
FINAL = {"message_sent", "expired", "cancelled"}
OVER = {"connected", "wrapping", "done", *FINAL}
T = TypeVar("T")


class Calls(RuleBasedStateMachine):
    """A Friday; on Sunday the clocks go forward. Ada and Bo answer from nine to five; Sam and Priya want to be rung."""

    @initialize(hours=st.sampled_from([OFFICE, None]))
    def opens(self, hours: BusinessCalendar | None) -> None:
        self.change = a_change()
        self.queue, self.agents = a_call_floor(self.change, "Ada", "Bo", now="2026-03-27T15:00", hours=hours)
        self.hours = hours or slots.ALWAYS
        self.made_at: dict[int, bool] = {}
        self.stages: dict[int, str] = {}

    # What customers do

    @rule(priya=st.booleans(), later=PICK)
    def asks_for_a_call(self, priya: bool, later: int) -> None:
        before = len(self.open_ones)
        offered = [window for day in slots.windows(self.hours, self.change.now) for window in day]
        start = _one(offered, later).start.astimezone(BERLIN) if later else None
        phone = PRIYA if priya else SAM
        known = any(one.phone == phone.e164 for one in self.open_ones)
        asked = asks(self.change, start.replace(tzinfo=None).isoformat() if start else None, phone=phone)
        assert known == asked.joined
        assert before + (not known) == len(self.open_ones)

    @precondition(lambda self: self.open_ones)
    @rule(n=PICK, later=PICK)
    def chooses_another_time(self, n: int, later: int) -> None:
        offered = [window for day in slots.windows(self.hours, self.change.now) for window in day]
        callback = _one(self.open_ones, n)
        self.change.by = "customer:1"
        by_hand.move(self.change, callback.ticket_id, _one(offered, later).start if later else None)
        settle(self.change)

    @precondition(lambda self: self.open_ones)
    @rule(n=PICK)
    def cancels(self, n: int) -> None:
        self.change.by = "customer:1"
        by_hand.cancel(self.change, _one(self.open_ones, n).ticket_id)
        settle(self.change)

    # What agents do

    @rule(n=PICK, answer=st.sampled_from([offers.accept, offers.decline]))
    def answers(self, n: int, answer: object) -> None:
        if ringing := self.ringing:
            offer = _one(ringing, n)
            self.change.by = f"agent:{offer.agent_id}"
            answer(self.change, offer.id)  # type: ignore[operator]
            settle(self.change)

    @precondition(lambda self: self.held)
    @rule(n=PICK, outcome=st.sampled_from(Outcome), twice=st.booleans())
    def dials(self, n: int, outcome: Outcome, twice: bool) -> None:
        callback = _one(self.held, n)
        holder = self.ticket(callback).agent_id
        attempt = callback.attempts + 1
        for _ in range(1 + twice):
            self.change.by = f"agent:{holder}"
            by_hand.tried(self.change, callback.ticket_id, outcome, attempt=attempt)
            settle(self.change)
        assert attempt == callback.attempts

    @precondition(lambda self: self.held)
    @rule(n=PICK)
    def picks_up_the_telephone(self, n: int) -> None:
        callback = _one(self.held, n)
        self.change.by = f"agent:{self.ticket(callback).agent_id}"
        by_hand.dial(self.change, callback.ticket_id)
        settle(self.change)

    @precondition(lambda self: self.held)
    @rule(n=PICK, how=st.sampled_from(["gives back", "resolves", "waits", "sleeps"]))
    def is_done_with_it(self, n: int, how: str) -> None:
        ticket = self.ticket(_one(self.held, n))
        self.change.by = f"agent:{ticket.agent_id}"
        match how:
            case "gives back":
                handing.give_back(self.change, ticket.id)
            case "resolves":
                ticket.resolve(self.change)
            case "waits":
                ticket.set_status(self.change, Status.PENDING)
            case "sleeps":
                ticket.snooze(self.change, self.change.now + timedelta(hours=1))
        settle(self.change)

    @rule(n=PICK, intent=st.sampled_from(Intent))
    def comes_or_goes(self, n: int, intent: Intent) -> None:
        agent = _one(self.agents, n)
        acts(self.change, agent)
        presence.set_intent(self.change, agent.id, intent)
        settle(self.change)

    @rule(minutes=st.sampled_from([1, 5, 15, 60, 120, 600, 1440, 4000]))
    def time_passes(self, minutes: int) -> None:
        """Minute by minute would take long; what falls due together is done in one look."""
        for agent in self.agents:
            presence.seen(self.change, [agent.id])
        moves(self.change, minutes=minutes)

    # What holds, whatever they do

    @invariant()
    def nothing_is_due_that_was_not_done(self) -> None:
        for callback in self.open_ones:
            assert not callback.waits or callback.not_before > self.change.now
            assert callback.leaves_at is None or callback.leaves_at > self.change.now
            assert callback.expires_at is not None, "whatever it waits for, one day it ends"
            assert callback.expires_at > self.change.now

    @invariant()
    def a_call_that_waits_is_hidden_and_one_whose_time_has_come_stands_in_line(self) -> None:
        for callback in self.open_ones:
            ticket = self.ticket(callback)
            if callback.waits:
                assert (None, False) == (ticket.agent_id, ticket.to_call)
                assert callback.not_before == ticket.snoozed_until
            else:
                assert ticket.to_call
                assert ticket.agent_id is not None or ticket.snoozed_until or is_open(self.hours, self.change.now)

    @invariant()
    def it_rings_within_the_hours_only(self) -> None:
        for offer in self.ringing:
            if offer.id not in self.made_at:
                self.made_at[offer.id] = is_open(self.hours, offer.made_at)
            assert self.made_at[offer.id]
            assert is_open(self.hours, self.change.now)

    @invariant()
    def looking_twice_does_nothing_twice(self) -> None:
        assert [] == tick(self.change)

    @invariant()
    def what_is_over_has_ended_somehow_and_tries_are_counted(self) -> None:
        for callback in self.change.rows(select(Callback)):
            assert callback.open == (callback.outcome == "")
            assert callback.attempts <= self.change.rules.call_tries
            assert callback.open != self.ticket(callback).done or callback.outcome in {"reached", "expired"}

    @invariant()
    def every_state_is_one_of_the_plan_and_a_final_one_is_final(self) -> None:
        """semantics.md part 4."""
        for callback in self.change.rows(select(Callback)):
            ringing = callback.ticket_id in {offer.ticket_id for offer in self.ringing}
            now = stage(callback, self.ticket(callback), ringing=ringing)
            before = self.stages.get(callback.ticket_id, now)
            assert now in (OPEN if callback.open else OVER)
            assert before not in FINAL or now == before
            self.stages[callback.ticket_id] = now

    @invariant()
    def who_waited_how_long_is_known_at_the_end(self) -> None:
        for callback in self.change.rows(select(Callback)):
            if not callback.open:
                assert callback.ended_by in {"customer", "agent", "system"}
                assert callback.gross_seconds is not None
                assert 0 <= (callback.net_seconds or 0) <= callback.gross_seconds

    @property
    def open_ones(self) -> Sequence[Callback]:
        if not hasattr(self, "change"):
            return ()
        open_ones = select(Callback).where(col(Callback.state) != State.DONE)
        return self.change.rows(open_ones.order_by(col(Callback.ticket_id)))

    @property
    def held(self) -> Sequence[Callback]:
        return [one for one in self.open_ones if self.ticket(one).agent_id is not None]

    @property
    def ringing(self) -> Sequence[Offer]:
        return self.change.rows(select(Offer).where(offers.is_live()).order_by(col(Offer.id)))

    def ticket(self, callback: Callback) -> Ticket:
        return self.change.take(Ticket, callback.ticket_id)


def _one(of: Sequence[T], n: int) -> T:
    return of[n % len(of)]


TestCalls = Calls.TestCase
TestCalls.settings = settings(
    max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=[*HealthCheck], derandomize=True
)
