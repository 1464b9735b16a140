"""A merge is undone: each of the tickets, and all that they go on as, counts what is in it then."""

from __future__ import annotations

from itertools import pairwise, permutations

from routing.merging import undo
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.callbacks.calls import a_call_floor, asks
from tests.routing.floor import a_floor, settle
from tests.routing.sla.promises import ALoggedChange
from tests.routing.test_merging import a_matter, merged
from tickets.ticket import Ticket


def a_chain(change: UnitChange) -> list[Ticket]:
    """The first goes on as the second, and that as the third, in which nobody waits. Ten minutes lie between each."""
    matters = []
    for _ in range(3):
        matters.append(a_matter(change))
        change.moves(minutes=10)
    matters[2].reply(change, "On its way.", client_id="a-1", name="Ada")
    settle(change)
    for source, target in pairwise(matters):
        merged(change, source, target)
    return matters


def waits_of(matters: list[Ticket]) -> list[int | None]:
    """For each, the minute in which whoever waits had asked."""
    return [None if one.waiting_since is None else one.waiting_since.minute for one in matters]


def test_whichever_link_of_a_chain_is_undone_each_side_counts_what_is_in_it_then() -> None:
    for links, waits in {
        (): [None, None, 0],
        (0,): [0, None, 10],
        (1,): [None, 0, None],
        (0, 1): [0, 10, None],
        (1, 0): [0, 10, None],
    }.items():
        change = a_change()
        matters = a_chain(change)
        for link in links:
            change.moves(minutes=1)
            undo(change, matters[link].id)
            settle(change)
        assert waits == waits_of(matters), links


def test_what_was_answered_further_on_is_not_owed_there_again() -> None:
    """Only whoever asked waits again, where they asked."""
    change = a_change()
    matters = a_chain(change)
    change.moves(minutes=1)
    matters[2].reply(change, "Both are.", client_id="a-2", name="Ada")
    settle(change)
    undo(change, matters[0].id)
    settle(change)

    assert [0, None, None] == waits_of(matters)


def test_what_a_bot_said_meanwhile_leaves_each_waiting_for_a_person() -> None:
    """It used to count as an answer where the merge was undone: nobody waited there any more."""
    change = a_change()
    matters = [a_matter(change), a_matter(change)]
    since = change.now
    change.moves(minutes=10)
    for matter in matters:
        with change.acting_as("bot:greeter"):
            matter.reply(change, "We will be with you soon.", client_id=f"b-{matter.id}", name="Greeter")
    settle(change)
    merged(change, *matters)
    undo(change, matters[0].id)
    settle(change)

    assert [since, since] == [one.waiting_since for one in matters]


def test_who_is_to_be_rung_now_still_waits_for_that_once_a_merge_into_it_is_undone() -> None:
    change = a_change()
    a_call_floor(change)
    source = a_matter(change)
    change.moves(minutes=10)
    call = asks(change).ticket
    since = call.waiting_since
    merged(change, source, call)
    assert source.opened_at == call.waiting_since
    undo(change, source.id)
    settle(change)

    assert call.to_call
    assert since == call.waiting_since is not None


def test_a_call_that_a_merge_woke_sleeps_again_until_its_time_once_that_is_undone() -> None:
    change = a_change()
    a_call_floor(change)
    source = a_matter(change)
    call = asks(change, "2026-11-23T13:00").ticket
    until = call.snoozed_until
    merged(change, source, call)
    assert (None, source.opened_at) == (call.snoozed_until, call.waiting_since)
    change.moves(minutes=1)
    undo(change, source.id)
    settle(change)

    assert until == call.snoozed_until is not None
    assert call.waiting_since is None


def test_a_merge_in_which_nobody_waited_can_be_undone() -> None:
    change = ALoggedChange()
    source, target = a_ticket(change), a_ticket(change)
    settle(change)
    merged(change, source, target)
    undo(change, source.id)
    settle(change)

    assert not source.done


def three_in_line(change: UnitChange) -> list[Ticket]:
    """Each asked ten minutes after the one before."""
    queue, _ = a_floor(change)
    matters = []
    for number in range(3):
        matters.append(a_ticket(change, queue_id=queue.id))
        matters[-1].receive(change, "Where is it?", client_id=f"q-{number}")
        settle(change)
        change.moves(minutes=10)
    return matters


def test_each_goes_back_to_where_it_stood_in_line() -> None:
    """Nobody goes to the end, or stands further in front, for a merge that was none."""
    for first, second in permutations((0, 1)):
        change = ALoggedChange()
        matters = three_in_line(change)
        stood = [one.queued_at for one in matters]
        for source in (1, 0):
            merged(change, matters[source], matters[2])
        assert stood[0] == matters[2].queued_at

        undo(change, matters[first].id)
        settle(change)
        assert stood[second] == matters[2].queued_at, "of whoever is still in it"
        undo(change, matters[second].id)
        settle(change)
        assert stood == [one.queued_at for one in matters]


def test_what_was_reopened_since_keeps_its_new_place() -> None:
    change = ALoggedChange()
    source, target, _ = three_in_line(change)
    merged(change, source, target)
    target.resolve(change)
    settle(change)
    change.moves(minutes=10)
    target.reopen(change)
    settle(change)
    anew = target.queued_at
    undo(change, source.id)

    assert anew == target.queued_at
