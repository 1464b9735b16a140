"""Other promises or other hours: what would have been kept is counted beside what was, ticket by ticket."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from routing.hours import add_calendar
from routing.sla.ledger import SlaEntry
from routing.sla.policy import SlaPolicy
from routing.sla.replay.outcome import Outcome, Tally, Verdict
from routing.sla.replay.story import touched_since
from routing.sla.replay.world import World, as_it_was, what_if
from tests.cast import MONDAY
from tests.routing.floor import settle
from tests.routing.sla.promises import (
    OFFICE,
    ALoggedChange,
    a_policy,
    a_promised_ticket,
    ada_answers,
    targets,
    the_scheduler_looks,
)
from tickets.status import Priority


def a_morning() -> ALoggedChange:
    """An hour is promised. One is answered after forty minutes, an urgent one after fifty: half an hour late."""
    change = ALoggedChange()
    a_policy(change, {"first_reply": 60})
    calm, urgent = a_promised_ticket(change), a_promised_ticket(change)
    urgent.set_priority(change, Priority.URGENT)
    settle(change)
    for minutes, ticket in ((40, calm), (10, urgent)):
        change.moves(minutes=minutes)
        the_scheduler_looks(change)
        settle(change)
        ada_answers(change, ticket)
    change.moves(hours=1)
    change.write()
    return change


def outcome(change: ALoggedChange, world: World, *, days: float = 1) -> Outcome:
    found = Outcome(change.now - timedelta(days=days), change.now)
    found.tell(change.session, world, touched_since(change.session, found.since))
    return found


def promised(minutes: int, *, business: bool = False) -> SlaPolicy:
    by_priority = targets({"first_reply": minutes}, business=business)
    return SlaPolicy(id=9, name="Tried", position=1, targets=by_priority, channels=[], queues=[], categories=[])


def test_as_it_was_it_comes_out_as_it_did() -> None:
    change = a_morning()
    found = outcome(change, as_it_was(change.session))

    assert (Tally(1, 1), Tally(1, 1)) == (found.promises.really, found.promises.then)
    assert (50.0, []) == (found.promises.then.percent, found.changes)


def test_under_another_policy_it_is_counted_beside_what_was_and_the_tickets_are_named() -> None:
    change = a_morning()
    found = outcome(change, what_if(change.session, [promised(120)], None))

    assert (Tally(1, 1), Tally(2, 0)) == (found.promises.really, found.promises.then)
    assert Tally(1, 0) == found.by["priority"]["urgent"].then
    assert Tally(2, 0) == found.by["metric"]["first_reply"].then
    ((changed, (difference,)),) = ((one.ticket.priority, one.differences) for one in found.changes)
    assert ("urgent", Verdict.BROKEN, Verdict.KEPT) == (changed, difference.really, difference.then)


def test_what_nobody_promises_any_more_is_not_decided() -> None:
    change = a_morning()
    found = outcome(change, what_if(change.session, [], None))

    assert (2, Tally()) == (len(found.changes), found.promises.then)


def test_other_hours_count_wherever_hours_count() -> None:
    """From nine to ten nobody works: what came then is due after ten."""
    change = a_morning()
    late = add_calendar(change, "Late", OFFICE)
    late.week = [[[10 * 60, 17 * 60]]] * 5 + [[], []]
    change.write()
    found = outcome(change, what_if(change.session, [promised(30, business=True)], late))

    assert Tally(2, 0) == found.promises.then


def test_what_was_decided_before_that_time_is_not_counted() -> None:
    change = a_morning()
    found = outcome(change, as_it_was(change.session), days=1 / 24)

    assert Tally(0, 0) == found.promises.really
    assert MONDAY < found.since


def test_a_replay_leaves_the_ledger_as_it_is() -> None:
    change = a_morning()
    before = [(one.id, one.kind, one.at) for one in change.rows(select(SlaEntry))]
    outcome(change, what_if(change.session, [promised(5)], None))

    assert before == [(one.id, one.kind, one.at) for one in change.rows(select(SlaEntry))]
