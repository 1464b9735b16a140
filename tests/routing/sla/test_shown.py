"""What people see of promises that were really made: how many were kept today, and which one is due first."""

from __future__ import annotations

from datetime import timedelta

from routing.queues import add_queue
from routing.wallboard.entries import Count, counted
from routing.wallboard.figures import FIGURES
from routing.wallboard.today import as_of
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import settle
from tests.routing.sla.promises import a_policy, a_promised_ticket, ada_answers, sam_writes, the_scheduler_looks
from tickets.status import Priority, Status
from widgets import sla


def test_met_counts_when_it_was_met_and_broken_when_it_was_due() -> None:
    """By queue; what is still open and broken counts, what was cancelled or withdrawn does not."""
    change = a_change()
    change.moves(hours=14, seconds=30)  # half a minute past 23:00: what is promised for an hour is due tomorrow
    support = add_queue(change, "Support")
    a_policy(change, {"first_reply": 60})
    kept, late, open_, spam, forgiven = [a_ticket(change, queue_id=support.id) for _ in range(5)]
    for ticket in (kept, late, open_, spam, forgiven):
        ticket.receive(change, "Hello?", client_id=str(ticket.id))
    settle(change)

    change.moves(minutes=59)
    ada_answers(change, kept)
    change.moves(minutes=2)
    the_scheduler_looks(change)
    ada_answers(change, late)
    spam.set_status(change, Status.SPAM)
    settle(change)
    forgiven.set_priority(change, Priority.LOW)
    settle(change)
    change.write()

    assert Count(1, 1) == _answered(change, support.id, minutes=-2)
    assert Count(2, 0) == _answered(change, support.id)
    assert Count(0, 0) == _answered(change, support.id, days=1)


def test_the_clocks_of_a_ticket_stand_with_what_is_due_first() -> None:
    """Then what is paused; what has ended is not there."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.write()
    shown = [clock.metric for clock in sla.clocks_of(change.session, ticket)]
    assert ["first_reply", "resolution"] == shown

    change.moves(minutes=1)
    ada_answers(change, ticket)
    change.moves(minutes=1)
    sam_writes(change, ticket)
    ticket.set_status(change, Status.PENDING)
    settle(change)
    change.write()

    shown_now = [(clock.metric, clock.state) for clock in sla.clocks_of(change.session, ticket)]
    assert [("next_reply", "running"), ("resolution", "paused")] == shown_now


def _answered(change: UnitChange, queue_id: int, **later: float) -> Count:
    at = as_of(change.session, change.now + timedelta(**later))
    return counted(change.session, FIGURES["answered-today"], at).of(queue_id)
