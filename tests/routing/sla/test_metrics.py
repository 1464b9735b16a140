"""Each metric begins, pauses, ends and begins anew as the table of metrics says (semantics.md part 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.sla import keeping
from routing.sla.clock import SlaClock
from routing.sla.metrics import OF_COMPLAINTS, Metric, Standing, State, ending, open_metrics, promisable
from routing.sla.policy import SlaPolicy, Terms, add_policy
from tests.cast import UnitChange, a_change
from tests.routing.floor import a_chat, a_floor, a_queue, accept, acts, offer_of, settle
from tests.routing.sla.promises import (
    ALoggedChange,
    a_promised_ticket,
    ada_answers,
    after,
    clock_of,
    clocks_of,
    sam_writes,
    targets,
    told,
)
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket

DAY = 24 * 60


def promises(change: UnitChange, metric: str, minutes: int = 60, **terms: object) -> SlaPolicy:
    """Nothing but this."""
    return add_policy(change, Terms("Only this", targets({metric: minutes}), **terms))  # type: ignore[arg-type]


def goes(change: UnitChange, ticket: Ticket, status: Status) -> None:
    ticket.set_status(change, status)
    settle(change)


def resolves(change: UnitChange, ticket: Ticket) -> None:
    ticket.resolve(change)
    settle(change)


def a_chat_of(change: UnitChange) -> tuple[Ticket, Agent]:
    """Sam waits live and rings at Ada."""
    queue, (ada, *_) = a_floor(change, "Ada")
    return a_chat(change, queue), ada


@pytest.mark.parametrize(
    ("metric", "pending", "on_hold"),
    [
        ("total_resolution", True, True),
        ("resolution", False, True),
        ("agent_work", False, False),
        ("periodic_update", True, True),
        ("pausable_update", False, True),
    ],
)
def test_each_stands_still_in_the_statuses_of_the_table(metric: str, pending: bool, on_hold: bool) -> None:
    change = a_change()
    promises(change, metric)
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)
    runs = {}
    for status in (Status.PENDING, Status.ON_HOLD, Status.OPEN):
        goes(change, ticket, status)
        runs[status] = clock_of(change, ticket, metric).state == "running"

    assert {Status.PENDING: pending, Status.ON_HOLD: on_hold, Status.OPEN: True} == runs


def test_a_policy_says_when_its_clocks_stand_still() -> None:
    """Statuses pause per metric; what a policy does not name never does."""
    change = a_change()
    promises(change, "resolution", pauses={"resolution": ["on_hold"]})
    ticket = a_promised_ticket(change)

    goes(change, ticket, Status.PENDING)
    assert "running" == clock_of(change, ticket, "resolution").state
    goes(change, ticket, Status.ON_HOLD)
    assert "paused" == clock_of(change, ticket, "resolution").state


@pytest.mark.parametrize("metric", ["resolution", "agent_work", "total_resolution"])
def test_time_while_it_was_resolved_never_counts(metric: str) -> None:
    change = a_change()
    promises(change, metric, 60)
    ticket = a_promised_ticket(change)
    change.moves(minutes=20)
    resolves(change, ticket)
    change.moves(days=40)
    sam_writes(change, ticket)

    (clock,) = clocks_of(change, ticket)
    assert after(days=40, minutes=60) == clock.due_at


def test_reopened_after_long_it_is_a_new_matter_where_the_policy_says_so() -> None:
    change = a_change()
    promises(change, "resolution", 60, fresh_after_days=14)
    ticket = a_promised_ticket(change)
    change.moves(minutes=20)
    resolves(change, ticket)
    change.moves(days=13)
    sam_writes(change, ticket)
    assert after(days=13, minutes=60) == ticket.sla_due_at

    resolves(change, ticket)
    change.moves(days=15)
    sam_writes(change, ticket)
    assert after(days=28, minutes=20 + 60) == ticket.sla_due_at
    assert [(1, "met"), (2, "running")] == [(one.cycle, one.state) for one in clocks_of(change, ticket)]


def test_a_queue_owns_a_ticket_until_it_goes_on() -> None:
    """Each stay is a promise of its own, made between queues: by a policy beside the one for the customer."""
    change = a_change()
    billing, repairs = a_queue(change, "Billing"), a_queue(change, "Repairs")
    add_policy(change, Terms("For customers", targets({"resolution": 10 * 60})))
    add_policy(change, Terms("Billing is quick", targets({"ownership": 60}), queues=[billing.id], internal=True))
    add_policy(change, Terms("Others", targets({"ownership": 3 * 60}), internal=True))
    ticket = a_promised_ticket(change)
    assert billing.id == ticket.queue_id
    assert after(hours=1) == clock_of(change, ticket, "ownership").due_at

    change.moves(minutes=30)
    ticket.move(change, repairs.id)
    settle(change)
    assert after(hours=3, minutes=30) == clock_of(change, ticket, "ownership").due_at
    change.moves(minutes=30)
    ticket.move(change, billing.id)
    settle(change)
    assert after(hours=2) == clock_of(change, ticket, "ownership").due_at

    resolves(change, ticket)
    change.moves(hours=5)
    ticket.reopen(change)
    settle(change)
    owned = sorted((one for one in clocks_of(change, ticket) if one.metric == "ownership"), key=lambda one: one.cycle)
    assert [(billing.id, "met"), (repairs.id, "met"), (billing.id, "met"), (billing.id, "running")] == [
        (one.queue_id, one.state) for one in owned
    ]
    assert after(hours=7) == owned[-1].due_at
    assert "For customers" == change.take(SlaPolicy, ticket.sla_policy_id or 0).name


def test_speed_of_answer_is_from_the_line_to_an_agent() -> None:
    change = a_change()
    promises(change, "speed_of_answer", 2)
    ticket, ada = a_chat_of(change)
    clock = clock_of(change, ticket, "speed_of_answer")
    assert change.now + timedelta(minutes=2) == clock.due_at

    change.moves(seconds=20)
    accept(change, ada, offer_of(change, ticket))
    assert ("met", 20.0, None) == (clock.state, clock.elapsed_seconds, clock.breached_at)
    assert "speed_of_answer" not in ticket.sla_clocks


def test_who_gives_up_waiting_cancels_it() -> None:
    change = a_change()
    promises(change, "speed_of_answer", 2)
    ticket, _ = a_chat_of(change)
    change.moves(seconds=20)
    ticket.end_live(change)
    settle(change)

    assert "cancelled" == clock_of(change, ticket, "speed_of_answer").state


def test_back_in_line_they_wait_anew() -> None:
    """The agent is gone: another has to answer, as quickly."""
    change = a_change()
    promises(change, "speed_of_answer", 2)
    ticket, ada = a_chat_of(change)
    accept(change, ada, offer_of(change, ticket))
    change.moves(minutes=5)
    acts(change, ada)
    ticket.release(change)
    settle(change)

    clock = clock_of(change, ticket, "speed_of_answer")
    assert (2, change.now + timedelta(minutes=2)) == (clock.cycle, clock.due_at)


def test_in_an_open_chat_each_answer_has_its_time() -> None:
    """From when an agent is there, and from each message that nobody has answered yet."""
    change = a_change()
    promises(change, "response", 2)
    ticket, ada = a_chat_of(change)
    sam_writes(change, ticket)
    assert {} == ticket.sla_clocks

    change.moves(seconds=20)
    accept(change, ada, offer_of(change, ticket))
    assert change.now + timedelta(minutes=2) == ticket.sla_due_at
    change.moves(seconds=50)
    ada_answers(change, ticket)
    sam_writes(change, ticket)
    change.moves(seconds=90)
    sam_writes(change, ticket)
    ada_answers(change, ticket)

    gaps = [one.elapsed_seconds for one in clocks_of(change, ticket)]
    assert [50.0, 90.0] == sorted(gaps)


def test_a_bot_answers_nobody() -> None:
    """Its reply is no first reply, and the next one neither."""
    change = a_change()
    promises(change, "first_reply")
    ticket = a_promised_ticket(change)
    change.by = "bot:greeter"
    ticket.reply(change, "We will be with you soon.", client_id="b-1", name="Greeter")
    settle(change)
    assert (None, "running") == (ticket.first_reply_at, clock_of(change, ticket, "first_reply").state)
    assert ticket.waiting_since is not None

    change.by = "agent:7"
    ada_answers(change, ticket)
    assert "met" == clock_of(change, ticket, "first_reply").state


def a_turn(metric: str, *, late: bool) -> SlaClock:
    """Something for this metric to count has happened; the promise was there before, or comes only now."""
    change = ALoggedChange()
    if not late:
        promises(change, metric)
    ticket, ada = a_chat_of(change)
    change.moves(minutes=1)
    sam_writes(change, ticket)
    change.moves(minutes=3)
    if metric != "speed_of_answer":
        accept(change, ada, offer_of(change, ticket))
        change.moves(minutes=1)
    if metric not in {"first_reply", "response", "speed_of_answer"}:
        ada_answers(change, ticket)
        change.moves(minutes=4)
    if metric == "next_reply":
        sam_writes(change, ticket)
        change.moves(minutes=2)
    if late:
        promises(change, metric)
        keeping.touch(change, ticket)
        settle(change)
        assert change.now == ticket.sla_applied_at
    return clock_of(change, ticket, metric)


@pytest.mark.parametrize("metric", [one for one in promisable(internal=False) if one not in OF_COMPLAINTS])
def test_attached_late_it_counts_from_its_beginning(metric: Metric) -> None:
    """One rule for all metrics: what would have run has run; since when it is promised stands beside it."""
    early, late = a_turn(metric, late=False), a_turn(metric, late=True)

    assert (early.started_at, early.due_at, early.cycle) == (late.started_at, late.due_at, late.cycle)


def test_the_ledger_tells_it_all() -> None:
    change = a_change()
    promises(change, "agent_work")
    ticket = a_promised_ticket(change)
    goes(change, ticket, Status.ON_HOLD)
    goes(change, ticket, Status.OPEN)
    resolves(change, ticket)

    assert ["activate", "pause", "resume", "fulfil"] == told(change, ticket, "agent_work")


def test_spam_is_owed_nothing() -> None:
    spam = Standing(Status.SPAM, begun=True, replied=False, answered=False, waits=True)

    assert [] == open_metrics(spam)
    assert {State.CANCELLED} == {ending(metric, spam) for metric in Metric}
