"""Clocks keep step with their ticket."""

from __future__ import annotations

from routing.sla.policy import Terms, add_policy
from tests.cast import a_change, a_customer, a_ticket, an_agent
from tests.routing.floor import settle
from tests.routing.sla.promises import (
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
from tickets.opening import open_ticket
from tickets.saying import Post
from tickets.status import Channel, Status


def test_the_first_reply_is_promised_from_the_beginning_and_kept_by_the_first_answer() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    assert (after(hours=1), "first_reply", False) == (ticket.sla_due_at, ticket.sla_metric, ticket.sla_breached)

    change.moves(minutes=40)
    ada_answers(change, ticket)

    first = clock_of(change, ticket, "first_reply")
    assert ("met", after(minutes=40), None) == (first.state, first.ended_at, first.breached_at)
    assert (after(hours=8), "resolution") == (ticket.sla_due_at, ticket.sla_metric)


def test_an_impatient_customer_does_not_push_their_own_deadline_away() -> None:
    """Next reply is measured from the oldest unanswered message, and each run is a promise of its own."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)

    change.moves(minutes=5)
    sam_writes(change, ticket)
    change.moves(minutes=10)
    sam_writes(change, ticket)
    assert (after(minutes=35), "next_reply") == (ticket.sla_due_at, ticket.sla_metric)

    ada_answers(change, ticket)
    sam_writes(change, ticket)
    cycles = sorted(clock.cycle for clock in clocks_of(change, ticket) if clock.metric == "next_reply")
    assert [2, 3] == cycles
    assert after(minutes=45) == ticket.sla_due_at


def test_the_run_before_the_first_reply_is_the_first_replys_alone() -> None:
    change = a_change()
    a_policy(change, {"next_reply": 30})
    ticket = a_promised_ticket(change)
    sam_writes(change, ticket)

    assert [] == list(clocks_of(change, ticket))


def test_settled_without_an_answer_the_first_reply_is_over_for_good() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    ticket.resolve(change)
    settle(change)
    assert "met" == clock_of(change, ticket, "first_reply").state

    change.moves(minutes=5)
    sam_writes(change, ticket)
    assert {"next_reply", "resolution"} == set(ticket.sla_clocks)
    assert after(minutes=35) == ticket.sla_due_at


def test_a_solution_pauses_while_the_customer_is_to_act() -> None:
    """Shown as paused, due at no time; what is left goes on when the customer writes."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=30)
    ada_answers(change, ticket)
    ticket.set_status(change, Status.PENDING)
    settle(change)
    assert (None, "resolution", True) == (ticket.sla_due_at, ticket.sla_metric, ticket.sla_paused)

    change.moves(hours=20)
    assert [] == the_scheduler_looks(change)
    sam_writes(change, ticket)
    assert after(hours=28) == clock_of(change, ticket, "resolution").due_at
    assert not ticket.sla_paused


def test_a_solution_does_not_wait_for_a_third_party() -> None:
    """The customer waits all the same; what was paused goes on (semantics.md part 1: requester wait)."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)
    ticket.set_status(change, Status.PENDING)
    settle(change)
    change.moves(hours=1)
    ticket.set_status(change, Status.ON_HOLD)
    settle(change)

    assert (after(hours=9), "resolution", False) == (ticket.sla_due_at, ticket.sla_metric, ticket.sla_paused)


def test_replies_do_not_pause() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    ticket.set_status(change, Status.PENDING)
    settle(change)

    assert (after(hours=1), "first_reply", False) == (ticket.sla_due_at, ticket.sla_metric, ticket.sla_paused)


def test_a_policy_may_say_that_nothing_pauses() -> None:
    change = a_change()
    add_policy(change, Terms("Strict", targets({"resolution": 480}), pauses={}))
    ticket = a_promised_ticket(change)
    ticket.set_status(change, Status.PENDING)
    settle(change)

    assert after(hours=8) == ticket.sla_due_at


def test_a_snooze_stops_no_clock() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    ticket.snooze(change, after(days=1))
    settle(change)
    change.moves(hours=1)

    assert ["SlaBreached"] == the_scheduler_looks(change)


def test_what_was_resolved_never_counts_against_the_team() -> None:
    """Reopened after a night, the solution goes on where it stopped."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(hours=1)
    ada_answers(change, ticket)
    ticket.resolve(change)
    settle(change)
    assert (None, "") == (ticket.sla_due_at, ticket.sla_metric)

    change.moves(hours=15)
    sam_writes(change, ticket)
    solution = clock_of(change, ticket, "resolution")
    assert (1, after(hours=23), "running", None) == (
        solution.cycle,
        solution.due_at,
        solution.state,
        solution.ended_at,
    )
    assert ["activate", "fulfil", "resume"] == told(change, ticket, "resolution")


def test_nobody_owes_spam_an_answer() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    ticket.set_status(change, Status.SPAM)
    settle(change)

    assert {"cancelled"} == {clock.state for clock in clocks_of(change, ticket)}
    assert {} == ticket.sla_clocks


def test_an_answer_is_still_owed_to_who_was_taken_for_spam() -> None:
    """In the same turn, since the same message."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)
    change.moves(minutes=5)
    sam_writes(change, ticket)
    ticket.set_status(change, Status.SPAM)
    settle(change)
    ticket.set_status(change, Status.OPEN)
    settle(change)

    turn = clock_of(change, ticket, "next_reply")
    assert (2, "running", after(minutes=35)) == (turn.cycle, turn.state, turn.due_at)
    assert (after(minutes=35), "next_reply") == (ticket.sla_due_at, ticket.sla_metric)


def test_a_turn_that_ended_unanswered_with_the_matter_goes_on_with_it() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)
    sam_writes(change, ticket)
    change.moves(minutes=10)
    ticket.resolve(change)
    settle(change)
    assert "met" == clock_of(change, ticket, "next_reply").state
    change.moves(hours=20)
    ticket.reopen(change)
    settle(change)

    turn = clock_of(change, ticket, "next_reply")
    assert (2, "running", after(hours=20, minutes=30)) == (turn.cycle, turn.state, turn.due_at)


def test_a_late_answer_breaks_the_promise_whoever_notices_first() -> None:
    """No scheduler looked between the due time and the answer."""
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=61)
    ada_answers(change, ticket)

    first = clock_of(change, ticket, "first_reply")
    assert (after(hours=1), "met") == (first.breached_at, first.state)
    assert not ticket.sla_breached, "what is answered is late no longer"


def test_a_promise_holds_until_its_last_instant_and_not_in_it() -> None:
    change = a_change()
    a_policy(change, {"first_reply": 60})
    in_time, late = a_promised_ticket(change), a_promised_ticket(change)
    change.moves(seconds=3599.999999)
    ada_answers(change, in_time)
    change.moves(seconds=0.000001)
    ada_answers(change, late)

    assert clock_of(change, in_time, "first_reply").breached_at is None
    assert after(hours=1) == clock_of(change, late, "first_reply").breached_at


def test_a_broken_promise_that_pauses_stays_broken_and_keeps_its_time() -> None:
    change = a_change()
    a_policy(change, {"resolution": 60})
    ticket = a_promised_ticket(change)
    change.moves(hours=2)
    ticket.set_status(change, Status.PENDING)
    settle(change)
    assert (True, True, None) == (ticket.sla_breached, ticket.sla_paused, ticket.sla_due_at)

    change.moves(hours=2)
    ticket.set_status(change, Status.OPEN)
    settle(change)
    assert (True, False, after(hours=1)) == (ticket.sla_breached, ticket.sla_paused, ticket.sla_due_at)
    assert 1 == told(change, ticket, "resolution").count("breach")


def test_what_a_machine_wrote_starts_no_clock_until_a_person_writes() -> None:
    change = a_change()
    a_policy(change)
    ticket = open_ticket(change, a_customer(change), channel=Channel.EMAIL, subject="Out of office")
    settle(change)
    assert {} == ticket.sla_clocks

    change.moves(hours=5)
    sam_writes(change, ticket)
    assert (after(hours=6), "first_reply") == (ticket.sla_due_at, ticket.sla_metric)
    assert after(hours=13) == clock_of(change, ticket, "resolution").due_at


def test_mail_is_promised_an_answer_from_when_it_came_and_not_from_when_it_was_read() -> None:
    """Five minutes passed until somebody could read it (semantics.md part 5)."""
    change = a_change()
    a_policy(change)
    change.moves(minutes=5)
    ticket = open_ticket(change, a_customer(change), channel=Channel.EMAIL, subject="My parcel", at=change.began)
    ticket.receive(change, "Where is it?", client_id="mail-1", post=Post(Channel.EMAIL, change.began))
    settle(change)

    assert (after(hours=1), after()) == (ticket.sla_due_at, clock_of(change, ticket, "first_reply").started_at)
    assert after(hours=8) == clock_of(change, ticket, "resolution").due_at


def test_a_persons_mail_after_a_machines_counts_from_when_it_came() -> None:
    change = a_change()
    a_policy(change)
    ticket = open_ticket(change, a_customer(change), channel=Channel.EMAIL, subject="Out of office")
    settle(change)
    came = change.clock.moves(hours=5)
    change.moves(minutes=10)
    ticket.receive(change, "And now?", client_id="mail-2", post=Post(Channel.EMAIL, came))
    settle(change)

    assert after(hours=6) == ticket.sla_due_at
    assert after(hours=13) == clock_of(change, ticket, "resolution").due_at


def test_somebody_who_waits_live_is_promised_an_answer_before_the_first_word() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_ticket(change, live=True)
    settle(change)

    assert (after(hours=1), "first_reply") == (ticket.sla_due_at, ticket.sla_metric)


def test_a_note_is_no_answer() -> None:
    change = a_change()
    a_policy(change)
    ticket = a_promised_ticket(change)
    change.by = an_agent(change).actor
    ticket.note(change, "Odd", client_id="n", name="Ada")
    settle(change)

    assert {"first_reply", "resolution"} == set(ticket.sla_clocks)
