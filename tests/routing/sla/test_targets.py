"""Another priority, another queue: the promise changes, its beginning does not."""

from __future__ import annotations

from routing.queues import add_queue
from routing.sla.policy import Terms, add_policy
from tests.cast import a_change, a_ticket
from tests.routing.floor import settle
from tests.routing.sla.promises import (
    a_policy,
    a_promised_ticket,
    ada_answers,
    after,
    clock_of,
    office_hours,
    targets,
    the_scheduler_looks,
    told,
)
from tickets.status import Priority


def test_another_priority_is_another_target_from_the_same_beginning() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=10)
    ticket.set_priority(change, Priority.URGENT)
    settle(change)
    assert after(minutes=30) == ticket.sla_due_at

    ticket.set_priority(change, Priority.NORMAL)
    settle(change)
    assert after(hours=1) == ticket.sla_due_at, "up and down again is where it was"
    assert ["activate", "retarget", "retarget"] == told(change, ticket, "first_reply")


def test_another_priority_may_break_a_promise_at_once_and_take_a_breach_back() -> None:
    """It was due when it would have been; what was taken back stays in the ledger as withdrawn."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=50)
    ticket.set_priority(change, Priority.URGENT)
    settle(change)
    first = clock_of(change, ticket, "first_reply")
    assert (after(minutes=30), True) == (first.breached_at, ticket.sla_breached)

    ticket.set_priority(change, Priority.LOW)
    settle(change)
    assert (None, None, False) == (first.breached_at, first.warned_at, ticket.sla_breached)
    assert after(hours=2) == ticket.sla_due_at
    assert ["activate", "warn", "retarget", "breach", "retarget", "withdraw"] == told(change, ticket, "first_reply")

    change.moves(hours=2)
    assert ["SlaBreached"] == [kind for kind in the_scheduler_looks(change) if kind == "SlaBreached"]
    assert after(hours=2) == first.breached_at


def test_what_is_fulfilled_is_not_judged_again() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=50)
    ada_answers(change, ticket)
    ticket.set_priority(change, Priority.URGENT)
    settle(change)

    first = clock_of(change, ticket, "first_reply")
    assert ("met", None, 3600) == (first.state, first.breached_at, first.target_seconds)


def test_another_queue_is_another_policy_and_its_hours() -> None:
    """Billing promises in its own hours; the first reply counts from the same beginning."""
    change = a_change()
    support, billing = add_queue(change, "Support"), add_queue(change, "Billing")
    billing.calendar_id = office_hours(change).id
    add_policy(change, Terms("Billing", targets({"first_reply": 120}, business=True), queues=[billing.id]))
    a_policy(change)
    ticket = a_ticket(change, queue_id=support.id)
    ticket.receive(change, "A bill", client_id="1")
    settle(change)

    change.moves(minutes=30)
    ticket.move(change, billing.id)
    settle(change)
    assert (after(hours=2), {"first_reply"}) == (ticket.sla_due_at, set(ticket.sla_clocks))
    assert billing.calendar_id == clock_of(change, ticket, "first_reply").calendar_id
    assert "cancelled" == clock_of(change, ticket, "resolution").state

    change.moves(minutes=10)
    ticket.move(change, support.id)
    settle(change)
    assert after(hours=1) == ticket.sla_due_at
    assert after(hours=8) == clock_of(change, ticket, "resolution").due_at, "it never stopped waiting"


def test_where_nothing_fits_nothing_is_promised() -> None:
    change = a_change()
    add_policy(change, Terms("Mail", targets({"first_reply": 60}), channels=["email"]))
    ticket = a_promised_ticket(change)

    assert ("", None, {}) == (ticket.sla_metric, ticket.sla_due_at, ticket.sla_clocks)
