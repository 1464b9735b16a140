"""How many promises were kept."""

from __future__ import annotations

from routing.queues import add_queue
from routing.sla.figures import Kept, clocks_of, figures
from tests.cast import a_change, a_ticket
from tests.routing.floor import settle
from tests.routing.sla.promises import a_policy, a_promised_ticket, ada_answers, after, sam_writes, the_scheduler_looks
from tickets.status import Priority, Status


def test_met_counts_when_it_was_met_and_broken_when_it_was_due() -> None:
    """By queue and metric; what is still open and broken counts, what was cancelled or withdrawn does not."""
    change = a_change()
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

    assert [Kept(support.id, "first_reply", met=1, breached=2)] == figures(change.session, after(), after(hours=2))
    assert [Kept(support.id, "first_reply", met=0, breached=2)] == figures(
        change.session, after(hours=1), after(hours=2)
    )
    assert [] == figures(change.session, after(hours=2), after(hours=3))


def test_the_clocks_of_a_ticket_stand_with_what_is_due_first() -> None:
    """Then what is paused, then what has ended, the latest first."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=1)
    ada_answers(change, ticket)
    change.moves(minutes=1)
    sam_writes(change, ticket)
    ticket.set_status(change, Status.PENDING)
    settle(change)
    change.write()

    shown = [(clock.metric, clock.state) for clock in clocks_of(change.session, ticket.id)]
    assert [("next_reply", "running"), ("resolution", "paused"), ("first_reply", "met")] == shown
