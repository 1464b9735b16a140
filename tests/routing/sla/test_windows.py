"""A promise to ring within a window, and the promises of a complaint."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.callbacks.events import CallbackClosed, CallbackMoved, CallbackRequested, CallbackTried
from routing.sla.policy import Terms, add_policy
from routing.sla.reactions import REACTIONS
from tests.cast import UnitChange, a_change, a_customer, a_ticket, an_agent
from tests.routing import floor
from tests.routing.sla.promises import (
    a_policy,
    ada_answers,
    after,
    clock_of,
    clocks_of,
    office_hours,
    targets,
    the_scheduler_looks,
    told,
)
from tickets.complaints import complaint as complaints
from tickets.complaints.complaint import Complaint
from tickets.complaints.events import ComplaintFiled
from tickets.opening import open_ticket
from tickets.reactions import Reactions
from tickets.status import Channel, Priority, Status
from tickets.ticket import Ticket

WINDOW = "callback_window"
CLOCKS = Reactions(REACTIONS)  # without what else happens to a request to be rung


def settle(change: UnitChange) -> None:
    change.settle(CLOCKS)
    change.events.clear()


def a_call(change: UnitChange, start: float = 2, end: float = 4) -> Ticket:
    """Sam wants to be rung, so many hours from now."""
    ticket = a_ticket(change)
    change.record(CallbackRequested(ticket=ticket.id, start=after(hours=start), end=after(hours=end)))
    settle(change)
    return ticket


def rings(change: UnitChange, ticket: Ticket, outcome: str = "no_answer") -> None:
    change.record(CallbackTried(ticket=ticket.id, outcome=outcome, attempt=1))
    settle(change)


def test_a_window_is_due_when_it_ends_whatever_the_policies_say() -> None:
    change = a_change()
    ticket = a_call(change)

    assert (after(hours=4), WINDOW) == (ticket.sla_due_at, ticket.sla_metric)
    assert after(hours=3, minutes=45) == ticket.sla_warn_at
    change.moves(hours=3, minutes=45)
    assert ["SlaWarned"] == the_scheduler_looks(change)
    change.moves(minutes=15)
    assert ["SlaBreached"] == the_scheduler_looks(change)
    assert after(hours=4) == clock_of(change, ticket, WINDOW).breached_at


def test_the_first_try_inside_it_keeps_it() -> None:
    change = a_change()
    ticket = a_call(change)
    change.moves(hours=1)
    rings(change, ticket)
    assert "running" == clock_of(change, ticket, WINDOW).state, "that was too early"

    change.moves(hours=1)
    rings(change, ticket)
    assert ("met", None) == (clock_of(change, ticket, WINDOW).state, clock_of(change, ticket, WINDOW).breached_at)
    assert ("", None) == (ticket.sla_metric, ticket.sla_due_at)


def test_a_try_after_it_is_late() -> None:
    change = a_change()
    ticket = a_call(change)
    change.moves(hours=5)
    rings(change, ticket)

    assert ("met", after(hours=4)) == (
        clock_of(change, ticket, WINDOW).state,
        clock_of(change, ticket, WINDOW).breached_at,
    )


def test_another_window_is_the_promise_from_now_on() -> None:
    change = a_change()
    ticket = a_call(change)
    change.moves(hours=1)
    change.record(CallbackMoved(ticket=ticket.id, start=after(hours=20), end=after(hours=21)))
    change.settle(CLOCKS)

    assert "SlaChanged" in change.kinds
    assert after(hours=21) == ticket.sla_due_at
    assert ["activate", "retarget", "activate"] == told(change, ticket, WINDOW)


def test_what_was_broken_stays_broken_when_another_window_is_chosen() -> None:
    change = a_change()
    ticket = a_call(change)
    change.moves(hours=5)
    change.record(CallbackMoved(ticket=ticket.id, start=after(hours=20), end=after(hours=21)))
    settle(change)

    first, second = sorted(clocks_of(change, ticket), key=lambda clock: clock.cycle)
    assert (after(hours=4), after(hours=5)) == (first.breached_at, first.ended_at)
    assert (after(hours=21), None, 2) == (second.due_at, second.breached_at, second.cycle)
    assert not ticket.sla_breached


@pytest.mark.parametrize(
    ("outcome", "state"), [("cancelled", "cancelled"), ("reached", "met"), ("wrong_number", "met"), ("gave_up", "met")]
)
def test_what_nobody_rings_for_any_more_is_over(outcome: str, state: str) -> None:
    change = a_change()
    ticket = a_call(change)
    change.record(CallbackClosed(ticket=ticket.id, outcome=outcome))
    settle(change)

    assert state == clock_of(change, ticket, WINDOW).state


def test_who_was_spoken_with_has_their_answer() -> None:
    change = a_change()
    a_policy(change, {"first_reply": 300})
    ticket = a_call(change)
    ticket.expect_call(change)
    settle(change)
    change.moves(hours=3)
    change.record(CallbackTried(ticket=ticket.id, outcome="reached", attempt=1))
    change.record(CallbackClosed(ticket=ticket.id, outcome="reached"))
    ticket.spoke(change)
    settle(change)

    assert {} == ticket.sla_clocks


def test_a_ticket_that_ends_unrung_counts_neither_way() -> None:
    change = a_change()
    ticket = a_call(change)
    ticket.resolve(change)
    settle(change)

    assert "cancelled" == clock_of(change, ticket, WINDOW).state


def a_complaint(change: UnitChange) -> Ticket:
    """Priya's lamp broke; filed on a Monday morning."""
    ticket = open_ticket(change, a_customer(change, "Priya Shah"), channel=Channel.COMPLAINT, subject="My lamp")
    ticket.receive(change, "It broke.", client_id="form-1")
    change.add(Complaint(ticket_id=ticket.id, client_id="form-1", category="quality", filed_at=change.now))
    change.record(ComplaintFiled(ticket=ticket.id))
    floor.settle(change)
    return ticket


