"""Two tickets become one: the older question counts, and what was promised for the other is no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from routing.merging import merge, undo
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from tests.cast import UnitChange, a_change
from tests.routing.floor import settle
from tests.routing.sla.promises import (
    USUAL,
    ALoggedChange,
    a_policy,
    a_promised_ticket,
    ada_answers,
    after,
    clock_of,
    clocks_of,
    sam_writes,
)
from tickets.status import Priority
from tickets.ticket import Ticket


def answered_once(change: UnitChange) -> Ticket:
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)
    return ticket


def answered_and_asked(change: UnitChange) -> Ticket:
    ticket = answered_once(change)
    sam_writes(change, ticket)
    return ticket


def joined(change: UnitChange, source: Ticket, target: Ticket) -> None:
    merge(change, source.id, target.number)
    settle(change)


def asked_elsewhere(change: UnitChange) -> tuple[Ticket, Ticket]:
    """Sam asked again in the first only, and ten minutes later that went on as the second, in which nobody waited."""
    a_policy(change)
    source, target = answered_once(change), answered_once(change)
    sam_writes(change, source)
    change.moves(minutes=10)
    joined(change, source, target)
    return source, target


def test_the_source_keeps_nothing_and_is_not_counted_as_kept() -> None:
    change = a_change()
    a_policy(change)
    source, target = a_promised_ticket(change), a_promised_ticket(change)
    joined(change, source, target)

    assert {"cancelled"} == {clock.state for clock in clocks_of(change, source)}
    assert ({}, None, None) == (source.sla_clocks, source.sla_due_at, source.waiting_since)
    assert {"first_reply", "resolution"} == set(target.sla_clocks)


def test_the_older_unanswered_question_of_both_counts() -> None:
    change = a_change()
    a_policy(change)
    source, target = answered_once(change), answered_once(change)
    sam_writes(change, source)
    change.moves(minutes=10)
    sam_writes(change, target)
    assert after(minutes=40) == target.sla_due_at
    joined(change, source, target)

    assert after(minutes=30) == target.sla_due_at
    assert after() == target.waiting_since == clock_of(change, target, "next_reply").started_at


def test_a_target_that_waits_longer_goes_on_as_it_was() -> None:
    change = a_change()
    a_policy(change)
    source, target = answered_once(change), answered_once(change)
    sam_writes(change, target)
    change.moves(minutes=10)
    sam_writes(change, source)
    joined(change, source, target)

    assert after(minutes=30) == target.sla_due_at
    assert 1 == sum(clock.metric == "next_reply" for clock in clocks_of(change, target))


def test_a_target_that_nobody_waited_in_is_owed_the_answer_of_the_source() -> None:
    change = a_change()
    _, target = asked_elsewhere(change)

    assert after(minutes=30) == target.sla_due_at


def test_what_the_source_asked_is_promised_an_answer_again_where_the_target_was_resolved_by_mistake() -> None:
    change = a_change()
    _, target = asked_elsewhere(change)
    target.resolve(change)
    settle(change)
    target.reopen(change)
    settle(change)

    assert "next_reply" in target.sla_clocks
    assert after() == target.waiting_since == clock_of(change, target, "next_reply").started_at


def test_who_waited_in_the_other_one_only_waits_there_again_once_the_merge_is_undone() -> None:
    change = a_change()
    source, target = asked_elsewhere(change)
    undo(change, source.id)
    settle(change)

    assert (None, after()) == (target.waiting_since, source.waiting_since)
    assert "next_reply" not in target.sla_clocks
    assert after(minutes=30) == clock_of(change, source, "next_reply").due_at


def test_a_question_that_came_by_a_chain_is_promised_no_longer_than_it_is_in_it() -> None:
    change = a_change()
    a_policy(change)
    first, second, last = (answered_once(change) for _ in range(3))
    sam_writes(change, first)
    change.moves(minutes=20)
    sam_writes(change, second)
    joined(change, first, second)
    joined(change, second, last)
    assert after(minutes=30) == last.sla_due_at
    undo(change, first.id)
    settle(change)

    assert after(minutes=50) == last.sla_due_at
    assert after(minutes=20) == clock_of(change, last, "next_reply").started_at


def test_a_question_that_was_answered_since_leaves_the_targets_own_clocks_alone() -> None:
    change = a_change()
    a_policy(change)
    source, target = answered_once(change), answered_once(change)
    sam_writes(change, source)
    joined(change, source, target)
    ada_answers(change, target)
    sam_writes(change, target)
    undo(change, source.id)
    settle(change)

    assert after() == target.waiting_since
    assert "next_reply" in target.sla_clocks


def test_who_was_never_answered_is_owed_a_first_reply_again_once_the_merge_is_undone() -> None:
    """It was not settled by going on as another: whatever is done to it meanwhile, it goes on where it stood."""
    change = a_change()
    a_policy(change)
    source, target = a_promised_ticket(change), answered_once(change)
    change.moves(minutes=10)
    joined(change, source, target)
    source.set_priority(change, Priority.URGENT)
    settle(change)
    source.set_priority(change, Priority.NORMAL)
    settle(change)
    undo(change, source.id)
    settle(change)

    assert {"first_reply", "resolution"} == set(source.sla_clocks)
    assert after(minutes=60) == clock_of(change, source, "first_reply").due_at == source.sla_due_at


@pytest.mark.parametrize(
    ("metric", "begins", "due"), [("first_reply", a_promised_ticket, 60), ("next_reply", answered_and_asked, 30)]
)
@pytest.mark.parametrize("apart", [15, 300])
def test_whoever_waited_for_a_reply_waited_while_it_was_merged_as_well(
    metric: str, begins: Callable[[UnitChange], Ticket], due: int, apart: int
) -> None:
    """Nothing stands still for them: undone, it counts as though it had never been closed, however late that is."""
    change = ALoggedChange()
    a_policy(change)
    source, target = begins(change), answered_once(change)
    change.moves(minutes=10)
    joined(change, source, target)
    change.moves(minutes=apart)
    undo(change, source.id)
    settle(change)

    broken = after(minutes=due) if apart > due else None
    clock, resolution = clock_of(change, source, metric), clock_of(change, source, "resolution")
    assert (after(minutes=due), broken) == (clock.due_at, clock.breached_at)
    assert after(minutes=USUAL["resolution"] + apart) == resolution.due_at
    (story,) = stories(change.session, [source.id])
    again = {one.metric: one for one in retell(story, as_it_was(change.session), change.now)}
    assert (clock.due_at, broken, clock.elapsed_seconds) == (
        again[metric].due_at,
        again[metric].breached_at,
        again[metric].elapsed_seconds,
    )


def test_what_was_settled_without_an_answer_before_it_was_merged_owes_a_next_reply_once_that_is_undone() -> None:
    change = a_change()
    a_policy(change)
    source, target = a_promised_ticket(change), a_promised_ticket(change)
    source.resolve(change)
    settle(change)
    sam_writes(change, source)
    joined(change, source, target)
    undo(change, source.id)
    settle(change)

    assert {"next_reply", "resolution"} == set(source.sla_clocks)
