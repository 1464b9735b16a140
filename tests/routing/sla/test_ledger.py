"""Whatever happens to a ticket, in whatever order: its clocks are what the ledger says, and the log says the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from routing.sla.beginning import stretches
from routing.sla.clock import SlaClock
from routing.sla.ledger import SlaEntry, fold
from routing.sla.metrics import Metric, State
from routing.sla.policy import Terms, add_policy
from routing.sla.timing import AroundTheClock, Stretch
from tests.cast import MONDAY
from tests.routing.floor import settle
from tests.routing.sla.promises import (
    ALoggedChange,
    a_promised_ticket,
    ada_answers,
    after,
    clocks_of,
    sam_writes,
    targets,
    the_scheduler_looks,
)
from tickets.status import Priority, Status
from tickets.ticket import Ticket

PROMISED = {
    "first_reply": 60, "next_reply": 30, "periodic_update": 200, "pausable_update": 100,
    "resolution": 400, "agent_work": 240, "total_resolution": 600,
}  # fmt: skip
Happening = Callable[[ALoggedChange, Ticket], None]


def _resolved(change: ALoggedChange, ticket: Ticket) -> None:
    ticket.resolve(change)
    settle(change)


def _goes(status: Status) -> Happening:
    def goes(change: ALoggedChange, ticket: Ticket) -> None:
        ticket.set_status(change, status)
        settle(change)

    return goes


def _is(priority: Priority) -> Happening:
    def becomes(change: ALoggedChange, ticket: Ticket) -> None:
        ticket.set_priority(change, priority)
        settle(change)

    return becomes


def _looks(change: ALoggedChange, _: Ticket) -> None:
    the_scheduler_looks(change)
    settle(change)


HAPPENINGS: list[Happening] = [
    sam_writes, ada_answers, _resolved, _looks,
    *(_goes(status) for status in (Status.PENDING, Status.ON_HOLD, Status.OPEN)),
    *(_is(priority) for priority in (Priority.LOW, Priority.NORMAL, Priority.URGENT)),
]  # fmt: skip
DAYS = st.lists(st.tuples(st.sampled_from([0, 1, 7, 40, 130]), st.sampled_from(HAPPENINGS)), max_size=14)
_DESK: list[ALoggedChange] = []


def a_day_of(happenings: list[tuple[int, Happening]]) -> tuple[ALoggedChange, Ticket]:
    """A ticket to which all this happened, each so many minutes after the one before."""
    if not _DESK:
        _DESK.append(ALoggedChange())
        add_policy(_DESK[0], Terms("All", targets(PROMISED)))
    change = _DESK[0]
    change.claim(delete(SlaClock))
    change.clock.at = change.now = MONDAY
    ticket = a_promised_ticket(change)
    for minutes, happens in happenings:
        change.moves(minutes=minutes)
        happens(change, ticket)
    change.write()
    return change, ticket


@settings(max_examples=40, deadline=None)
@given(DAYS)
def test_a_clock_is_the_fold_of_its_entries(happenings: list[tuple[int, Happening]]) -> None:
    change, ticket = a_day_of(happenings)
    for clock in clocks_of(change, ticket):
        mine = select(SlaEntry).where(SlaEntry.clock_id == clock.id)
        told = fold(sorted(change.rows(mine), key=lambda entry: entry.id))
        ran = sum((AroundTheClock().between(one.start, one.end) for one in told.stretches if one.end), timedelta())

        assert (told.state.value, told.target, told.breached_at, told.ended_at) == (
            clock.state, clock.target_seconds, clock.breached_at, clock.ended_at,
        )  # fmt: skip
        assert ran.total_seconds() == clock.elapsed_seconds
        left = timedelta(seconds=told.target) - ran
        if told.state is State.RUNNING and left > timedelta():  # model B: what ran is counted, what is left is added
            assert told.stretches[-1].start + left == clock.due_at


@settings(max_examples=25, deadline=None)
@given(DAYS)
def test_the_log_tells_the_same_as_the_ledger(happenings: list[tuple[int, Happening]]) -> None:
    """Read again from the log alone, every open clock ran when its entries say that it did."""
    change, ticket = a_day_of(happenings)
    for clock in clocks_of(change, ticket):
        if clock.ended_at is None and clock.metric not in {Metric.FIRST_REPLY, Metric.NEXT_REPLY}:
            entries = select(SlaEntry).where(SlaEntry.clock_id == clock.id)
            told = fold(sorted(change.rows(entries), key=lambda entry: entry.id))
            pausing = {
                Metric.RESOLUTION: [Status.PENDING], Metric.PAUSABLE_UPDATE: [Status.PENDING],
                Metric.AGENT_WORK: [Status.PENDING, Status.ON_HOLD],
            }.get(Metric(clock.metric), [])  # fmt: skip
            again = stretches(change, ticket, Metric(clock.metric), pausing=pausing)

            assert _touching(told.stretches) == _touching(again)


@settings(max_examples=25, deadline=None)
@given(DAYS, st.sampled_from([Priority.LOW, Priority.URGENT]))
def test_up_and_down_again_is_as_if_nothing_had_been(happenings: list[tuple[int, Happening]], other: Priority) -> None:
    change, ticket = a_day_of(happenings)
    before, first = Priority(ticket.priority), _due(change, ticket)
    for priority in (other, before):
        ticket.set_priority(change, priority)
        settle(change)
    assert first == _due(change, ticket)


def test_an_older_ledger_counts_all_its_time_in_the_hours_that_it_named_last() -> None:
    """As it was counted then. Where hours come to be others from now on, what has passed keeps those."""
    office, nights, now = 1, 2, an_entry(90, "retarget", calendar=2, business=True)
    began, moved = an_entry(0, "activate", calendar=office), an_entry(60, "retarget", calendar=nights)

    assert ((after(), office),) == fold([began]).slices
    assert ((after(minutes=60), nights),) == fold([began, moved]).slices
    assert ((after(), office), (after(minutes=90), nights)) == fold([began, now]).slices
    always = an_entry(60, "retarget", calendar=None)
    assert () == fold([began, always]).slices, "which hours held while every hour counted it does not say"
    assert ((after(minutes=90), nights),) == fold([began, always, now]).slices


def an_entry(minutes: int, kind: str, **terms: object) -> SlaEntry:
    at = after(minutes=minutes)
    facts = {"after": {"seconds": 3600.0, **terms}}
    return SlaEntry(
        id=minutes, ticket_id=1, clock_id=1, metric="resolution", kind=kind, at=at, noted_at=at, facts=facts
    )


def _due(change: ALoggedChange, ticket: Ticket) -> dict[int, object]:
    return {one.id: (one.due_at, one.state) for one in clocks_of(change, ticket)}


def _touching(ran: tuple[Stretch, ...] | list[Stretch]) -> list[Stretch]:
    """Those that have a length, and those that touch as one."""
    found: list[Stretch] = []
    for one in ran:
        if found and found[-1].end == one.start:
            found[-1] = Stretch(found[-1].start, one.end)
        elif one.start != one.end:
            found.append(one)
    return found
