"""Nobody is told of the same instant of a promise twice (I14), whatever becomes of the ticket in between."""

from __future__ import annotations

from routing.queues import add_queue
from routing.sla.policy import Terms, add_policy
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import ALL
from tests.routing.sla.promises import (
    USUAL,
    a_policy,
    a_promised_ticket,
    ada_answers,
    after,
    clock_of,
    clocks_of,
    sam_writes,
    targets,
    the_scheduler_looks,
    told,
)
from tickets.status import Priority, Status


def said(change: UnitChange) -> list[str]:
    """What is told of promises, by the change as well as by the scheduler, since this was last asked."""
    change.settle(ALL)
    the_scheduler_looks(change)
    kinds = [kind for kind in change.kinds if kind in {"SlaWarned", "SlaBreached"}]
    change.events.clear()
    return kinds


def test_a_breach_is_told_once_when_the_ticket_was_spam_for_a_while() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(hours=2)
    assert ["SlaBreached"] == said(change)
    ticket.set_status(change, Status.SPAM)
    assert [] == said(change)
    change.moves(minutes=1)
    ticket.set_status(change, Status.OPEN)

    assert [] == said(change)
    first = clock_of(change, ticket, "first_reply")
    assert ("running", after(hours=1), True) == (first.state, first.breached_at, ticket.sla_breached)
    assert ["activate", "breach", "cancel", "activate"] == told(change, ticket, "first_reply")


def test_a_message_keeps_its_turn_when_nothing_is_promised_for_a_while() -> None:
    """It is the same promise of an answer to it, and was broken once."""
    change = a_change()
    policy = a_policy(change)
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)
    change.moves(minutes=5)
    sam_writes(change, ticket)
    change.moves(hours=2)
    assert ["SlaBreached"] == said(change)
    for active, priority in ((False, Priority.HIGH), (True, Priority.NORMAL)):
        policy.set_active(change, active)
        change.write()
        ticket.set_priority(change, priority)
        assert [] == said(change)

    (turn,) = [clock for clock in clocks_of(change, ticket) if clock.metric == "next_reply"]
    assert (2, "running", after(minutes=35)) == (turn.cycle, turn.state, turn.breached_at)


def test_a_queue_without_promises_is_passed_without_a_word() -> None:
    change = a_change()
    support, other = add_queue(change, "Support"), add_queue(change, "Other")
    add_policy(change, Terms("Support", targets(USUAL), queues=[support.id]))
    ticket = a_ticket(change, queue_id=support.id)
    ticket.receive(change, "Where is my parcel?", client_id="1")
    said(change)
    change.moves(minutes=50)
    assert ["SlaWarned"] == said(change)
    for queue in (other, support):
        ticket.move(change, queue.id)
        assert [] == said(change)
    assert ticket.sla_warned

    change.moves(minutes=10)
    assert ["SlaBreached"] == said(change)


def test_a_breach_that_was_taken_back_and_holds_again_is_noted_and_not_told() -> None:
    """The ledger says so, since a clock stands as its entries say."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=50)
    assert ["SlaWarned"] == said(change)
    change.moves(minutes=20)
    assert ["SlaBreached"] == said(change)
    for priority in (Priority.LOW, Priority.NORMAL):
        ticket.set_priority(change, priority)
        assert [] == said(change)

    assert after(hours=1) == clock_of(change, ticket, "first_reply").breached_at
    kinds = [kind for kind in told(change, ticket, "first_reply") if kind != "retarget"]
    assert ["activate", "warn", "breach", "withdraw", "breach"] == kinds


def test_a_warning_of_the_same_instant_is_not_given_again() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=50)
    assert ["SlaWarned"] == said(change)
    for priority in (Priority.LOW, Priority.NORMAL):
        ticket.set_priority(change, priority)
        assert [] == said(change)

    assert (True, 1) == (ticket.sla_warned, told(change, ticket, "first_reply").count("warn"))