def a_promise_to_complainants(change: UnitChange) -> None:
    hours = office_hours(change)
    minutes = {"complaint_ack": 8 * 60, "complaint_final": 40 * 60}
    add_policy(
        change,
        Terms("Complaints", targets(minutes, business=True), channels=["complaint"], calendar_id=hours.id),
    )


def test_a_complaint_is_acknowledged_and_decided_in_business_time() -> None:
    change = a_change()
    a_promise_to_complainants(change)
    ticket = a_complaint(change)

    assert after(hours=8) == clock_of(change, ticket, "complaint_ack").due_at
    assert after(days=4, hours=8) == clock_of(change, ticket, "complaint_final").due_at


def test_the_first_answer_acknowledges_and_only_the_decision_decides() -> None:
    """Pending stops neither, and a later word of the customer's begins neither anew."""
    change = a_change()
    a_promise_to_complainants(change)
    ticket = a_complaint(change)
    change.moves(hours=1)
    ada_answers(change, ticket)
    assert "met" == clock_of(change, ticket, "complaint_ack").state

    ticket.set_status(change, Status.PENDING)
    floor.settle(change)
    change.moves(hours=30)
    ticket.receive(change, "Well?", client_id="2")
    floor.settle(change)
    assert after(days=4, hours=8) == clock_of(change, ticket, "complaint_final").due_at

    change.by = an_agent(change).actor
    complaints.decide(change, ticket.id, outcome="upheld", reason="It broke too soon.", client_id="3")
    floor.settle(change)
    assert "met" == clock_of(change, ticket, "complaint_final").state
    assert {} == ticket.sla_clocks


def test_a_click_acknowledges_too() -> None:
    change = a_change()
    a_promise_to_complainants(change)
    ticket = a_complaint(change)
    change.take(Complaint, ticket.id).acknowledge(change)
    floor.settle(change)

    assert ("met", {"complaint_final"}) == (clock_of(change, ticket, "complaint_ack").state, set(ticket.sla_clocks))


def test_a_complaint_of_another_priority_counts_from_the_day_it_was_filed() -> None:
    change = a_change()
    a_promise_to_complainants(change)
    ticket = a_complaint(change)
    change.moves(hours=2)
    ticket.set_priority(change, Priority.URGENT)
    floor.settle(change)

    assert after(hours=4) == clock_of(change, ticket, "complaint_ack").due_at


def test_a_complaint_to_which_nothing_was_promised_has_no_clock() -> None:
    change = a_change()
    ticket = a_complaint(change)
    change.moves(hours=1)
    a_promise_to_complainants(change)
    assert [] == list(clocks_of(change, ticket))

    ticket.set_priority(change, Priority.HIGH)
    floor.settle(change)
    assert after() + timedelta(hours=8) == clock_of(change, ticket, "complaint_ack").due_at, "from when it was filed"
